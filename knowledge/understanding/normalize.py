"""Vietnamese text made comparable: pure functions, no tables, no state."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# What lies beyond is cut: the beginning says who asks, the end says what is asked.
MAX_CHARS = 1200
KEPT_HEAD = 300

_INVISIBLE = {"Cc": " ", "Cf": "", "Cs": " ", "Co": " ", "Cn": " ", "Zl": " ", "Zp": " "}
_TONES = {"\u0300": "2", "\u0301": "1", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
_CODE = re.compile(r"(?<![\d.])(\d\.\d{6})(?!\d)")


def bounded(text: str, limit: int = MAX_CHARS) -> str:
    """``text`` cut to about ``limit`` characters: its beginning and, above all, its end."""
    if len(text) <= limit:
        return text
    return f"{text[:KEPT_HEAD]} {text[KEPT_HEAD - limit :]}"


def clean(text: str) -> str:
    """``text`` in NFC lower case, full-width letters made plain, invisible characters gone."""
    text = unicodedata.normalize("NFKC", bounded(text)).casefold()
    if not text.isprintable():
        text = "".join(_INVISIBLE.get(unicodedata.category(c), c) for c in text)
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _plain_letters() -> dict[int, str]:
    """Every letter with marks that Latin writing has, and the letter without them."""
    letters = [*range(0xC0, 0x250), *range(0x1E00, 0x1F00)]
    plain = {c: unicodedata.normalize("NFD", chr(c))[0] for c in letters if unicodedata.decomposition(chr(c))}
    return {**plain, **dict.fromkeys(range(0x300, 0x370), ""), ord("đ"): "d", ord("Đ"): "d"}


_PLAIN = _plain_letters()
# What a word is made of: Latin letters with any marks, digits; all in lower case and NFC.
_WORD = re.compile(f"[a-z0-9\u0300-\u036fđ{''.join(chr(c) for c, plain in _PLAIN.items() if 'a' <= plain <= 'z')}]+")


def fold(text: str) -> str:
    """``text`` in lower case without tone marks, hats and horns, ``đ`` as ``d``."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).casefold().translate(_PLAIN)


def marked(word: str) -> str:
    """``word`` with its tone moved to the end as a digit, so that ``hòa`` and ``hoà`` are the same."""
    if word.isascii():
        return word
    tone, kept = "", []
    for char in unicodedata.normalize("NFD", word):
        if char in _TONES:
            tone = _TONES[char]
        else:
            kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept)) + tone


_folded, _marked = (lru_cache(maxsize=100_000)(f) for f in (fold, marked))  # a language has few words


def forms(tokens: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """All ``tokens`` folded, and all of them marked."""
    tokens = tuple(tokens)
    return tuple(map(_folded, tokens)), tuple(map(_marked, tokens))


def words(text: str) -> list[str]:
    """The words of a cleaned text, in NFC, without punctuation."""
    return _WORD.findall(unicodedata.normalize("NFC", text))


def procedure_codes(text: str) -> list[str]:
    """National procedure codes (``1.001193``) written in ``text``."""
    return _CODE.findall(text)
