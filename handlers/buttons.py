"""The data behind buttons: ``f:<slug>:<part>`` shows a part, ``c:<slug>`` chooses, ``m:<word>`` is a menu word,
``u:<code>`` picks a commune-level unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from handlers.messages import Button
from handlers.texts import vi
from handlers.texts.card import EN, VI
from knowledge.record import Record

PARTS = ("documents", "where", "fee", "time", "how")
CARD = "card"
FULL = "full"


@dataclass(frozen=True)
class Press:
    """A pressed button, read."""

    kind: Literal["part", "choose", "menu", "unit"]
    slug: str = ""
    part: str = ""


def read_press(data: str) -> Press | None:
    """What the button's ``data`` means; ``None`` for data we never made (buttons are hostile input too)."""
    match data.split(":"):
        case ["f", slug, part]:
            return Press("part", slug, part)
        case ["c", slug]:
            return Press("choose", slug)
        case ["u", code]:
            return Press("unit", code)
        case ["m", word]:
            return Press("menu", part=word)
        case _:
            return None


def part_buttons(record: Record, shown: str | None, *, english: bool = False) -> tuple[Button, ...]:
    """One button for each part but the one ``shown``, the full card, and the page to file online."""
    words = EN if english else VI
    mark = "en-" if english else ""
    buttons = [Button(getattr(words, part), data=f"f:{record.slug}:{mark}{part}") for part in PARTS if part != shown]
    if shown != FULL:
        buttons.append(Button(words.full, data=f"f:{record.slug}:{mark}{FULL}"))
    if record.where and record.where.online:
        buttons.append(Button(words.open_online, url=record.where.online[0].url))
    return tuple(buttons)


def choice_buttons(records: list[Record]) -> tuple[Button, ...]:
    """One button a choice, then the way out."""
    labels = choice_labels(records)
    chosen = [Button(label, data=f"c:{record.slug}") for record, label in zip(records, labels, strict=True)]
    return (*chosen, Button(vi.NONE_OF_THESE, data="m:none"))


def choice_labels(records: list[Record]) -> list[str]:
    """What tells the choices apart: only their situations when they are of one family."""
    families = {record.family for record in records}
    if len(families) == 1 and None not in families and all(record.situation for record in records):
        situations = [record.situation or "" for record in records]
        if len(set(situations)) == len(situations):
            return [text[:1].upper() + text[1:] for text in situations]
    return [record.label for record in records]
