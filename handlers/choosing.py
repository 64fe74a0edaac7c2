"""Read the answer to “which of these?”: a number, “cái đầu”, or the words of a choice."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from handlers.buttons import choice_labels
from knowledge.snapshot import Snapshot
from knowledge.understanding.normalize import fold

NONE_OF_THESE = "-"
_ORDINALS = {
    0: ("1", "mot", "dau", "dau tien", "nhat", "first", "tren", "tren cung"),
    1: ("2", "hai", "nhi", "giua", "second"),
    2: ("3", "ba", "third"),
}
_LAST = ("cuoi", "cuoi cung", "sau cung", "last", "duoi", "duoi cung")
_NONE = re.compile(
    r"0|4|none|(deu )?(khong|ko|k|hong|dau phai)( co| phai| dung)*"
    r"( cac viec| nhung viec| viec)?( nao)?( dung| ca| het| tren| nay)*"
)
_YES_WORDS = frozenset([
    "dung", "phai", "chinh", "chuan", "vang", "u", "uh", "ok", "oke", "yes", "co", "roi", "no", "day", "do", "viec",
    "vay", "the", "la",
])  # fmt: skip
_UNSURE = re.compile(
    r"(khong|ko|k|hong|chua|chang|cha) (biet|ro|chac|hieu)( nua| ro| chon| nao| gi)*|(nao|sao) cung duoc"
)
_FILLER = re.compile(r"\b(da|a|chon|lay|cai|so|thu|truong hop|cau|y|nha|nhe|em|minh|toi|the|option|number|muc|dong)\b")
ENOUGH = 80
LEAD = 8


def chosen(text: str, choices: tuple[str, ...], snapshot: Snapshot) -> str | None:
    """The slug that ``text`` picks out of ``choices``, :data:`NONE_OF_THESE`, or ``None`` for another question."""
    records = [snapshot.records[slug] for slug in choices if slug in snapshot.records]
    folded = fold(text)
    if not records or not folded:
        return None
    bare = _bare(folded)
    if _NONE.fullmatch(bare):
        return NONE_OF_THESE
    if len(records) == 1 and _YES_WORDS.issuperset(bare.split()):
        return records[0].slug
    for index, words in _ORDINALS.items():
        if bare in words and index < len(records):
            return records[index].slug
    if bare in _LAST:
        return records[-1].slug
    return _by_words(folded, [r.slug for r in records], choice_labels(records))


def is_pick(text: str) -> bool:
    """Whether ``text`` only makes sense as a pick out of a list: “1”, “cái thứ hai”."""
    bare = _bare(fold(text))
    return bare in _LAST or (bare.isdecimal() and len(bare) == 1) or any(bare in words for words in _ORDINALS.values())


def is_unsure(text: str) -> bool:
    """Whether somebody who was asked which of these says that they don't know."""
    return bool(_UNSURE.fullmatch(_bare(fold(text))))


def _bare(folded: str) -> str:
    return " ".join(_FILLER.sub(" ", folded).split()) or folded


def _by_words(folded: str, slugs: list[str], labels: list[str]) -> str | None:
    """The choice whose words were used, when it clearly leads; a longer message is a new question."""
    if len(folded.split()) > 8:
        return None
    scores = [fuzz.token_set_ratio(folded, fold(label)) for label in labels]
    ranked = sorted(zip(scores, slugs, strict=True), reverse=True)
    leads = len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= LEAD
    return ranked[0][1] if ranked[0][0] >= ENOUGH and leads else None
