"""First of all: messages that must not go further, and numbers that must not be kept."""

from __future__ import annotations

from handlers import person
from handlers.messages import Outcome, say
from handlers.texts import dossier as words
from handlers.texts import vi
from handlers.turn import Turn
from knowledge.dossiers import find_codes
from knowledge.dossiers.lookalikes import look_alikes
from knowledge.understanding.normalize import procedure_codes

_MOSTLY = 0.5


async def handle(turn: Turn) -> Outcome | None:
    """Answer empty messages and warn about identity and telephone numbers, without echoing them."""
    if turn.incoming.hidden or turn.incoming.spoken:
        # Who speaks often cannot write: there must be somebody to call.
        why = vi.HIDDEN if turn.incoming.hidden else vi.SPOKEN
        return turn.still(say(f"{why}\n{person.contact_lines(turn.contacts)}"))
    if turn.incoming.data is not None or turn.incoming.photo is not None or turn.incoming.location is not None:
        return None
    if not any(character.isalnum() for character in turn.text):
        return turn.still(say(vi.EMPTY))
    secret = [number for number in look_alikes(turn.text) if number.secret and number.share > _MOSTLY]
    # In this order: whether there is a code costs more to know, and is asked for once more below.
    if not secret or find_codes(turn.text, turn.today) or procedure_codes(turn.text):
        return None
    then = words.SEND_CODE if turn.incoming.private else words.PRIVATE_ONLY
    # Whoever was asked for a code may still send it.
    return turn.still(say(f"{words.PERSONAL_NUMBER.format(title=secret[0].title)}\n{then}"))
