"""The switch that stops all answers, and the notice of the day."""

from __future__ import annotations

from dataclasses import replace

from handlers import person
from handlers.messages import Message, Outcome, quote, say
from handlers.texts import vi
from handlers.turn import Turn

FORGET = "/xoadulieu"


async def handle(turn: Turn) -> Outcome | None:
    """While answering is paused: the reason, and who can be asked. Erasing one's data still works."""
    reason = turn.standing.paused
    if reason is None or turn.text.strip().casefold().startswith(FORGET):
        return None
    told = vi.PAUSED.format(reason=quote(reason))
    return Outcome(say(f"{told}\n{person.contact_lines(turn.contacts)}"), turn.conversation)


def with_notice(turn: Turn, outcome: Outcome) -> Outcome:
    """``outcome`` with the notice of the day before it, unless this conversation has had it."""
    standing, at = turn.standing, turn.conversation.at
    if standing.notice is None or standing.since is None or standing.paused is not None:
        return outcome
    if at is not None and at >= standing.since:
        return outcome
    notice = Message(vi.NOTICE.format(text=quote(standing.notice)))
    return replace(outcome, reply=replace(outcome.reply, messages=(notice, *outcome.reply.messages)))
