"""A Telegram of our own: a Bot API server on loopback that is strict about what a bot sends.

    async with TelegramServer("123:abc") as server:      # server.url goes into TELEGRAM_API_URL
        an = server.user("An")
        an.say("xin chào")
        reply = await an.wait_reply()                     # reply.text, reply.labels, reply.bold
        await an.press("Giấy tờ")                         # returns when the spinner has stopped
        server.fails("sendMessage", code=500)             # the next one only

What Telegram would refuse is refused in Telegram's words (see ``telegram_rules``). Unknown methods and unknown
parameters, which Telegram overlooks, are refused too.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.fakes import telegram_rules as rules
from tests.fakes.telegram_inline import InlineAnswer, payload_in, read_answer
from tests.fakes.telegram_rules import ApiError, bad

PATIENCE = 15.0
MAX_FILE = 20 * 1024 * 1024
BOT = {
    "id": 4242,
    "is_bot": True,
    "first_name": "Một Cửa",
    "username": "motcua_test_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": True,
}
_MESSAGE = ("chat_id", "message_id", "business_connection_id", "inline_message_id")
_SEND = [
    "business_connection_id",
    "message_thread_id",
    "direct_messages_topic_id",
    "parse_mode",
    "link_preview_options",
    "disable_notification",
    "protect_content",
    "allow_paid_broadcast",
    "message_effect_id",
    "reply_parameters",
    "reply_markup",
]
METHODS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # method: (required parameters, optional ones)
    "getMe": ((), ()),
    "getUpdates": ((), ("offset", "limit", "timeout", "allowed_updates")),
    "sendMessage": (("chat_id", "text"), tuple(_SEND)),
    "sendChatAction": (("chat_id", "action"), ("business_connection_id", "message_thread_id")),
    "answerCallbackQuery": (("callback_query_id",), ("text", "show_alert", "url", "cache_time")),
    "answerInlineQuery": (("inline_query_id", "results"), ("cache_time", "is_personal", "next_offset", "button")),
    "editMessageText": (("text",), (*_MESSAGE, "parse_mode", "link_preview_options", "reply_markup")),
    "editMessageReplyMarkup": ((), (*_MESSAGE, "reply_markup")),
    "setMyCommands": (("commands",), ("scope", "language_code")),
    "getMyCommands": ((), ("scope", "language_code")),
    "deleteMyCommands": ((), ("scope", "language_code")),
    "setWebhook": (
        ("url",),
        ("ip_address", "max_connections", "allowed_updates", "drop_pending_updates", "secret_token"),
    ),
    "deleteWebhook": ((), ("drop_pending_updates",)),
    "getWebhookInfo": ((), ()),
    "getFile": (("file_id",), ()),
}
_JSON = {
    "reply_markup",
    "allowed_updates",
    "commands",
    "scope",
    "link_preview_options",
    "reply_parameters",
    "results",
    "button",
}
_NUMBERS = {"chat_id", "message_id", "offset", "limit", "timeout", "max_connections", "message_thread_id"}


@dataclass
class Call:
    """One request of the bot. ``refused`` is the error code of an answer with ``ok: false``."""

    method: str
    params: dict[str, Any]
    at: float
    done: bool = False
    refused: int | None = None
    result: Any = None

    @property
    def chat(self) -> object:
        return self.params.get("chat_id")


@dataclass
class Shown:
    """One message of the bot as it stands in a chat."""

    message_id: int
    text: str
    entities: list[dict[str, Any]]
    markup: dict[str, Any] | None
    sent: str
    """What came in, with its markup."""
    answers: int | None = None
    """The message that it replies to."""
    topic: int | None = None

    @property
    def buttons(self) -> list[dict[str, Any]]:
        return [button for row in (self.markup or {}).get("inline_keyboard", []) for button in row]

    @property
    def labels(self) -> list[str]:
        return [button["text"] for button in self.buttons]

    @property
    def bold(self) -> list[str]:
        units = self.text.encode("utf-16-le")
        return [
            units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
            for e in self.entities
            if e["type"] == "bold"
        ]


@dataclass
class Fault:
    """What goes wrong with the next ``times`` calls of ``method``."""

    method: str
    chat: int | None
    times: int
    error: ApiError | None = None
    cut: str | None = None
    wait: Callable[[], Any] | None = None

    def hits(self, call: Call) -> bool:
        return (
            self.times > 0
            and self.method in {"*", call.method}
            and (self.chat is None or str(self.chat) == str(call.chat))
        )


class _CutError(Exception):
    """Close the connection without an answer."""


@dataclass
class Gate:
    """Requests that are held wait here until it opens."""

    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def reached(self) -> None:
        """Wait until the first request stands here."""
        await asyncio.wait_for(self._arrived.wait(), PATIENCE)

    def open(self) -> None:
        self._opened.set()

    async def pass_through(self) -> None:
        self._arrived.set()
        await self._opened.wait()


class Chat:
    """A chat as its people see it: what they do, and what the bot shows them."""

    def __init__(self, server: TelegramServer, chat_id: int, name: str, kind: str = "private") -> None:
        self.server, self.id, self.name, self.kind = server, chat_id, name, kind
        self.shown: list[Shown] = []
        self.blocked = False
        self.moved_to: int | None = None
        self.language = "vi"
        self._unread: asyncio.Queue[Shown] = asyncio.Queue()

    @property
    def person(self) -> dict[str, Any]:
        number = self.id if self.kind == "private" else 7_000_000
        return {"id": number, "is_bot": False, "first_name": self.name, "language_code": self.language}

    @property
    def as_json(self) -> dict[str, Any]:
        title = {"first_name": self.name} if self.kind == "private" else {"title": self.name}
        return {"id": self.id, "type": self.kind, **title}

    def say(self, text: str, **content: Any) -> dict[str, Any]:
        """Write ``text``; returns the update that goes to the bot. See :meth:`message` for ``by`` and ``to``."""
        entities = rules.entities_in(text)
        return self.post(text=text, **({"entities": entities} if entities else {}), **content)

    def post(self, kind: str = "message", **content: Any) -> dict[str, Any]:
        """Send any other kind of content, such as ``photo=[…]`` or ``sticker={…}``."""
        return self.server.update(kind, self.message(**content))

    def message(self, *, by: Chat | None = None, to: Shown | dict[str, Any] | None = None, **content: Any) -> Any:
        """A message ``by`` a person of a group, replying ``to`` one of the bot's or anybody's."""
        sender = {} if self.kind == "channel" else {"from": by.person if by else self.person}
        replied = _message_json(self, to) if isinstance(to, Shown) else to
        base = {"message_id": self.server.next_message_id(), "date": int(time.time()), "chat": self.as_json}
        return {**base, **sender, **({"reply_to_message": replied} if replied else {}), **content}

    async def press(self, label: str, *, by: Chat | None = None) -> None:
        """Press the newest button that says ``label`` and wait until its spinner stops."""
        for shown in reversed(self.shown):
            for button in shown.buttons:
                if button["text"] == label:
                    await self.press_data(button["callback_data"], shown, by=by)
                    return
        raise AssertionError(f"no button {label!r} in {[shown.labels for shown in self.shown]}")

    def opens(self, url: str) -> None:
        """Follow a link to the bot: the app shows “Start”, which sends what stands in the link."""
        self.say(f"/start {payload_in(url, str(BOT['username']))}")

    def blocks(self) -> None:
        """Block the bot."""
        self.blocked = True
        member = {"user": BOT, "status": "member"}
        gone = {"user": BOT, "status": "kicked", "until_date": 0}
        change = {"chat": self.as_json, "from": self.person, "date": int(time.time())}
        self.server.update("my_chat_member", {**change, "old_chat_member": member, "new_chat_member": gone})

    async def types(self, query: str) -> InlineAnswer:
        """Type “@our_bot query” in any chat; returns what is offered."""
        number = str(self.server.next_message_id())
        self.server.open_queries.add(number)
        self.server.update("inline_query", {"id": number, "from": self.person, "query": query, "offset": ""})
        await self.server.until(lambda: number in self.server.inline_answers, f"an answer to {query!r}")
        return self.server.inline_answers[number]

    async def press_data(self, data: str, under: Shown | None = None, *, by: Chat | None = None) -> None:
        """Press with any ``data``: a changed app can send what it likes."""
        query = str(self.server.next_message_id())
        shown = under or self.shown[-1]
        message = {**self.message(text=shown.text), "message_id": shown.message_id, "from": BOT}
        person = by.person if by else self.person
        press = {"id": query, "from": person, "chat_instance": "1", "message": message, "data": data}
        self.server.open_queries.add(query)
        self.server.update("callback_query", press)
        await self.server.until(lambda: query not in self.server.open_queries, f"the spinner of {data!r} to stop")

    async def wait_reply(self) -> Shown:
        """The bot's next message in this chat."""
        try:
            return await asyncio.wait_for(self._unread.get(), PATIENCE)
        except TimeoutError:
            raise AssertionError(f"no reply to {self.name}; {self.server.history()}") from None

    @property
    def unread(self) -> int:
        return self._unread.qsize()

    def show(self, shown: Shown) -> None:
        self.shown.append(shown)
        self._unread.put_nowait(shown)


