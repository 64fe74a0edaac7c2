"""A Zalo Official Account: events by webhook, answers as consultation messages."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import structlog
from starlette.datastructures import Headers

from bot.channels.progress import Progress
from bot.channels.zalo_facts import OA_BUTTONS, OA_SIGNATURE_HEADER, OA_TITLE
from bot.channels.zalo_oa_api import OaApi, OaSendError
from bot.channels.zalo_oa_events import button_payload, is_recent, is_signed, read_event
from bot.channels.zalo_oa_tokens import TokenKeeper
from bot.channels.zalo_photo import PhotoSource
from bot.channels.zalo_text import Post, clean, incoming, pieces_of
from handlers.messages import Button, Incoming, Message
from handlers.texts import vi
from knowledge.calendar import Clock
from knowledge.mailbox import Letter

CHANNEL = "zalo-oa"
WEBHOOK_PATH = "/zalo/oa/webhook"

log = structlog.get_logger()
Forget = Callable[[str, str], Awaitable[None]]
"""Forgets all that is kept of a chat of a channel."""


@dataclass(frozen=True)
class Account:
    """Whose webhook it is, and what signs its calls."""

    app: str
    webhook_secret: str


class ZaloOaChannel:
    """A :class:`bot.delivery.Platform`."""

    name = CHANNEL

    def __init__(
        self,
        post: Post,
        account: Account,
        tokens: TokenKeeper,
        api: OaApi,
        client: httpx.AsyncClient,
        forget: Forget,
        clock: Clock,
        *,
        loopback: bool,
    ) -> None:
        self._post = post
        self._account = account
        self._tokens = tokens
        self._api = api
        self._client = client
        self._forget = forget
        self._clock = clock
        self._photos = PhotoSource(client, loopback=loopback)
        self._progress = Progress()
        self._keeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Keep the token fresh from now on."""
        self._keeping = asyncio.create_task(self._tokens.keep_fresh())

    async def stop(self) -> None:
        """No longer look at the token by ourselves."""
        if self._keeping:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping

    async def close(self) -> None:
        """Nothing is to be sent any more. A refresh under way comes to its end first."""
        await self._tokens.rest()
        await self._client.aclose()

    # In

    def knows(self, headers: Headers) -> bool:
        """See :class:`bot.web.webhooks.Guarded`."""
        return bool(self._account.webhook_secret) and OA_SIGNATURE_HEADER in headers

    def trusts(self, headers: Headers, body: bytes, event: object) -> bool:
        """Signed by Zalo, and not so long ago that only somebody else can be sending it again."""
        given = headers.get(OA_SIGNATURE_HEADER, "")
        if not is_signed(body, event, given, self._account.app, self._account.webhook_secret):
            return False
        return is_recent(event, self._clock())

    async def receive(self, event: object) -> None:
        """Store an event; those that need no answer are passed over."""
        read = read_event(event, self._account.webhook_secret) if isinstance(event, dict) else None
        if read:
            await self._post.receive(CHANNEL, [read])
        else:
            log.info("passed over", channel=CHANNEL)

    async def read(self, letter: Letter) -> Incoming | None:
        """See :class:`bot.delivery.Platform`."""
        kept = letter.payload
        if kept.get("gone"):
            await self._forget(CHANNEL, kept["chat"])
            return None
        photo = await self._photos.fetch(kept["photo"]) if kept["photo"] else None
        return incoming(CHANNEL, letter.event, kept, photo, numbered=False)

    # Out

    async def send(self, address: str, message: Message) -> None:
        """See :class:`bot.delivery.Platform`."""

        async def one(piece: dict[str, Any]) -> None:
            await self._api.send(address, piece)

        try:
            await self._progress.send(address, message, to_messages(message, self._account.webhook_secret), one)
        except OaSendError as error:
            if error.trouble != "refused" or not message.buttons:
                raise
            # Better without buttons than not at all.
            await self._progress.send(address, Message(message.text), [{"text": t} for t in _without(message)], one)


def to_messages(message: Message, secret: str) -> list[dict[str, Any]]:
    """``message`` as Zalo takes it: pieces of text, the last with up to five buttons, the rest of them below."""
    buttons, text = list(message.buttons), message.text
    if len(buttons) > OA_BUTTONS:
        links = [button for button in buttons if button.url]
        text = "\n".join([text, *(f"{button.label}: {button.url}" for button in links)])
        buttons = [button for button in buttons if not button.url]
    pieces: list[dict[str, Any]] = [{"text": piece} for piece in pieces_of(text)]
    for start in range(0, len(buttons), OA_BUTTONS):
        if start or not pieces:
            pieces.append({"text": vi.MORE_BUTTONS})
        made = [_button(button, secret) for button in buttons[start : start + OA_BUTTONS]]
        pieces[-1]["attachment"] = {"type": "template", "payload": {"buttons": made}}
    return pieces


def _without(message: Message) -> list[str]:
    labels = [f"{button.label}: {button.url}" if button.url else f"• {button.label}" for button in message.buttons]
    return pieces_of("\n".join([message.text, *labels]))


def _button(button: Button, secret: str) -> dict[str, Any]:
    title = clean(button.label)[:OA_TITLE]
    if button.url:
        return {"title": title, "type": "oa.open.url", "payload": {"url": button.url}}
    return {"title": title, "type": "oa.query.hide", "payload": button_payload(button.data or "", secret)}
