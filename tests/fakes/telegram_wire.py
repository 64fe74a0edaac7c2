"""The wire of our Telegram: requests of the bot, their parameters with their types, and what goes wrong with them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from tests.fakes.telegram_chats import PATIENCE
from tests.fakes.telegram_rules import ApiError, bad

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


class CutError(Exception):
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


def typed(method: str, params: dict[str, Any]) -> dict[str, Any]:
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


def read_params(kind: str, body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    if kind == "application/json":
        return dict(json.loads(body))
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
    raise bad(f"this server takes no {kind}")


async def requests(reader: asyncio.StreamReader) -> AsyncIterator[tuple[str, str, bytes]]:
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


def response(code: int, content: dict[str, Any]) -> bytes:
    return raw(code, "application/json", json.dumps(content, ensure_ascii=False).encode(errors="replace"))


def raw(code: int, kind: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {code} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Faults:
    """What a test lets go wrong."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

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

    async def with_faults(self, call: Call, do: Callable[[Call], Awaitable[Any]]) -> Any:
        fault = next((fault for fault in self._faults if fault.hits(call)), None)
        if fault is None:
            return await do(call)
        fault.times -= 1
        if fault.wait:
            await fault.wait()
        if fault.error:
            raise fault.error
        if fault.cut == "before":
            raise CutError
        result = await do(call)
        if fault.cut == "after":
            raise CutError
        return result
