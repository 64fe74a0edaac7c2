"""What a handler is given: the message, what the chat is about, what we know, and the time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from handlers.messages import Conversation, Incoming, Outcome, Reply
from knowledge.contacts import Contact
from knowledge.dossiers import LookUp
from knowledge.snapshot import Snapshot


@dataclass(frozen=True)
class Turn:
    """One message on its way. Handlers read it and return an :class:`Outcome`, or ``None`` to pass it on."""

    incoming: Incoming
    conversation: Conversation
    snapshot: Snapshot
    dossiers: LookUp
    contacts: tuple[Contact, ...]
    now: datetime

    @property
    def text(self) -> str:
        return self.incoming.text

    @property
    def today(self) -> date:
        return self.now.date()

    def reply(self, reply: Reply) -> Outcome:
        """``reply``, with the conversation going on as it was."""
        return Outcome(reply, replace(self.conversation, choices=(), awaiting=None))

    def about(self, reply: Reply, subject: str, facet: str | None = None) -> Outcome:
        """``reply``, after which the conversation is about ``subject``."""
        return Outcome(reply, Conversation(subject=subject, facet=facet))


Handler = Callable[[Turn], Awaitable[Outcome | None]]