class TelegramServer:
    """The server. ``local`` is the Bot API server's own ``--local``: plain HTTP for webhooks."""

    def __init__(self, token: str, *, local: bool = False) -> None:
        self.token, self.local = token, local
        self.url = ""
        self.calls: list[Call] = []
        self.updates: list[dict[str, Any]] = []
        """All that were made, taken by the bot or not."""
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
        self._faults: list[Fault] = []
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

    # Faults

    def fails(self, method: str, *, code: int, times: int = 1, chat: int | None = None, why: str = "") -> None:
        """Answer with an error; ``why`` in Telegram's words."""
        words = {403: "Forbidden", 500: "Internal Server Error", 502: "Bad Gateway"}
        error = ApiError(code, why or words.get(code, "Bad Request"))
        self._faults.append(Fault(method, chat, times, error=error))

    def floods(self, method: str, *, retry_after: int, times: int = 1, chat: int | None = None) -> None:
        """Answer 429."""
        error = ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)
        self._faults.append(Fault(method, chat, times, error=error))

    def cuts(self, method: str, *, after: bool = False, times: int = 1, chat: int | None = None) -> None:
        """Cut the connection: before anything is done, or ``after`` it was done, so that only the answer is lost."""
        self._faults.append(Fault(method, chat, times, cut="after" if after else "before"))

    def delays(self, method: str, seconds: float, *, times: int = 1, chat: int | None = None) -> None:
        self._faults.append(Fault(method, chat, times, wait=lambda: asyncio.sleep(seconds)))

    def holds(self, method: str, *, times: int = 1, chat: int | None = None) -> Gate:
        """Keep requests waiting until the gate is opened."""
        gate = Gate()
        self._faults.append(Fault(method, chat, times, wait=gate.pass_through))
        return gate

    def is_well_again(self) -> None:
        """Nothing goes wrong any more."""
        self._faults.clear()

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
            return await self._with_faults(call, self._do)
        except ApiError as error:
            call.refused = error.code
            raise
        finally:
            call.done = True
            self._notify()

    async def _with_faults(self, call: Call, do: Callable[[Call], Awaitable[Any]]) -> Any:
        fault = next((fault for fault in self._faults if fault.hits(call)), None)
        if fault is None:
            return await do(call)
        fault.times -= 1
        if fault.wait:
            await fault.wait()
        if fault.error:
            raise fault.error
        if fault.cut == "before":
            raise _CutError
        result = await do(call)
        if fault.cut == "after":
            raise _CutError
        return result

    async def _do(self, call: Call) -> Any:
        if call.method not in METHODS:
            raise ApiError(404, "Not Found: method not found")
        params = _typed(call.method, call.params)
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
        return _message_json(chat, shown)

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
        return {**_message_json(chat, shown), "edit_date": int(time.time())}

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
            async for target, kind, body in _requests(reader):
                writer.write(await self._respond(target, kind, body))
                await writer.drain()
        except (_CutError, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.transport.abort()

    async def _respond(self, target: str, kind: str, body: bytes) -> bytes:
        try:
            path, query = unquote(urlsplit(target).path), urlsplit(target).query
            if path.startswith("/file/"):
                return await self._file(path.removeprefix("/file"))
            params = dict(parse_qsl(query, keep_blank_values=True)) | _params(kind, body)
            return _response(200, {"ok": True, "result": await self.answer(self._method(path), params)})
        except ApiError as error:
            extra = {"parameters": error.parameters} if error.parameters else {}
            refusal = {"ok": False, "error_code": error.code, "description": error.description, **extra}
            return _response(error.code, refusal)

    async def _file(self, path: str) -> bytes:
        """A download; faults for ``file`` hit it."""
        number = self._method(path).removeprefix("files/")
        if number not in self.files:
            raise ApiError(404, "Not Found")
        call = Call("file", {"file_id": number}, time.monotonic())
        self.calls.append(call)

        async def content(_: Call) -> Any:
            return self.files[number]

        return _raw(200, "application/octet-stream", await self._with_faults(call, content))

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


def _message_json(chat: Chat, shown: Shown) -> dict[str, Any]:
    message = {**chat.message(text=shown.text), "message_id": shown.message_id, "from": BOT}
    inline = shown.markup if shown.markup and "inline_keyboard" in shown.markup else None
    return (
        message
        | ({"entities": shown.entities} if shown.entities else {})
        | ({"reply_markup": inline} if inline else {})
    )


def _typed(method: str, params: dict[str, Any]) -> dict[str, Any]:
    """The parameters with their types, each known and none missing."""
    required, optional = METHODS[method]
    unknown = set(params) - set(required) - set(optional)
    if unknown:
        raise bad(f"{method} has no parameter {sorted(unknown)}")
    missing = set(required) - set(params)
    if missing:
        raise bad(f"parameter {sorted(missing)} is required")
    try:
        return {name: _value(name, value) for name, value in params.items()}
    except ValueError as error:
        raise bad(f"can't parse parameters of {method}: {error}") from None


def _value(name: str, value: Any) -> Any:
    if name in _JSON and isinstance(value, str):
        return json.loads(value)
    if name in _NUMBERS and not (isinstance(value, str) and value.startswith("@")):
        return int(value)
    return value


def _params(kind: str, body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    if kind == "application/json":
        return dict(json.loads(body))
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
    raise bad(f"this server takes no {kind}")


async def _requests(reader: asyncio.StreamReader) -> AsyncIterator[tuple[str, str, bytes]]:
    """Target, content type and body of each request on a connection."""
    while True:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        yield first.split(" ")[1], headers.get("content-type", "").partition(";")[0], body


def _response(code: int, content: dict[str, Any]) -> bytes:
    return _raw(code, "application/json", json.dumps(content, ensure_ascii=False).encode(errors="replace"))


def _raw(code: int, kind: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {code} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body
