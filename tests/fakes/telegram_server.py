"""A Telegram of our own: a Bot API server on loopback that is strict about what a bot sends.

    async with TelegramServer("123:abc") as server:      # server.url goes into TELEGRAM_API_URL
        an = server.user("An")
        an.say("xin chào")
        reply = await an.wait_reply()                     # reply.text, reply.labels, reply.bold
        await an.press("Giấy tờ")                         # returns when the spinner has stopped
        server.fails("sendMessage", code=500)             # the next one only

What Telegram would refuse is refused in its words (``telegram_rules``), unknown methods and parameters as well.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.fakes import telegram_rules as rules
from tests.fakes.telegram_chats import BOT, PATIENCE, Chat, Shown, message_json
from tests.fakes.telegram_inline import InlineAnswer, read_answer
from tests.fakes.telegram_rules import ApiError, bad
from tests.fakes.telegram_wire import (
    METHODS,
    Call,
    CutError,
    Faults,
    raw,
    read_params,
    requests,
    response,
    typed,
)

MAX_FILE = 20 * 1024 * 1024

__all__ = ["BOT", "METHODS", "Chat", "TelegramServer"]


class TelegramServer(Faults):
    """The server. ``local`` is the Bot API server's own ``--local``: plain HTTP for webhooks."""

    def __init__(self, token: str, *, local: bool = False) -> None:
        super().__init__()
        self.token, self.local = token, local
        self.url = ""
        self.calls: list[Call] = []
        self.updates: list[dict[str, Any]] = []
        """All, taken by the bot or not."""
        self.strangers = 0
        """Calls with a token that is not this bot's."""
        self.open_queries: set[str] = set()
        self.inline_answers: dict[str, InlineAnswer] = {}
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.topics: set[int] = set()
        self.files: dict[str, bytes] = {}
        """By their ids; at ``/file/bot<token>/files/<id>`` when the bot has asked for it."""
        self.webhook: dict[str, Any] = {"url": "", "has_custom_certificate": False}
        self._kinds = rules.check_update_kinds([])
        self._chats: dict[int, Chat] = {}
        self._pending: list[dict[str, Any]] = []
        self._again: list[dict[str, Any]] = []
        self._polls = 0
        self._last_message, self._last_update = 100, 500_000
        self._changed = asyncio.Event()
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._port = 0

    # The test's side

    async def __aenter__(self) -> TelegramServer:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Listen; after :meth:`close` on the same port again."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"

    async def close(self) -> None:
        """Go away: nobody listens, open connections are cut."""
        if self._server:
            self._server.close()
            for connection in list(self._connections):
                connection.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)
            self._server = None

    def user(self, name: str = "An") -> Chat:
        """A person who has started the bot."""
        return self._chat(1_000_000_000_000 + len(self._chats), name, "private")

    def group(self, name: str = "Tổ dân phố 4") -> Chat:
        return self._chat(-1_001_000_000_000 - len(self._chats), name, "supergroup")

    def upgrade(self, group: Chat) -> Chat:
        """A group becomes a supergroup: it goes on under another number."""
        group.moved_to = self.group(group.name).id
        return self._chats[group.moved_to]

    def photo(self, *sizes: bytes) -> list[dict[str, Any]]:
        """What stands in a message with a photo, of which Telegram has made several sizes, the largest last."""
        made = []
        for number, content in enumerate(sizes):
            file = self.file(content)
            made.append({**file, "width": 90 * (number + 1), "height": 90 * (number + 1)})
        return made

    def file(self, content: bytes) -> dict[str, Any]:
        """What stands in a message with a file."""
        number = f"AgAC-{len(self.files)}"
        self.files[number] = content
        return {"file_id": number, "file_unique_id": number, "file_size": len(content)}

    def channel(self, name: str = "Tin xã") -> Chat:
        return self._chat(-1_002_000_000_000 - len(self._chats), name, "channel")

    def update(self, kind: str | None, content: Any = None, *, wanted_only: bool = True) -> dict[str, Any]:
        """A new update for the bot, kept if the bot asked for its kind. ``kind=None`` is one without content."""
        self._last_update += 1
        update = {"update_id": self._last_update, **({kind: content} if kind else {})}
        self.updates.append(update)
        if not wanted_only or kind is None or kind in self._kinds:
            self._pending.append(update)
            self._notify()
        return update

    def deliver_again(self, update: dict[str, Any]) -> None:
        """Telegram hands out an update a second time, as it does when a confirmation was lost."""
        self._again.append(update)
        self._notify()

    @property
    def unconfirmed(self) -> list[int]:
        """Updates that would come again after a restart."""
        return [update["update_id"] for update in self._pending]

    def calls_of(self, *methods: str) -> list[Call]:
        return [call for call in self.calls if call.method in methods]

    async def until(self, fulfilled: Callable[[], object], what: str) -> None:
        """Wait until ``fulfilled()``; it is looked at whenever something happens on this server."""
        try:
            await self._wait_for(fulfilled, PATIENCE)
        except TimeoutError:
            raise AssertionError(f"waited in vain for {what}; {self.history()}") from None

    async def called(self, method: str, times: int = 1) -> None:
        """Wait until ``method`` has been called that often."""
        await self.until(lambda: len(self.calls_of(method)) >= times, f"{times} × {method}")

    def history(self) -> str:
        """The last calls, for a failure's message."""
        return "last calls: " + ", ".join(f"{c.method}[{c.refused or 'ok'}]" for c in self.calls[-12:])

    # The bot's side

    async def answer(self, method: str, params: dict[str, Any]) -> Any:
        """The result of one call.

        Raises:
            ApiError: the call is refused.
        """
        call = Call(method, params, time.monotonic())
        self.calls.append(call)
        self._notify()
        try:
            return await self.with_faults(call, self._do)
        except ApiError as error:
            call.refused = error.code
            raise
        finally:
            call.done = True
            self._notify()

    async def _do(self, call: Call) -> Any:
        if call.method not in METHODS:
            raise ApiError(404, "Not Found: method not found")
        params = typed(call.method, call.params)
        call.params = params
        call.result = await getattr(self, f"_{call.method}")(params)
        return call.result

    async def _getMe(self, _: dict[str, Any]) -> Any:  # noqa: N802
        return BOT

    async def _getUpdates(self, params: dict[str, Any]) -> Any:  # noqa: N802
        if self.webhook["url"]:
            raise ApiError(409, "Conflict: can't use getUpdates method while webhook is active")
        limit, timeout = params.get("limit", 100), params.get("timeout", 0)
        if not 1 <= limit <= 100 or not 0 <= timeout <= 50:
            raise bad("limit or timeout out of range")
        if "allowed_updates" in params:
            self._kinds = rules.check_update_kinds(params["allowed_updates"])
        offset = params.get("offset", 0)
        self._pending = [update for update in self._pending if update["update_id"] >= offset]
        self._polls += 1
        this_poll = self._polls
        self._notify()
        with suppress(TimeoutError):
            await self._wait_for(lambda: self._pending or self._again or this_poll != self._polls, timeout)
        if this_poll != self._polls:
            raise ApiError(409, "Conflict: terminated by other getUpdates request")
        found, self._again = [*self._again, *self._pending][:limit], []
        return sorted(found, key=lambda update: update["update_id"])

    async def _sendMessage(self, params: dict[str, Any]) -> Any:  # noqa: N802
        chat = self._reachable(params["chat_id"])
        text, entities = rules.read_text(params["text"], params.get("parse_mode"))
        markup = rules.check_keyboard(params.get("reply_markup"))
        answers = rules.check_reply(params.get("reply_parameters"), self._last_message)
        topic = params.get("message_thread_id")
        if topic is not None and topic not in self.topics:
            raise bad("message thread not found")
        shown = Shown(self.next_message_id(), text, entities, markup, params["text"], answers, topic)
        chat.show(shown)
        return message_json(chat, shown)

    async def _sendChatAction(self, params: dict[str, Any]) -> Any:  # noqa: N802
        self._reachable(params["chat_id"])
        if params["action"] not in rules.CHAT_ACTIONS:
            raise bad("wrong parameter action in request")
        return True

    async def _answerCallbackQuery(self, params: dict[str, Any]) -> Any:  # noqa: N802
        if params["callback_query_id"] not in self.open_queries:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        if len(params.get("text", "")) > 200:
            raise bad("MESSAGE_TOO_LONG")
        self.open_queries.remove(params["callback_query_id"])
        return True

    async def _answerInlineQuery(self, params: dict[str, Any]) -> Any:  # noqa: N802
        query = str(params["inline_query_id"])
        if query not in self.open_queries:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        self.inline_answers[query] = read_answer(params)
        self.open_queries.remove(query)
        return True

    async def _editMessageText(self, params: dict[str, Any]) -> Any:  # noqa: N802
        chat, shown = self._shown(params)
        text, entities = rules.read_text(params["text"], params.get("parse_mode"))
        return self._edit(chat, shown, text, entities, rules.check_keyboard(params.get("reply_markup")))

    async def _editMessageReplyMarkup(self, params: dict[str, Any]) -> Any:  # noqa: N802
        chat, shown = self._shown(params)
        markup = rules.check_keyboard(params.get("reply_markup"))
        return self._edit(chat, shown, shown.text, shown.entities, markup)

    def _edit(self, chat: Chat, shown: Shown, text: str, entities: list[Any], markup: Any) -> Any:
        if (shown.text, shown.entities, shown.markup) == (text, entities, markup):
            raise bad("message is not modified: specified new message content and reply markup are the same")
        shown.text, shown.entities, shown.markup = text, entities, markup
        return {**message_json(chat, shown), "edit_date": int(time.time())}

    async def _setMyCommands(self, params: dict[str, Any]) -> Any:  # noqa: N802
        self.commands[_menu(params)] = rules.check_commands(params["commands"])
        return True

    async def _getMyCommands(self, params: dict[str, Any]) -> Any:  # noqa: N802
        return self.commands.get(_menu(params), [])

    async def _deleteMyCommands(self, params: dict[str, Any]) -> Any:  # noqa: N802
        self.commands.pop(_menu(params), None)
        return True

    async def _setWebhook(self, params: dict[str, Any]) -> Any:  # noqa: N802
        connections, secret = params.get("max_connections", 40), params.get("secret_token")
        if params["url"]:
            rules.check_webhook(params["url"], secret, connections, local=self.local)
        if "allowed_updates" in params:
            self._kinds = rules.check_update_kinds(params["allowed_updates"])
        self.webhook = {
            "url": params["url"],
            "has_custom_certificate": False,
            "max_connections": connections,
            "allowed_updates": sorted(self._kinds),
        }
        self._drop_pending(params)
        return True

    async def _deleteWebhook(self, params: dict[str, Any]) -> Any:  # noqa: N802
        self.webhook = {"url": "", "has_custom_certificate": False}
        self._drop_pending(params)
        return True

    async def _getWebhookInfo(self, _: dict[str, Any]) -> Any:  # noqa: N802
        return {**self.webhook, "pending_update_count": len(self._pending)}

    async def _getFile(self, params: dict[str, Any]) -> Any:  # noqa: N802
        number = params["file_id"]
        if number not in self.files:
            raise bad("wrong file_id or the file is temporarily unavailable")
        if len(self.files[number]) > MAX_FILE:
            raise bad("file is too big")
        return {"file_id": number, "file_unique_id": number, "file_path": f"files/{number}"}

    def _drop_pending(self, params: dict[str, Any]) -> None:
        if str(params.get("drop_pending_updates", "")).lower() == "true":
            self._pending.clear()

    def _reachable(self, chat_id: object) -> Chat:
        chat = self._chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None:
            raise bad("chat not found")
        if chat.moved_to is not None:
            moved = "Bad Request: group chat was upgraded to a supergroup chat"
            raise ApiError(400, moved, migrate_to_chat_id=chat.moved_to)
        if chat.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        return chat

    def _shown(self, params: dict[str, Any]) -> tuple[Chat, Shown]:
        chat = self._reachable(params.get("chat_id"))
        for shown in chat.shown:
            if shown.message_id == params.get("message_id"):
                return chat, shown
        raise bad("message to edit not found")

    def _chat(self, chat_id: int, name: str, kind: str) -> Chat:
        self._chats[chat_id] = Chat(self, chat_id, name, kind)
        return self._chats[chat_id]

    def next_message_id(self) -> int:
        self._last_message += 1
        return self._last_message

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _wait_for(self, fulfilled: Callable[[], object], seconds: float) -> None:
        async with asyncio.timeout(seconds):
            while not fulfilled():
                await self._changed.wait()

    # HTTP

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections.add(task)
        try:
            async for target, kind, body in requests(reader):
                writer.write(await self._respond(target, kind, body))
                await writer.drain()
        except (CutError, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.transport.abort()

    async def _respond(self, target: str, kind: str, body: bytes) -> bytes:
        try:
            path, query = unquote(urlsplit(target).path), urlsplit(target).query
            if path.startswith("/file/"):
                return await self._file(path.removeprefix("/file"))
            params = dict(parse_qsl(query, keep_blank_values=True)) | read_params(kind, body)
            return response(200, {"ok": True, "result": await self.answer(self._method(path), params)})
        except ApiError as error:
            extra = {"parameters": error.parameters} if error.parameters else {}
            refusal = {"ok": False, "error_code": error.code, "description": error.description, **extra}
            return response(error.code, refusal)

    async def _file(self, path: str) -> bytes:
        """A download; faults for ``file`` hit it."""
        number = self._method(path).removeprefix("files/")
        if number not in self.files:
            raise ApiError(404, "Not Found")
        call = Call("file", {"file_id": number}, time.monotonic())
        self.calls.append(call)

        async def content(_: Call) -> Any:
            return self.files[number]

        return raw(200, "application/octet-stream", await self.with_faults(call, content))

    def _method(self, path: str) -> str:
        """The method in ``/bot<token>/<method>``, when the token is ours."""
        bot, _, method = path.removeprefix("/").partition("/")
        if not bot.startswith("bot") or not method:
            raise ApiError(404, "Not Found")
        if bot != f"bot{self.token}":
            self.strangers += 1
            self._notify()
            raise ApiError(401, "Unauthorized")
        return method


def _menu(params: dict[str, Any]) -> tuple[str, str]:
    return params.get("scope", {}).get("type", "default"), params.get("language_code", "")
