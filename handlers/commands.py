"""Slash commands, which every channel offers in its own way."""

from __future__ import annotations

from dataclasses import replace

from handlers import person
from handlers.messages import Button, Conversation, Outcome, Reply, say
from handlers.texts import vi
from handlers.turn import Turn


async def handle(turn: Turn) -> Outcome | None:
    """Answer a command of ``texts.vi.COMMANDS``, and the words awaited after one."""
    text = turn.text.strip()
    if turn.incoming.data is not None or not text:
        return None
    if not text.startswith("/"):
        return _feedback(turn, text) if turn.conversation.awaiting == "feedback" else None
    command, _, rest = text[1:].partition(" ")
    name = command.partition("@")[0].casefold()
    if name == "start":
        return Outcome(greeting())
    if name in {"help", "trogiup", "huongdan"}:
        return turn.reply(say(vi.HELP))
    if name == "canbo":
        return turn.reply(say(person.contacts(turn.contacts)))
    if name == "xoadulieu":
        return Outcome(say(vi.FORGOTTEN), Conversation(), forget=True)
    if name == "gopy":
        return _feedback(turn, rest.strip())
    if name == "hoso" and not rest.strip():
        return Outcome(say(vi.ASK_CODE), replace(turn.conversation, awaiting="dossier", choices=()))
    return None


def greeting() -> Reply:
    """The first words, with a few questions to tap."""
    return say(vi.GREETING, *(Button(label, data=f"m:{number}") for number, label in enumerate(vi.STARTERS)))


def _feedback(turn: Turn, text: str) -> Outcome:
    if not text:
        return Outcome(say(vi.ASK_FEEDBACK), replace(turn.conversation, awaiting="feedback", choices=()))
    outcome = turn.reply(say(vi.FEEDBACK_THANKS))
    return replace(outcome, feedback=text)
