"""Takes events in, has them answered in the order of their chats, and sends what was answered.

See ``knowledge.mailbox`` for why nothing is lost. In every worker one loop answers what waits in the inbox, and one for
each platform sends what waits in its outbox: a platform that is away keeps nobody else waiting. The loops are woken by
what this process stores and look round every :data:`LOOK_ROUND_SECONDS` for what other workers left behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Protocol

import prometheus_client
import structlog

from bot.desk import Desk, Stored
from bot.envelope import UnreadableError
from bot.hands import Hands
from bot.notices import NoticeKeeper
from bot.outbox import Outbox
from handlers.messages import Incoming, Message, unpack
from knowledge.calendar import Clock
from knowledge.dossiers.notices import is_notice
from knowledge.mailbox import LONGEST_WAIT, Letter, Mailbox, NewLetter, Parcel, Received
from knowledge.privacy import chat_key
from knowledge.together import APART_SECONDS, Together
from knowledge.workers import LOOK_SECONDS, Workers

AT_ONCE = 64
"""Chats answered, and messages of one platform sent, at the same time by one worker."""
FINISH_SECONDS = 8.0
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 120.0
"""So long, at most, somebody waits whose platform is well again."""
MOST_ATTEMPTS = 86
"""With the pauses above about two hours; after that a message no longer helps anybody."""
MOST_NOTICE_ATTEMPTS = 1480
"""About a day and a half: news of a dossier still helps after a long outage."""
PAUSED_SECONDS = 60.0
"""News of dossiers wait so long before they look again whether answering is still paused."""
MOST_FAILURES = 3
SET_BACK = timedelta(seconds=5)

log = structlog.get_logger()
SENT = prometheus_client.Counter("motcua_sent_total", "Messages handed to a platform", ["channel", "outcome"])
WAY = prometheus_client.Histogram(
    "motcua_send_seconds", "Of one message: handing it to the platform's server", ["channel"]
)


class SendError(Exception):
    """A message could not be sent. ``forever``: trying again does not help; else ``after`` seconds, if the
    platform said so, for ``everybody`` or this chat only. ``gone``: the person cannot be reached any more;
    ``unheard``: not before they write again."""

    def __init__(
        self,
        *,
        forever: bool = False,
        after: float | None = None,
        everybody: bool = False,
        gone: bool = False,
        unheard: bool = False,
    ) -> None:
        super().__init__("cannot be delivered" if forever else "not delivered now")
        self.forever = forever
        self.after = after
        self.everybody = everybody
        self.gone = gone
        self.unheard = unheard


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
    """The loops of one worker."""

    def __init__(
        self,
        mailbox: Mailbox,
        desk: Desk,
        secret: str,
        workers: Workers | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.mailbox = mailbox
        self.workers = workers or Workers(desk.knowledge.engine, mailbox.holder)
        self._now = clock or desk.knowledge.clock
        self.desk = desk
        self._envelope = desk.envelope
        self._secret = secret
        self._notices = NoticeKeeper(desk.services, mailbox.holder, self._now)
        self._platforms: dict[str, Platform] = {}
        self._inbox: Hands[Letter] = Hands(self._take, self._answer, AT_ONCE)
        self._outboxes: dict[str, Outbox] = {}
        self._store = Together(self._store_all, apart=APART_SECONDS)
        self._failures: Counter[int] = Counter()
        self._looking: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None

    def serve(self, platform: Platform, a_second: float | None = None) -> None:
        """Answer the events of ``platform`` from now on; ``a_second``: the messages it takes, from all workers."""
        name = platform.name
        self._platforms[name] = platform
        self._outboxes[name] = Outbox(name, self.mailbox, self._now, self._send, AT_ONCE, a_second)

    async def receive(self, channel: str, events: Sequence[tuple[str, str, dict[str, Any]]]) -> int:
        """Store (event id, chat, payload); once this returns, the platform may be told that we have them.

        Returns how many were new.
        """
        letters = [
            NewLetter(channel, event, chat_key(self._secret, channel, chat), self._envelope.close(payload))
            for event, chat, payload in events
        ]
        new = await self._store(letters)
        for event, _, _ in events:
            log.info("received", message=f"{channel}:{event}", channel=channel)
        return new

    async def _store_all(self, batch: Sequence[Sequence[NewLetter]]) -> list[int]:
        letters = [letter for part in batch for letter in part]
        places = self._inbox.keep_places(len(letters))
        received = Received(frozenset(), [])
        try:
            received = await self.mailbox.receive(letters, self._now(), places)
        finally:
            self._inbox.fill_places(places, received.held)
        if len(received.held) < len(received.new):
            self._inbox.wake()
        # Of the same event twice in one batch the first is the new one.
        new = set(received.new)
        return [sum(_was_in(new, (letter.channel, letter.event)) for letter in part) for part in batch]

    async def has_duty(self, duty: str) -> bool:
        """Whether this worker is the one to do what only one may do, such as polling."""
        return await self.workers.has(duty)

    async def start(self) -> None:
        """Begin with what an earlier process left."""
        await self.workers.join(self._now())
        await self.mailbox.clock_may_have_been_set_back(self._now())
        for hands in self._all_hands():
            hands.start()
        self._looking = asyncio.create_task(self._look_round())

    async def stop(self) -> None:
        """Take nothing new and finish what is in hand; what is not finished in time stays stored. May be asked for
        several times: all wait for the same end."""
        if self._looking is None:
            return
        if self._ending is None:
            self._ending = asyncio.create_task(self._end(self._looking))
        await self._ending

    async def _end(self, looking: asyncio.Task[None]) -> None:
        # First those who answer: what they answer now is still sent.
        end = time.monotonic() + FINISH_SECONDS
        await self._inbox.stop(end - time.monotonic())
        await asyncio.gather(*(outbox.hands.stop(end - time.monotonic()) for outbox in self._outboxes.values()))
        looking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await looking
        try:
            await self.workers.leave()
        except Exception as error:
            log.warning("left without a word", exc_info=error)
        self._looking = self._ending = None

    def _all_hands(self) -> list[Hands[Any]]:
        return [self._inbox, *(outbox.hands for outbox in self._outboxes.values())]

    # In

    async def _take(self, most: int) -> Sequence[Letter]:
        return await self.mailbox.take(self._platforms, most)

    async def _answer(self, letter: Letter) -> None:
        with structlog.contextvars.bound_contextvars(message=f"{letter.channel}:{letter.event}"):
            try:
                incoming = await self._read(letter)
                if incoming is None:
                    if await self.mailbox.drop(letter.number):
                        self._inbox.wake()
                else:
                    last = self._failures[letter.number] + 1 >= MOST_FAILURES
                    outbox = self._outboxes[letter.channel]
                    stored = Stored(letter, self.mailbox.holder, self._inbox.wake, outbox)
                    await self.desk.answer_letter(stored, incoming, last=last)
            except Exception as error:
                # It stays held until the next look round, so that it is not tried a thousand times a second.
                log.warning("not answered now", channel=letter.channel, exc_info=error)
                if await self._database_is_there():
                    self._failures[letter.number] += 1
                return
        del self._failures[letter.number]

    async def _read(self, letter: Letter) -> Incoming | None:
        try:
            opened = self._envelope.opened_letter(letter)
        except UnreadableError:
            log.error("sealed with another key, given up", channel=letter.channel)
            return None
        return await self._platforms[letter.channel].read(opened)

    async def _database_is_there(self) -> bool:
        try:
            await self.desk.knowledge.store.ping()
        except Exception:
            return False
        return True

    # Out

    async def _send(self, parcel: Parcel) -> None:
        started = time.perf_counter()
        message = f"{parcel.channel}:{parcel.event}"
        with structlog.contextvars.bound_contextvars(message=message, channel=parcel.channel):
            try:
                outcome = await self._try(parcel)
            except Exception as error:
                # It was not written down how it went: held until the next look round, then tried again.
                log.warning("outbox not reached", exc_info=error)
                return
            seconds = time.perf_counter() - started
            SENT.labels(parcel.channel, outcome).inc()
            WAY.labels(parcel.channel).observe(seconds)
            log.info(outcome, attempts=parcel.attempts + 1, ms=round(seconds * 1000))

    async def _try(self, parcel: Parcel) -> str:
        try:
            await self._hand_over(parcel)
        except Exception as error:
            refusal = error if isinstance(error, SendError) else SendError()
            if refusal is not error:
                log.error("not sent, and nobody said why", exc_info=error)
            return await self._refused(parcel, refusal)
        if await self.mailbox.sent(parcel.number):
            self._outboxes[parcel.channel].wake()
        return "sent"

    async def _hand_over(self, parcel: Parcel) -> None:
        if is_notice(parcel) and self.desk.knowledge.standing.paused is not None:
            raise SendError(after=PAUSED_SECONDS)  # the kill switch: nothing is said of our own accord
        try:
            opened = self._envelope.opened_parcel(parcel)
        except UnreadableError as error:
            log.error("sealed with another key, given up")
            raise SendError(forever=True) from error
        message: Message | None = unpack(opened.payload)
        if message and is_notice(parcel):
            message = await self._notices.begun(parcel, message)
        if message is None:
            raise SendError(forever=True)
        await self._platforms[parcel.channel].send(opened.address, message)

    async def _refused(self, parcel: Parcel, refusal: SendError) -> str:
        if refusal.unheard and is_notice(parcel):
            await self._notices.wait(parcel)
            return "waits"
        if refusal.gone and is_notice(parcel):
            await self._notices.gone(parcel)
        most = MOST_NOTICE_ATTEMPTS if is_notice(parcel) else MOST_ATTEMPTS
        if refusal.forever or parcel.attempts + 1 >= most:
            await self.mailbox.give_up(parcel.number)
            return "given up"
        pause = min(refusal.after or pause_after(parcel.attempts), LONGEST_WAIT.total_seconds() / 2)
        if refusal.everybody:
            log.warning("the platform asks for silence", seconds=round(pause))
            self._outboxes[parcel.channel].rate.hold(pause)
        await self.mailbox.retry(parcel, self._now() + timedelta(seconds=pause))
        self._outboxes[parcel.channel].wake_after(pause)
        return "later"

    # Every now and then

    async def _look_round(self) -> None:
        wall, steady = self._now(), time.monotonic()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                alive = await self.workers.look(self._now())
                for outbox in self._outboxes.values():
                    outbox.rate.share_with(alive)
                await self._let_go()
                passed = timedelta(seconds=time.monotonic() - steady)
                if self._now() < wall + passed - SET_BACK and self._now() < wall:
                    log.warning("the clock was set back")
                    await self.mailbox.clock_was_set_back(self._now())
                wall, steady = self._now(), time.monotonic()
            except Exception as error:
                log.warning("mailbox not reached", exc_info=error)

    async def _let_go(self) -> None:
        async with self._inbox.still() as letters:
            await self.mailbox.let_go_letters([letter.number for letter in letters])
        for channel, outbox in self._outboxes.items():
            async with outbox.hands.still() as parcels:
                await self.mailbox.let_go_parcels(channel, [parcel.number for parcel in parcels])


def _was_in(names: set[tuple[str, str]], name: tuple[str, str]) -> bool:
    present = name in names
    names.discard(name)
    return present


def pause_after(attempts: int) -> float:
    """Seconds to wait before the next try: doubling, with jitter so that not all come back at once."""
    longest: float = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(attempts, 20))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311  (no secret)
