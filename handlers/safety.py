"""First of all: messages that must not go further, and numbers that must not be kept."""

from __future__ import annotations

import re

from handlers.messages import Outcome, say
from handlers.texts import vi
from handlers.turn import Turn
from knowledge.dossiers import find_codes

_LONG_NUMBER = re.compile(r"(?<![\d.\-/A-Za-z])(?:\d[ .]?){8,13}(?![\d\-/])")
_MOSTLY = 0.5


async def handle(turn: Turn) -> Outcome | None:
    """Answer empty messages and warn about identity and telephone numbers, without echoing them."""
    if turn.incoming.data is not None:
        return None
    if not any(character.isalnum() for character in turn.text):
        return turn.reply(say(vi.EMPTY))
    if find_codes(turn.text, turn.today):
        return None
    number = _LONG_NUMBER.search(turn.text)
    if number and len(number.group()) > _MOSTLY * len(turn.text.strip()):
        return turn.reply(say(vi.PERSONAL_NUMBER))
    return None
