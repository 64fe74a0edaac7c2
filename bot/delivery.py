"""Takes events in, has them answered in the order of their chats, and sends what was answered.

See ``knowledge.mailbox`` for why nothing is lost. Two loops run in every worker: one answers what waits in the inbox,
one sends what waits in the outbox. Both are woken by what this process stores and look round every
:data:`LOOK_ROUND_SECONDS` for what other workers left behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any, Protocol, TypeVar

import structlog

from bot.desk import Desk
from handlers.messages import Incoming, Message, unpack
from knowledge.mailbox import Letter, Mailbox, NewLetter, Parcel
from knowledge.privacy import chat_key

LOOK_ROUND_SECONDS = 0.5
AT_ONCE = 64
"""Chats answered, and messages sent, at the same time by one worker."""
FINISH_SECONDS = 8.0
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 300.0
MOST_ATTEMPTS = 30
"""With the pauses above about two hours; after that a message no longer helps anybody."""

log = structlog.get_logger()
Item = TypeVar("Item")


class SendError(Exception):
    """A message could not be sent. ``forever``: trying again does not help; else ``after`` seconds, if the
    platform said so."""

    def __init__(self, *, forever: bool = False, after: float | None = None) -> None:
        super().__init__("cannot be delivered" if forever else "not delivered now")
        self.forever = forever
        self.after = after


class Platform(Protocol):
    """A channel whose events are stored: how to read one, and how to send one message."""

    name: str

    async def read(self, letter: Letter) -> Incoming | None:
        """The stored event as an :class:`Incoming`; ``None`` when it needs no answer."""
        ...

    async def send(self, address: str, message: Message) -> None:
        """Send one message.

        Raises:
            SendError: it did not arrive.
        """
        ...


class Delivery:
    """The two loops of one worker."""

    def __init__(self, mailbox: Mailbox, desk: Desk, secret: str) -> None:
        self._mailbox = mailbox
        self._desk = desk
        self._secret = secret
        self._platforms: dict[str, Platform] = {}
        self._came_in = asyncio.Event()
        self._to_send = asyncio.Event()
        self._stopping = False
        self._loops: list[asyncio.Task[None]] = []

    def serve(self, platform: Platform) -> None:
        """Answer the events of ``platform`` from now on."""
        self._platforms[platform.name] = platform

    async def receive(self, channel: str, events: Sequence[tuple[str, str, dict[str, Any]]]) -> int:
        """Store (event id, chat, payload); once this returns, the platform may be told that we have them.

        Returns how many were new.
        """
        letters = [
            NewLetter(channel, event, chat_key(self._secret, channel, chat), payload) for event, chat, payload in events
        ]
        new = await self._mailbox.receive(letters, self._desk.knowledge.clock())
        self._came_in.set()
        return new

    async def start(self) -> None:
        """Begin with what an earlier process left."""
        await self._mailbox.open()
        self._stopping = False
        answering = self._run(self._came_in, self._take, self._answer)
        sending = self._run(self._to_send, self._take_out, self._send)
        self._loops = [asyncio.create_task(answering), asyncio.create_task(sending)]

    async def stop(self) -> None:
        """Take nothing new and finish what is in hand; what is not finished in time stays stored."""
        self._stopping = True
        self._came_in.set()
        self._to_send.set()
        _, unfinished = await asyncio.wait(self._loops, timeout=FINISH_SECONDS) if self._loops else (set(), set())
        for loop in unfinished:
            loop.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await loop

    async def _run(
        self,
        awake: asyncio.Event,
        take: Callable[[int], Awaitable[Sequence[Item]]],
        handle: Callable[[Item], Coroutine[Any, Any, None]],
    ) -> None:
        """Keep up to :data:`AT_ONCE` items in hand; a slow one keeps its place and delays no other."""
        in_hand: set[asyncio.Task[None]] = set()
        while not self._stopping:
            awake.clear()
            room = AT_ONCE - len(in_hand)
            items = await self._safely(take(room)) if room else []
            in_hand |= {asyncio.create_task(handle(item)) for item in items or ()}
            if items and len(items) == room:
                await asyncio.wait(in_hand, return_when=asyncio.FIRST_COMPLETED)
            elif not items:
                await self._sleep(awake)
            in_hand = {task for task in in_hand if not task.done()}
        if in_hand:
            await asyncio.wait(in_hand)

    async def _sleep(self, awake: asyncio.Event) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(awake.wait(), LOOK_ROUND_SECONDS)

    async def _safely(self, work: Awaitable[Sequence[Item]]) -> Sequence[Item]:
        """The database may be away for a while: the loops outlive that."""
        try:
            return await work
        except Exception as error:
            log.warning("mailbox not reached", exc_info=error)
            await asyncio.sleep(LOOK_ROUND_SECONDS)
            return []

    # In

    async def _take(self, most: int) -> Sequence[Letter]:
        return await self._mailbox.take(self._desk.knowledge.clock(), most)

    async def _answer(self, letter: Letter) -> None:
        platform = self._platforms.get(letter.channel)
        try:
            incoming = await platform.read(letter) if platform else None
            if incoming is None:
                await self._mailbox.drop(letter.number)
            else:
                await self._desk.answer_letter(letter, self._mailbox.holder, incoming)
            self._to_send.set()
        except Exception as error:
            log.warning("not answered now", channel=letter.channel, exc_info=error)
            with contextlib.suppress(Exception):
                await self._mailbox.release(letter.number)
        finally:
            # The next message of this chat may be taken now.
            self._came_in.set()

    # Out

    async def _take_out(self, most: int) -> Sequence[Parcel]:
        return await self._mailbox.take_out(self._desk.knowledge.clock(), most)

    async def _send(self, parcel: Parcel) -> None:
        try:
            await self._try(parcel)
        except Exception as error:
            # It is held until its time is over, and then tried again.
            log.warning("not sent now", channel=parcel.channel, exc_info=error)
        finally:
            self._to_send.set()

    async def _try(self, parcel: Parcel) -> None:
        platform = self._platforms.get(parcel.channel)
        try:
            if platform is None:
                raise SendError(forever=parcel.attempts >= MOST_ATTEMPTS)
            await platform.send(parcel.address, unpack(parcel.payload))
        except SendError as error:
            if error.forever or parcel.attempts >= MOST_ATTEMPTS:
                await self._mailbox.give_up(parcel.number)
            else:
                pause = timedelta(seconds=error.after or pause_after(parcel.attempts))
                await self._mailbox.retry(parcel.number, self._desk.knowledge.clock() + pause)
        else:
            await self._mailbox.sent([parcel.number])


def pause_after(attempts: int) -> float:
    """Seconds to wait before the next try: doubling, with jitter so that not all come back at once."""
    longest: float = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(attempts, 20))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311  (no secret)
