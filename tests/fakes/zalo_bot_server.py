"""A Zalo Bot platform of our own on loopback, strict about what a bot sends.

    async with ZaloBotServer("123:abc") as server:        # server.url goes into ZALO_BOT_API_URL
        an = server.user("An")
        await an.say("xin chào")
        reply = await an.wait_reply()                      # reply.text

What is known of the platform is in ``bot/channels/zalo_facts.py``. An error is 200 with ``ok: false``, as on the real
one. Unknown methods and parameters are refused. An update is handed out once: nothing confirms it.
"""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import httpx

from tests.fakes.loopback import PATIENCE, Answer, Call, Loopback, Request

Shape = Literal["documented", "flat", "nameless"]
METHODS: dict[str, tuple[set[str], set[str]]] = {
    # method: (required parameters, optional ones)
    "getMe": (set(), set()),
    "getUpdates": (set(), {"timeout"}),
    "setWebhook": ({"url", "secret_token"}, set()),
    "deleteWebhook": (set(), set()),
    "getWebhookInfo": (set(), set()),
    "sendMessage": ({"chat_id", "text"}, {"parse_mode", "text_styles", "reply_to_message_id"}),
    "sendPhoto": ({"chat_id", "photo"}, {"caption"}),
    "sendSticker": ({"chat_id", "sticker"}, set()),
    "sendChatAction": ({"chat_id", "action"}, set()),
}
MOST = 2000
LONGEST_POLL = 0.3
"""Seconds; the real one waits for thirty."""


class ApiError(Exception):
    """The platform's refusal."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words

    @property
    def answer(self) -> Answer:
        return Answer({"ok": False, "error_code": self.code, "description": self.words})


@dataclass(frozen=True)
class Shown:
    """One message of the bot as it stands in a chat."""

    message_id: str
    text: str


class Chat:
    """A chat as its people see it."""

    def __init__(self, server: ZaloBotServer, chat_id: str, name: str, kind: str) -> None:
        self.server, self.id, self.name, self.kind = server, chat_id, name, kind
        self.shown: list[Shown] = []
        self._unread: asyncio.Queue[Shown] = asyncio.Queue()

    def update(self, event: str, **content: Any) -> dict[str, Any]:
        """The update that something sent to the bot makes."""
        person = self.id if self.kind == "PRIVATE" else "aa11aa11aa11aa11aa11"
        message = {
            "message_id": secrets.token_hex(10),
            "date": 1_790_000_000_000,
            "chat": {"id": self.id, "chat_type": self.kind},
            "from": {"id": person, "display_name": self.name, "is_bot": False},
            **content,
        }
        return {"event_name": event, "message": message}

    async def say(self, text: str) -> None:
        await self.server.deliver(self.update("message.text.received", text=text))

    async def send_photo(self, url: str, caption: str | None = None, key: str = "photo_url") -> None:
        more = {} if caption is None else {"caption": caption}
        photo = {key: url, "message_type": "CHAT_PHOTO", **more}
        await self.server.deliver(self.update("message.image.received", **photo))

    async def send(self, event: str, **content: Any) -> None:
        await self.server.deliver(self.update(event, **content))

    async def press(self, label: str) -> None:
        """Type the number that stands before ``label``."""
        for line in self.shown[-1].text.splitlines():
            number, _, rest = line.partition(". ")
            if number.isdecimal() and rest == label:
                await self.say(number)
                return
        raise AssertionError(f"no {label!r} in {self.shown[-1].text!r}")

    async def wait_reply(self) -> Shown:
        """The bot's next message in this chat."""
        try:
            return await asyncio.wait_for(self._unread.get(), PATIENCE)
        except TimeoutError:
            raise AssertionError(f"no reply to {self.name}") from None

    @property
    def unread(self) -> int:
        return self._unread.qsize()

    def show(self, shown: Shown) -> None:
        self.shown.append(shown)
        self._unread.put_nowait(shown)


