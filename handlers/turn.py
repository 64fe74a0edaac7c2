"""What a handler is given: the message, what the chat is about, what we know, and the time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from handlers.messages import Conversation, Incoming, Outcome, Reply
from knowledge.contacts import Contact
from knowledge.dossiers import LookUp
from knowledge.dossiers.services import DossierServices
from knowledge.places import Places, load_places
from knowledge.snapshot import Snapshot
from knowledge.standing import Standing


@dataclass(frozen=True)
class Turn:
    """One message on its way. Handlers read it and return an :class:`Outcome`, or ``None`` to pass it on.

    ``province`` is the one whose places are meant when nothing else is said (``MOTCUA_PROVINCE``; may be empty).
    """

    incoming: Incoming
    conversation: Conversation
    snapshot: Snapshot
    dossiers: LookUp
    contacts: tuple[Contact, ...]
    now: datetime
    key: str = ""
    services: DossierServices | None = None
    province: str = ""
    standing: Standing = field(default_factory=Standing)

    @property
    def places(self) -> Places:
        return load_places()

    @property
    def text(self) -> str:
        return self.incoming.text

    @property
    def today(self) -> date:
        return self.now.date()

    def reply(self, reply: Reply) -> Outcome:
        """``reply``, with the conversation going on as it was."""
        return Outcome(reply, replace(self.conversation, choices=(), awaiting=None, sealed=None))

    def still(self, reply: Reply) -> Outcome:
        """``reply``, after which the same is awaited as before."""
        return Outcome(reply, replace(self.conversation, choices=()))

    def about(self, reply: Reply, subject: str, facet: str | None = None) -> Outcome:
        """``reply``, after which the conversation is about ``subject``."""
        return Outcome(reply, Conversation(subject=subject, facet=facet))

    def keeping_place(self, outcome: Outcome) -> Outcome:
        """``outcome``, with the place the conversation knows still known."""
        kept = outcome.conversation.place or self.conversation.place
        return outcome if outcome.forget else replace(outcome, conversation=replace(outcome.conversation, place=kept))


Handler = Callable[[Turn], Awaitable[Outcome | None]]
