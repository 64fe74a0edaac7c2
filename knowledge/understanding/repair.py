"""One typed word at a time: shorthand, keyboard left-overs, doubled letters, glued words, slips."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from knowledge.understanding.normalize import fold
from knowledge.understanding.rewrite import shorthand
from knowledge.understanding.typing_marks import decode, syllables

MAX_GLUED = 30
_REPEATED = re.compile(r"(.)\1{2,}")
_DOUBLED = re.compile(r"(.)\1")
_LETTERS = "abcdeghiklmnopqrstuvxy"
_COUNTED = re.compile(r"(\d{1,3})(th|t|n)$")
_UNITS = {"th": "tháng", "t": "tuổi", "n": "năm"}
# Spelling of the chat: letters left out or put for others that sound the same.
_CHAT_SPELLING = (
    (re.compile(r"^p(?=[^h])"), "ph"),
    (re.compile(r"^q(?=[^u])"), "qu"),
    (re.compile(r"^w"), "qu"),
    (re.compile(r"^f"), "ph"),
    (re.compile(r"^j(?=.)"), "gi"),
    (re.compile(r"^z(?=.)"), "d"),
    (re.compile(r"(?<=[^n])g$"), "ng"),
    (re.compile(r"(?<=[iíìỉĩị])k$"), "ch"),
)


class Repairer:
    """Repairs single words; ``frequencies`` are the folded words of the knowledge base."""

    def __init__(self, frequencies: Mapping[str, int]) -> None:
        self._frequencies = frequencies
        self._total = sum(frequencies.values()) + 1
        self.word = lru_cache(maxsize=50_000)(self._word)

    def _word(self, token: str) -> tuple[str, ...]:
        """The words ``token`` stands for, usually one."""
        single, _ = shorthand()
        if token in single:
            return single[token]
        if len(token) > 2 and "cccd" not in token:  # the one known word with a letter three times
            token = _REPEATED.sub(r"\1\1" if token[0].isdigit() else r"\1", token)
            if token in single:
                return single[token]
        counted = _COUNTED.match(token)
        if counted:
            return (*single.get(counted[1], (counted[1],)), _UNITS[counted[2]])
        if fold(token) not in self._frequencies:
            token = _as_spelled(token)
        return (token,) if self._is_plain(fold(token)) else self._meant(token, fold(token))

    def _is_plain(self, plain: str) -> bool:
        return plain in syllables() or plain.isdigit() or self._frequencies.get(plain, 0) > 2

    def _meant(self, token: str, plain: str) -> tuple[str, ...]:
        """What is meant by something that is no plain word."""
        decoded = decode(token) if token.isascii() else None
        if decoded is not None:
            return (decoded,)
        if plain in shorthand()[0]:
            return shorthand()[0][plain]
        return (token,) if self._frequencies.get(plain, 0) > 1 else self._guessed(token, plain)

    def _guessed(self, token: str, plain: str) -> tuple[str, ...]:
        single_letters = _DOUBLED.sub(r"\1", plain)
        if single_letters in syllables():
            return (single_letters,)
        glued = self._unglued(plain)
        if glued:
            return glued
        slip = self._slip(plain)
        return (slip,) if slip else (token,)

    def _unglued(self, plain: str) -> tuple[str, ...]:
        """``lamcccd`` as ``lam``, ``căn``, ``cước``, …: the likeliest way to cut, or nothing."""
        if not 5 <= len(plain) <= MAX_GLUED or plain.isdigit():
            return ()
        single, _ = shorthand()
        best: list[tuple[float, tuple[str, ...]] | None] = [(0.0, ())] + [None] * len(plain)
        for end in range(1, len(plain) + 1):
            for start in range(max(0, end - 7), end):
                before, piece = best[start], plain[start:end]
                count = self._frequencies.get(piece, 0) or (1 if piece in single and len(piece) > 2 else 0)
                if before is None or count == 0 or (len(piece) == 1 and not piece.isdigit()):
                    continue
                # A rare piece is unlikely to stand in a glued word: every piece costs its rarity.
                value = before[0] - 8 + min(6.0, (count / self._total * 20_000) ** 0.3)
                known = best[end]
                if known is None or value > known[0]:
                    best[end] = (value, (*before[1], piece))
        found = best[-1]
        if found is None or len(found[1]) < 2:
            return ()
        return tuple(w for piece in found[1] for w in single.get(piece, (piece,)))

    def _slip(self, plain: str) -> str:
        """The commonest known word one slip away: two letters swapped, one too many, missing or wrong."""
        if not 3 <= len(plain) <= 9 or any(c.isdigit() for c in plain):
            return ""
        swapped = {plain[:i] + plain[i + 1] + plain[i] + plain[i + 2 :] for i in range(len(plain) - 1)}
        dropped = {plain[:i] + plain[i + 1 :] for i in range(len(plain))}
        changed = {plain[:i] + c + plain[i + 1 :] for i in range(len(plain)) for c in _LETTERS}
        added = {plain[:i] + c + plain[i:] for i in range(len(plain) + 1) for c in _LETTERS}
        for group in (swapped, dropped | added | changed):
            known = [(self._frequencies[w], w) for w in group if w in self._frequencies and w in syllables()]
            if known:
                return max(known)[1]
        return ""


def _as_spelled(token: str) -> str:
    """``qán`` as ``quán``, ``pải`` as ``phải``, ``vắg`` as ``vắng``; what makes no syllable stays as it is."""
    for spelling, instead in _CHAT_SPELLING:
        spelled = spelling.sub(instead, token)
        if spelled != token and fold(spelled) in syllables():
            return spelled
    return token
