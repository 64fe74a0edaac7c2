"""In a group everybody reads along: what is personal is not answered there, only where to ask it instead."""

from __future__ import annotations

from handlers import links, watch
from handlers.buttons import read_press
from handlers.messages import Outcome, say
from handlers.texts import dossier as words
from handlers.texts import vi
from handlers.turn import Turn
from knowledge.dossiers import find_codes

_HINTS = {links.DOSSIER: words.PRIVATE_ONLY, links.FEEDBACK: vi.PRIVATELY, links.HELP: vi.PRIVATELY}


async def handle(turn: Turn) -> Outcome | None:
    """A short hint with the way into a private chat, for what does not belong into a group."""
    subject = None if turn.incoming.private else _personal(turn)
    if subject is None:
        return None
    return turn.reply(say(_HINTS[subject], *links.private_button(turn.incoming.links, subject)))


def _personal(turn: Turn) -> str | None:
    """What the private chat should begin with; ``None`` for what may be answered here."""
    if turn.incoming.data is not None:
        return links.DOSSIER if _about_dossiers(turn.incoming.data) else None
    if turn.incoming.photo is not None:
        return links.DOSSIER
    if turn.incoming.location is not None:
        return links.HELP
    text = turn.text.strip()
    command = text[1:].partition("@")[0].casefold() if text.startswith("/") else ""
    if command == "gopy":
        return links.FEEDBACK
    if command.startswith("hoso") or watch.plainly_wished(text) or find_codes(text, turn.today):
        return links.DOSSIER
    return None


def _about_dossiers(data: str) -> bool:
    press = read_press(data)
    is_starter = press is not None and press.kind == "menu" and press.part == str(len(vi.STARTERS) - 1)
    return data.startswith("d:") or is_starter
