"""The desk: takes one message through the handlers and writes down what it changed, once."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from prometheus_client import Counter, Histogram
from sqlalchemy.exc import SQLAlchemyError

from bot.envelope import Envelope
from bot.pace import Pace
from bot.turnstile import Turnstile
from handlers.messages import Conversation, Incoming, Outcome, Reply, pack, readable, say
from handlers.router import answer
from handlers.texts import vi
from handlers.turn import Turn
from knowledge.chats import Turn as Written
from knowledge.contacts import Contact
from knowledge.dossiers import LookUp
from knowledge.dossiers.codes import may_hold_code
from knowledge.dossiers.services import DossierServices, dossier_services
from knowledge.knowledge import Knowledge
from knowledge.mailbox import Answered, Letter, Outlet
from knowledge.privacy import chat_key, mask

QUIET = timedelta(minutes=30)
"""A conversation ends after this long without a message."""
KEEP_EVENTS = timedelta(days=2)
"""Telegram keeps undelivered updates for 24 hours: an event id older than this cannot come again."""

log = structlog.get_logger()
MESSAGES = Counter("motcua_messages_total", "Messages answered", ["channel", "decision"])
SECONDS = Histogram("motcua_answer_seconds", "From message in to reply ready", ["channel"])


@dataclass(frozen=True)
class Stored:
    """A stored event in hand: who holds it, what to call when more of its chat waits, and who sends the answer."""

    letter: Letter
    holder: str
    more: Callable[[], None] = lambda: None
    outlet: Outlet = field(default_factory=Outlet)


class Desk:
    """Everything between a channel and the handlers."""

    def __init__(
        self,
        knowledge: Knowledge,
        dossiers: LookUp,
        contacts: tuple[Contact, ...],
        secret: str = "",
        services: DossierServices | None = None,
        province: str = "",
        pace: Pace | None = None,
    ) -> None:
        self._province = province
        self.pace = pace or Pace(0)
        self.knowledge = knowledge
        self.services = services or dossier_services(knowledge.engine, secret, knowledge.clock)
        self.envelope = Envelope(self.services.vault)
        self._dossiers = dossiers
        self.contacts = contacts
        self._secret = secret
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waiting: defaultdict[str, int] = defaultdict(int)
        self._turnstile = Turnstile()

    async def answer(self, incoming: Incoming) -> Reply | None:
        """The reply to ``incoming``; ``None`` for an event that was answered before.

        Messages of one chat are taken in order, different chats side by side. Never raises: a failure of
        ours is logged without the message, and answered with an apology.
        """
        started = time.perf_counter()
        key = chat_key(self._secret, incoming.channel, incoming.chat)
        if self.pace.of(key, incoming.network) != "go":
            MESSAGES.labels(incoming.channel, "slowed").inc()
            return say(vi.SLOWER)
        with structlog.contextvars.bound_contextvars(message=uuid.uuid4().hex[:12], channel=incoming.channel):
            reply = await self._in_order(key, incoming)
            self._count(incoming, reply, started)
            return reply

    @staticmethod
    def _count(incoming: Incoming, reply: Reply | None, started: float) -> None:
        seconds = time.perf_counter() - started
        SECONDS.labels(incoming.channel).observe(seconds)
        decision = reply.decision if reply else "repeated"
        MESSAGES.labels(incoming.channel, decision).inc()
        log.info("answered", decision=decision, procedure=reply and reply.procedure, ms=round(seconds * 1000))

    async def _in_order(self, key: str, incoming: Incoming) -> Reply | None:
        self._waiting[key] += 1
        try:
            async with self._locks[key]:
                return await self._answer(key, incoming)
        except Exception as error:
            log.error("failed", exc_info=error)
            return say(vi.TROUBLE)
        finally:
            self._waiting[key] -= 1
            if not self._waiting[key]:
                # Nobody holds or waits for this lock: without this the table grows with every chat.
                del self._waiting[key], self._locks[key]

    async def answer_letter(self, stored: Stored, incoming: Incoming, *, last: bool = False) -> bool:
        """Answer a stored event into the outbox; False when another worker holds it by now.

        A failure of ours is answered with an apology: the same message must not fail for ever. One of the
        database raises, so that it is tried again, unless this is the ``last`` time.
        """
        started = time.perf_counter()
        try:
            # In a group the letters of all are in one order, but each person has a conversation.
            key = chat_key(self._secret, incoming.channel, incoming.chat)
            verdict = self.pace.of(key, incoming.network)
            if verdict != "go":
                return await self._slow_down(key, stored, incoming, say_so=verdict == "ask to wait")
            reply = await self._answer(key, incoming, stored)
        except Exception as error:
            if isinstance(error, SQLAlchemyError | OSError) and not last:
                raise
            log.error("failed", exc_info=error)
            reply = await self._apologise(stored, incoming)
        self._count(incoming, reply, started)
        return reply is not None

    async def _slow_down(self, key: str, stored: Stored, incoming: Incoming, *, say_so: bool) -> bool:
        """A flood is asked once to wait, and then not heard until the minute is over."""
        MESSAGES.labels(incoming.channel, "slowed").inc()
        mail = self._mail(stored, incoming, say(vi.SLOWER) if say_so else None)
        written = Written(key, None, self.knowledge.clock(), mail=mail, untouched=True)
        return await self.knowledge.chats.finish_turn(written)

    async def _apologise(self, stored: Stored, incoming: Incoming) -> Reply | None:
        apology = say(vi.TROUBLE)
        mail = self._mail(stored, incoming, apology)
        key = chat_key(self._secret, incoming.channel, incoming.chat)
        written = Written(key, None, self.knowledge.clock(), mail=mail)
        return apology if await self.knowledge.chats.finish_turn(written) else None

    async def _answer(self, key: str, incoming: Incoming, stored: Stored | None = None) -> Reply | None:
        chats, now = self.knowledge.chats, self.knowledge.clock()
        event = (incoming.channel, incoming.event) if incoming.event and not stored else None
        if stored and stored.letter.key == key:
            # The letter brought it along. (In a group it is the group's; each person has a conversation.)
            seen, state = False, stored.letter.state
        else:
            seen, state = await chats.begin_turn(key, event)
        if seen:
            return None
        conversation = load_conversation(state, now)
        turn = self._turn(incoming, conversation, now, key)
        services = self.services
        if incoming.channel in services.windows:
            await services.watches.heard(key, now)
        await self._turnstile.through(quick=not may_hold_code(incoming.text))
        outcome = await answer(turn)
        if outcome.forget:
            await services.watches.remove(key)
        written = Written(
            key,
            None if outcome.forget else dump_conversation(outcome, now),
            now,
            event=event,
            mail=self._mail(stored, incoming, outcome.reply) if stored else None,
            unanswered=mask(outcome.unanswered) if outcome.unanswered else None,
            feedback=(mask(outcome.feedback), conversation.subject) if outcome.feedback else None,
        )
        fresh = await chats.finish_turn(written)
        return outcome.reply if fresh else None

    def _mail(self, stored: Stored, incoming: Incoming, reply: Reply | None) -> Answered:
        closed = self.envelope.close_for(incoming.address or incoming.chat, pack(reply) if reply else [])
        return Answered(stored.letter, stored.holder, *closed, stored.more, stored.outlet)

    def _turn(self, incoming: Incoming, conversation: Conversation, now: datetime, key: str) -> Turn:
        known, desk = self.knowledge, (self._dossiers, self.contacts)
        incoming = replace(incoming, text=readable(incoming.text))
        turn = Turn(incoming, conversation, known.snapshot, *desk, now, key, self.services, self._province)
        return replace(turn, standing=known.standing)

    async def forget(self, channel: str, chat: str) -> None:
        """The person has left: nothing of the chat is kept, and nothing is watched for it."""
        key = chat_key(self._secret, channel, chat)
        await self.services.watches.remove(key)
        await self.knowledge.chats.finish_turn(Written(key, None, self.knowledge.clock()))

    async def sweep(self) -> None:
        """Delete conversations that ended and event ids that cannot come again."""
        now = self.knowledge.clock()
        await self.knowledge.chats.sweep(now, QUIET, KEEP_EVENTS)
        await self.services.guard.sweep()
        await self.services.notices.sweep(now)


def load_conversation(state: dict[str, object] | None, now: datetime) -> Conversation:
    """The conversation kept as ``state``, or a new one when there is none or it has ended."""
    if not state:
        return Conversation()
    at = datetime.fromisoformat(str(state["at"]))
    if now - at > QUIET:
        return Conversation()
    fields = {**state, "at": at, "choices": tuple(state["choices"])}  # type: ignore[arg-type]
    return Conversation(**fields)  # type: ignore[arg-type]


def dump_conversation(outcome: Outcome, now: datetime) -> dict[str, object]:
    """The conversation after ``outcome``, as it is kept."""
    return {
        **asdict(outcome.conversation),
        "choices": list(outcome.conversation.choices),
        "at": now.isoformat(),
    }
