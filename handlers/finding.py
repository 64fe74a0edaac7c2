"""Cards for somebody who searches while typing, to be shown to others: nothing personal goes in or comes out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from handlers import card, links
from handlers.buttons import part_buttons
from handlers.facets import FACETS
from handlers.messages import Links, Message
from knowledge.dossiers import find_codes
from knowledge.dossiers.lookalikes import look_alikes
from knowledge.record import Record
from knowledge.snapshot import Snapshot
from knowledge.understanding import Understanding

MOST = 8
MOST_TYPED = 256
SHORT = 120
# What desks are asked most, in that order, as long as nobody has counted it here.
MOST_ASKED = (
    "the-can-cuoc",
    "khai-sinh",
    "dang-ky-tam-tru",
    "chung-thuc-ban-sao",
    "ket-hon",
    "xac-nhan-tinh-trang-hon-nhan",
    "ly-lich-tu-phap",
    "cap-lai-giay-phep-lai-xe",
)


@dataclass(frozen=True)
class Card:
    """One result: ``title`` and ``short`` to choose by, ``message`` is what is sent to the others."""

    slug: str
    title: str
    short: str
    message: Message


def is_personal(text: str, day: date) -> bool:
    """Whether somebody types a dossier code or an identity or telephone number, which we do not look up here."""
    return bool(find_codes(text, day)) or any(number.secret for number in look_alikes(text))


def cards(snapshot: Snapshot, text: str, day: date, to_us: Links) -> list[Card]:
    """The cards that ``text`` may mean, the likeliest first; those asked most when it is empty."""
    text = text[:MOST_TYPED]
    if is_personal(text, day):
        return []
    found, named = snapshot.index.understand(text), snapshot.names.search(text, MOST)
    if named:
        # "can cuoc" has an English word in it.
        found = replace(found, is_english=False)
    elif found.is_english:
        named = snapshot.names.search(text, MOST, english=True)
    slugs = _in_order(found, named) if text.strip() else MOST_ASKED
    records = [snapshot.records[slug] for slug in dict.fromkeys(slugs) if slug in snapshot.records]
    return [_card(record, found, day, to_us) for record in records[:MOST]]


def _in_order(found: Understanding, named: list[str]) -> tuple[str, ...]:
    """What was understood first; in doubt, names that begin as typed say that a word is still being typed."""
    understood = (found.entry,) if found.decision == "answer" and found.entry else found.choices
    typing = named and not (found.decision == "answer" and found.entry in named)
    return (*named, *understood) if typing else (*understood, *named)


def _card(record: Record, found: Understanding, day: date, to_us: Links) -> Card:
    english, facet = found.is_english and record.english is not None, found.facet
    if record.kind == "faq":
        text = card.faq(record)
    elif facet in FACETS and facet is not None:
        text = card.render(record, facet, day, found.conditions, english=english)
    else:
        text = card.short(record, day, found.conditions, english=english)
    short = (record.english.summary if english and record.english else record.summary) or record.field
    title = record.english.name if english and record.english else record.label
    buttons = links.as_links(part_buttons(record, facet, english=english), to_us) if record.kind == "procedure" else ()
    return Card(record.slug, title, _shortened(short), Message(text, buttons))


def _shortened(text: str) -> str:
    return text if len(text) <= SHORT else text[: SHORT - 1].rsplit(" ", 1)[0] + "…"
