"""Words of a text and of a name made comparable: without marks, ``y`` as ``i``, letters apart from digits."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from knowledge.understanding.normalize import bounded, fold

_Y = re.compile(r"(?<![aeou])y|(?<=qu)y")  # "lý" is "lí", but "hay" is not "hai"
_TOKEN = re.compile(r"[^\W\d_]+|\d+")


@dataclass(frozen=True, slots=True)
class Token:
    """One word as typed, its comparable form, and where it stands in the text."""

    typed: str
    key: str
    start: int
    end: int


@lru_cache(maxsize=20_000)
def word_key(word: str) -> str:
    """``Mỹ``, ``mĩ`` and ``My`` alike; ``03`` as ``3``."""
    if word.isdecimal() and word.isascii():
        return word.lstrip("0") or "0"
    return _Y.sub("i", fold(word))


def name_key(name: str) -> tuple[str, ...]:
    """The comparable words of a name."""
    return tuple(map(word_key, _TOKEN.findall(name)))


@lru_cache(maxsize=50_000)
def joined_key(name: str) -> str:
    """The comparable letters of a name, written in one."""
    return "".join(name_key(name))


def readable(text: str) -> str:
    """``text`` in the one form that tokens are cut from: NFC, not too long, capitals kept."""
    return unicodedata.normalize("NFC", bounded(text))


def tokens(text: str) -> list[Token]:
    """The words of a :func:`readable` text."""
    return [Token(m.group(), word_key(m.group()), *m.span()) for m in _TOKEN.finditer(text)]


@lru_cache(maxsize=20_000)
def marks(word: str) -> tuple[str, ...]:
    """The marks of a word, ``đ`` counted as one."""
    decomposed = unicodedata.normalize("NFD", word.casefold())
    return tuple(sorted(c for c in decomposed if unicodedata.combining(c) or c == "đ"))


def agrees(typed: str, meant: str) -> bool:
    """Whether ``typed`` is ``meant``, with its marks or with none: ``tai`` can be ``tại``, ``tài`` cannot."""
    return marks(typed) in ((), marks(meant))


def name_agrees(typed: list[Token], name: str) -> bool:
    """Whether the words ``typed`` are ``name``, all with their marks or all without."""
    if not any(marks(token.typed) for token in typed):
        return True
    meant = _TOKEN.findall(name)
    if len(meant) != len(typed):
        return marks("".join(token.typed for token in typed)) == marks(name)
    return all(marks(token.typed) == marks(word) for token, word in zip(typed, meant, strict=True))
