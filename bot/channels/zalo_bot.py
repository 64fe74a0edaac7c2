"""The Zalo Bot platform: by webhook when we have a public address, else by long polling."""

from __future__ import annotations

import asyncio
import contextlib

import structlog
from starlette.datastructures import Headers

from bot.channels.base import has_secret
from bot.channels.progress import Progress
from bot.channels.zalo_bot_api import ZaloBotApi, ZaloBotError
from bot.channels.zalo_bot_events import read_update
from bot.channels.zalo_facts import BOT_AFTER, BOT_FOREVER, BOT_SECRET_HEADER
from bot.channels.zalo_photo import PhotoSource
from bot.channels.zalo_text import Post, incoming, pieces_of
from bot.delivery import SendError
from handlers.messages import Incoming, Message
from knowledge.mailbox import Letter

CHANNEL = "zalo-bot"
WEBHOOK_PATH = "/zalo/bot/webhook"
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 30.0
DUTY_SECONDS = 2.0
FINISH_SECONDS = 5.0

log = structlog.get_logger()


class ZaloBotChannel:
    """A :class:`bot.delivery.Platform`. ``public_url`` empty: long polling."""

    name = CHANNEL

    def __init__(self, post: Post, api: ZaloBotApi, secret: str, public_url: str = "", *, loopback: bool) -> None:
        self.secret = secret
        self._post = post
        self._api = api
        self._webhook = f"{public_url.rstrip('/')}{WEBHOOK_PATH}" if public_url else ""
        self._photos = PhotoSource(api.client, loopback=loopback)
        self._names: tuple[str, ...] = ()
        self._progress = Progress()
        self._running: asyncio.Task[None] | None = None
        self._typing: set[asyncio.Task[None]] = set()
        self._stopping = self._storing = False

    # In

    async def start(self) -> None:
        """Begin in the background: Zalo out of reach must not keep the other channels from starting."""
        self._running = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Take nothing new; an update that has come is stored first."""
        self._stopping = True
        if self._running:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._running), FINISH_SECONDS if self._storing else 0)
            self._running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._running

    async def close(self) -> None:
        """Nothing is to be sent any more."""
        await asyncio.gather(*self._typing, return_exceptions=True)
        await self._api.close()

    async def _run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._stopping:
            try:
                await self._connect()
                if self._webhook:
                    return
                while not self._stopping:
                    await self._poll()
                    pause = FIRST_PAUSE_SECONDS
            except Exception as error:
                log.warning(_what_happened(error), exc_info=error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _connect(self) -> None:
        me = await self._api.call("getMe")
        if isinstance(me, dict):
            names = (me.get("display_name"), me.get("account_name"))
            self._names = tuple(name for name in names if isinstance(name, str) and name)
        if self._webhook:
            await self._api.call("setWebhook", url=self._webhook, secret_token=self.secret)
        else:
            # Zalo hands out updates one way only.
            await self._api.call("deleteWebhook")
        log.info("zalo bot on", by="webhook" if self._webhook else "polling")

    async def _poll(self) -> None:
        """Take one update. Nothing confirms it to Zalo, so it is held until it is stored."""
        if not await self._post.has_duty(f"{CHANNEL} polling"):
            await asyncio.sleep(DUTY_SECONDS)
            return
        update = await self._api.next_update()
        self._storing = update is not None
        try:
            if update is not None:
                await self._hold(update)
        finally:
            self._storing = False

    async def _hold(self, update: object) -> None:
        """Store it, however long the database is away."""
        while True:
            try:
                await self.receive(update)
            except Exception as error:
                log.warning("update not stored yet", channel=CHANNEL, exc_info=error)
                await asyncio.sleep(FIRST_PAUSE_SECONDS)
            else:
                return

    def knows(self, headers: Headers) -> bool:
        """See :class:`bot.web.webhooks.Guarded`."""
        return has_secret(headers, BOT_SECRET_HEADER, self.secret)

    def trusts(self, headers: Headers, body: bytes, event: object) -> bool:
        """The secret was all there is to check."""
        return True

    async def receive(self, update: object) -> None:
        """Store an update; those that need no answer are passed over."""
        event = read_update(update, self._names)
        if event:
            await self._post.receive(CHANNEL, [event])
        else:
            log.info("passed over", channel=CHANNEL)

    async def read(self, letter: Letter) -> Incoming | None:
        """See :class:`bot.delivery.Platform`."""
        kept = letter.payload
        self._show_typing(kept["chat"])
        photo = await self._photos.fetch(kept["photo"]) if kept["photo"] else None
        return incoming(CHANNEL, letter.event, kept, photo, numbered=True)

    def _show_typing(self, chat: str) -> None:
        """Say that we are writing, without waiting for it."""
        task = asyncio.create_task(self._typing_now(chat))
        self._typing.add(task)
        task.add_done_callback(self._typing.discard)

    async def _typing_now(self, chat: str) -> None:
        with contextlib.suppress(ZaloBotError):
            await self._api.call("sendChatAction", chat_id=chat, action="typing")

    # Out

    async def send(self, address: str, message: Message) -> None:
        """See :class:`bot.delivery.Platform`. Links and choices stand in the text (``handlers.numbers``)."""

        async def one(text: str) -> None:
            try:
                await self._api.call("sendMessage", chat_id=address, text=text)
            except ZaloBotError as error:
                log.warning("not sent", channel=CHANNEL, code=error.code)
                gone = error.code in BOT_FOREVER
                raise SendError(forever=gone, gone=gone, after=BOT_AFTER.get(error.code)) from error

        await self._progress.send(address, message, pieces_of(message.text), one)


def _what_happened(error: Exception) -> str:
    if not isinstance(error, ZaloBotError):
        return "zalo bot: a failure of ours"
    return "zalo refused the token: check ZALO_BOT_TOKEN" if error.code == 401 else f"zalo bot not reached: {error}"