class ZaloBotServer(Loopback):
    """The server. It delivers to the webhook if one is set, else it waits to be asked."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self.token = token
        self.webhook: dict[str, str] = {"url": "", "secret_token": ""}
        self.shape: Shape = "documented"
        self.photos: dict[str, Answer] = {}
        self.delivered: list[int] = []
        """The statuses our webhook answered with."""
        self._chats: dict[str, Chat] = {}
        self._pending: list[dict[str, Any]] = []

    def user(self, name: str = "An") -> Chat:
        return self._chat(name, "PRIVATE")

    def group(self, name: str = "Tổ dân phố 4") -> Chat:
        return self._chat(name, "GROUP")

    def photo(self, content: bytes, kind: str = "image/jpeg", **answer: Any) -> str:
        """An address under which ``content`` lies."""
        path = f"/photo/{secrets.token_hex(6)}"
        self.photos[path] = Answer(content, kind=kind, **answer)
        return self.url + path

    async def deliver(self, update: dict[str, Any]) -> int | None:
        """Hand an update to the bot; the status of its webhook."""
        if not self.webhook["url"]:
            self._pending.append(update)
            self.notify()
            return None
        headers = {"x-bot-api-secret-token": self.webhook["secret_token"]}
        async with httpx.AsyncClient() as client:
            answered = await client.post(self.webhook["url"], json=self._shaped(update), headers=headers)
        self.delivered.append(answered.status_code)
        return answered.status_code

    def _shaped(self, update: dict[str, Any]) -> dict[str, Any]:
        if self.shape == "documented":
            return {"ok": True, "result": update}
        return update if self.shape == "flat" else {"message": update["message"]}

    # The bot's side

    def name(self, request: Request) -> str:
        return request.path.rsplit("/", 1)[-1] if request.path.startswith("/bot") else "photo"

    async def answer(self, request: Request) -> Answer:
        if request.path in self.photos:
            return self.photos[request.path]
        call = Call(self.name(request), {})
        self.calls.append(call)
        try:
            call.params = self._checked(request, call.name)
            self.notify()
            result = await getattr(self, f"_{call.name}")(call.params)
        except ApiError as error:
            call.error = error.code
            return error.answer
        finally:
            self.notify()
        return Answer({"ok": True} | ({} if result is None else {"result": result}))

    def _checked(self, request: Request, method: str) -> dict[str, Any]:
        if request.path.removesuffix(f"/{method}") != f"/bot{self.token}":
            raise ApiError(401, "Unauthorized")
        if method not in METHODS:
            raise ApiError(404, "Not Found")
        required, optional = METHODS[method]
        try:
            params = request.fields
        except ValueError as error:
            raise ApiError(400, f"Bad Request: {error}") from None
        unknown, missing = set(params) - required - optional, required - set(params)
        if unknown or missing or request.verb not in {"GET", "POST"}:
            raise ApiError(400, f"Bad Request: unknown {sorted(unknown)}, missing {sorted(missing)}")
        return params

    async def _getMe(self, _: dict[str, Any]) -> Any:  # noqa: N802
        return {
            "id": "1459232241454765289",
            "account_name": "bot.VDKyGxQvc",
            "account_type": "BASIC",
            "can_join_groups": False,
            "display_name": "Một Cửa",
        }

    async def _getUpdates(self, params: dict[str, Any]) -> Any:  # noqa: N802
        if not 0 <= float(params.get("timeout", 30)) <= 60:
            raise ApiError(400, "Bad Request: timeout")
        if self.webhook["url"]:
            raise ApiError(400, "Bad Request: a webhook is set")
        with suppress(TimeoutError):
            await asyncio.wait_for(self.when(lambda: self._pending), LONGEST_POLL)
        if not self._pending:
            raise ApiError(408, "Request timeout")
        return self._pending.pop(0)

    async def _setWebhook(self, params: dict[str, Any]) -> Any:  # noqa: N802
        url, secret = params["url"], params["secret_token"]
        if not url.startswith(("https://", "http://127.0.0.1:")) or not 8 <= len(secret) <= 256:
            raise ApiError(400, "Bad Request: webhook")
        self.webhook = {"url": url, "secret_token": secret}
        return {"url": url, "updated_at": 1_790_000_000_000}

    async def _deleteWebhook(self, _: dict[str, Any]) -> Any:  # noqa: N802
        self.webhook = {"url": "", "secret_token": ""}
        return {"url": "", "updated_at": 1_790_000_000_000}

    async def _getWebhookInfo(self, _: dict[str, Any]) -> Any:  # noqa: N802
        return {"url": self.webhook["url"], "updated_at": 1_790_000_000_000}

    async def _sendMessage(self, params: dict[str, Any]) -> Any:  # noqa: N802
        chat = self._reachable(params)
        shown = Shown(secrets.token_hex(10), readable(params["text"]))
        chat.show(shown)
        return {"message_id": shown.message_id, "date": 1_790_000_000_000}

    async def _sendPhoto(self, params: dict[str, Any]) -> Any:  # noqa: N802
        self._reachable(params)
        return {"message_id": secrets.token_hex(10), "date": 1_790_000_000_000}

    async def _sendSticker(self, params: dict[str, Any]) -> Any:  # noqa: N802
        return await self._sendPhoto(params)

    async def _sendChatAction(self, params: dict[str, Any]) -> None:  # noqa: N802
        self._reachable(params)
        if params["action"] != "typing":
            raise ApiError(400, "Bad Request: action")

    def _reachable(self, params: dict[str, Any]) -> Chat:
        chat = self._chats.get(params["chat_id"]) if isinstance(params["chat_id"], str) else None
        if chat is None:
            raise ApiError(400, "Bad Request: chat not found")
        return chat

    def _chat(self, name: str, kind: str) -> Chat:
        chat = Chat(self, secrets.token_hex(10), name, kind)
        self._chats[chat.id] = chat
        return chat


def readable(text: object) -> str:
    """``text`` as Zalo takes it: 1 to 2000, whichever way one counts, without control characters."""
    if not isinstance(text, str) or not text.strip() or len(text.encode("utf-16-le")) // 2 > MOST:
        raise ApiError(400, "Bad Request: text must be 1 to 2000 characters")
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in text):
        raise ApiError(400, "Bad Request: text")
    return text
