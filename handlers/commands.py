"""Slash commands, which every channel offers in its own way."""

from __future__ import annotations

from dataclasses import replace

from handlers import person
from handlers.messages import Button, Conversation, Message, Outcome, Reply, say
from handlers.texts import en, vi
from handlers.turn import Turn


async def handle(turn: Turn) -> Outcome | None:
    """Answer a command of ``texts.vi.COMMANDS``, and the words awaited after one."""
    text = turn.text.strip()
    if turn.incoming.data is not None:
        return None
    if not text.startswith("/"):
        return _awaited(turn, text) if turn.conversation.awaiting == "feedback" else None
    command, _, rest = text[1:].partition(" ")
    name = command.partition("@")[0].casefold()
    if name == "start":
        return Outcome(_also_in_english(turn, greeting()))
    if name in {"help", "trogiup", "huongdan"}:
        return turn.reply(_also_in_english(turn, say(vi.HELP)))
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
    return say(vi.GREETING, *starters())


def starters() -> tuple[Button, ...]:
    """A few questions to tap, for whoever does not know how to begin."""
    return tuple(Button(label, data=f"m:{number}") for number, label in enumerate(vi.STARTERS))


def _also_in_english(turn: Turn, reply: Reply) -> Reply:
    """``reply`` with a word of English for those whose app is in English. Many of them read Vietnamese as well."""
    if turn.incoming.language != en.LANGUAGE:
        return reply
    return replace(reply, messages=(*reply.messages, Message(en.HELLO)))


def _awaited(turn: Turn, text: str) -> Outcome | None:
    if not text and turn.incoming.photo is not None:
        # What a photo shows is not feedback we could keep; the words are still awaited.
        return turn.still(say(vi.FEEDBACK_IN_WORDS))
    return _feedback(turn, text) if text else None


def _feedback(turn: Turn, text: str) -> Outcome:
    if not text:
        return Outcome(say(vi.ASK_FEEDBACK), replace(turn.conversation, awaiting="feedback", choices=()))
    outcome = turn.reply(say(vi.FEEDBACK_THANKS))
    return replace(outcome, feedback=text)
