"""Ways of writing that say nothing about the code: odd signs and letters, spaces, invisible characters, line ends."""

from __future__ import annotations

import re
import unicodedata

_SIGNS = (
    dict.fromkeys(map(ord, "‐‑‒–—―−﹣－_~ー〜"), "-")
    | dict.fromkeys(map(ord, "·•・。"), ".")
    # Letters of other alphabets that look like ours; a keyboard or a scanner put them there.
    | dict(zip(map(ord, "НОІΗΟΙ"), "HOIHOI", strict=True))
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_SPACES = re.compile(r"[^\S\n]+")
_LETTER_APART = re.compile(
    r"(?:(?<![\w.])([HG])|(?<=[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.)(H))(?:\s?[.\-]\s?|\s)(?=[0-9OIL]{2}(?![0-9]))"
)
_MARK_FOR_DOT = re.compile(r"(?<=[0-9])[;'’´`:](?=(?:[0-9A-Z]{2,3}\b|[HG][0-9]{2}))|(?<=[0-9])\.{2,}(?=[0-9HG])")
_ONE_BY_ONE = re.compile(r"\s*(?:\S\s){10,}\S\s*")


def clean(message: str) -> str:
    """``message`` in capitals, with one kind of dash, dot and space, and without what cannot be seen."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", message)).upper().translate(_SIGNS)
    if _ONE_BY_ONE.fullmatch(text):
        text = re.sub(r"\s", "", text)
    text = _SPACES.sub(" ", text)
    return _MARK_FOR_DOT.sub(".", _LETTER_APART.sub(r"\1\2", text))


def unbroken(text: str) -> str:
    """``text`` with its lines run together: a narrow screen breaks a code anywhere."""
    return re.sub(r" ?\n ?", "", text)
