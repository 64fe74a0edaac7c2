"""Greetings, thanks, insults, questions about the bot itself: short answers of their own."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from handlers import person
from handlers.commands import starters
from handlers.messages import Outcome, say
from handlers.texts import vi
from handlers.turn import Turn
from knowledge.understanding.normalize import fold
from knowledge.yaml_files import read_yaml

QUESTIONS = ("about", "privacy")
BEGINNINGS = ("greeting", "asking")
TOPICS = Path(__file__).with_name("smalltalk.yaml")


_ADDRESS = re.compile(
    r"\b(a|oi|nhe|nha|nhi|da|thua|ban|con|chau|bac|co|chu|ong|ba|em|anh|chi|minh|toi|tui|ad|nhieu|lam|rat|the)\b"
)
"""Words of politeness, which weigh nothing."""


class Topic(BaseModel):
    """One kind of small talk; ``spare`` is how many other words may stand beside its phrase."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: tuple[str, ...]
    spare: int
    reply: str


@cache
def topics() -> dict[str, Topic]:
    """All topics by name, in the order in which they are tried."""
    raw = read_yaml(TOPICS)
    return TypeAdapter(dict[str, Topic]).validate_python(raw)


def topic_of(text: str) -> str | None:
    """The topic ``text`` belongs to: the longest phrase found with few enough words beside it."""
    folded = fold(text)
    count = _weighty(folded)
    best: tuple[int, str] | None = None
    for name, topic in topics().items():
        for words in topic.words:
            if f" {words} " in f" {folded} " and count - _weighty(words) <= topic.spare:
                best = max(best or (0, ""), (len(words.split()), name), key=lambda item: item[0])
    return best[1] if best else None


def is_nothing_else(text: str) -> bool:
    """Whether ``text`` is such a phrase without another word. Questions about the bot are not: they may have an entry
    of their own."""
    folded = fold(text)
    return any(
        f" {words} " in f" {folded} " and _weighty(words) == _weighty(folded)
        for name, topic in topics().items()
        if name not in QUESTIONS
        for words in topic.words
    )


def _weighty(words: str) -> int:
    return len(_ADDRESS.sub(" ", words).split())


async def handle(turn: Turn) -> Outcome | None:
    """A short answer to small talk; the subject of the conversation stays."""
    name = topic_of(turn.text) if turn.incoming.data is None else None
    if name is None:
        return None
    reply = topics()[name].reply
    if reply == "help":
        return turn.reply(say(vi.HELP))
    if reply == "person":
        return turn.reply(say(person.contacts(turn.contacts)))
    return turn.reply(say(reply, *(starters() if name in BEGINNINGS else ())))
