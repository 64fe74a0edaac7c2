"""Nothing matched: say so plainly, name a person to ask, and keep the question for the staff."""

from __future__ import annotations

from dataclasses import replace

from handlers import person
from handlers.messages import Outcome, say
from handlers.texts import vi
from handlers.turn import Turn


async def handle(turn: Turn) -> Outcome:
    """The honest “I don't know”."""
    if turn.incoming.data is not None:
        return turn.reply(say(vi.UNREADABLE_BUTTON))
    contacts = person.contact_lines(turn.contacts)
    outcome = turn.reply(say(f"{vi.UNKNOWN}\n{vi.UNKNOWN_NEXT}\n{contacts}"))
    return replace(outcome, unanswered=turn.text)
