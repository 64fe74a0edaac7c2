"""Undo Telex and VNI: what is left in a text when the Vietnamese keyboard was off."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from knowledge.understanding.normalize import fold
from knowledge.understanding.tables import load

_TELEX_TONES = {"s": "\u0301", "f": "\u0300", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
_VNI_TONES = {"1": "\u0301", "2": "\u0300", "3": "\u0309", "4": "\u0303", "5": "\u0323"}
_HAT, _HORN, _BREVE = "\u0302", "\u031b", "\u0306"
_VOWELS = "aeiouy"


@lru_cache(maxsize=1)
def syllables() -> frozenset[str]:
    """Every syllable Vietnamese spelling allows, without marks."""
    table = load("syllables")
    return frozenset(o + r for o in table["onsets"]["words"] for r in table["rimes"]["words"])


def decode(word: str) -> str | None:
    """The syllable meant by an ASCII word with Telex letters or VNI digits; None if it is none."""
    if not word.isascii() or len(word) < 2 or word[0].isdigit():
        return None
    return _vni(word) if any(c.isdigit() for c in word) else _telex(word)


def _telex(word: str) -> str | None:
    if word in syllables():
        return None
    letters: list[str] = []
    tone = ""
    for char in word:
        last = letters[-1] if letters else ""
        has_vowel = any(fold(c) in _VOWELS for c in letters)
        if char == "d" and letters[:1] == ["d"] and "đ" not in letters:
            letters[0] = "đ"
        elif (char in "aeo" and _add_hat(letters, char)) or (char == "w" and _add_hook(letters)):
            continue
        elif char in _TELEX_TONES and has_vowel and (last[:1] not in _TELEX_TONES or tone):
            tone = _TELEX_TONES[char]
        else:
            letters.append(char)
    return _finished(letters, tone)


def _add_hat(letters: list[str], char: str) -> bool:
    """``aa`` anywhere in the syllable is ``â``; whether ``char`` was used up that way."""
    for at in range(len(letters) - 1, -1, -1):
        if letters[at] == char and all(fold(c) in "cghmnptuiy" + char for c in letters[at + 1 :]):
            letters[at] = char + _HAT
            return True
    return False


def _add_hook(letters: list[str]) -> bool:
    """``w`` makes ơ, ư (both in ``uo``) or ă; whether it was used up that way."""
    for at in range(len(letters) - 1, -1, -1):
        if letters[at] in "uo":
            letters[at] += _HORN
            if letters[at].startswith("o") and at and letters[at - 1] == "u":
                letters[at - 1] += _HORN
            return True
        if letters[at] == "a":
            letters[at] += _BREVE
            return True
    letters.append("u" + _HORN)
    return True


def _vni(word: str) -> str | None:
    letters: list[str] = []
    tone = ""
    for char in word:
        if not char.isdigit():
            letters.append(char)
        elif char in _VNI_TONES:
            tone = _VNI_TONES[char]
        elif char == "9" and "d" in letters:
            letters[letters.index("d")] = "đ"
        elif char in "678":
            _mark_vni(letters, char)
        elif char == "0":
            tone = ""
        else:
            return None
    if len(letters) < 2 and len(word) < 3 and letters[:1] not in (["o"], ["u"], ["y"]):
        # "a1", "e2" are classes of driving licences, "o3" and "y1" are not
        return None
    return _finished(letters, tone)


def _mark_vni(letters: list[str], digit: str) -> None:
    wanted, mark = {"6": ("aeo", _HAT), "7": ("ou", _HORN), "8": ("a", _BREVE)}[digit]
    places = [at for at, letter in enumerate(letters) if letter in wanted]
    if not places:
        return
    at = places[-1]
    letters[at] += mark
    if digit == "7" and letters[at].startswith("o") and at and letters[at - 1] == "u":
        letters[at - 1] += mark


def _finished(letters: list[str], tone: str) -> str | None:
    plain = fold("".join(letters))
    if plain not in syllables():
        return None
    if not tone:
        return unicodedata.normalize("NFC", "".join(letters))
    vowels = [at for at, letter in enumerate(letters) if fold(letter) in _VOWELS]
    if plain.startswith(("qu", "gi")) and len(vowels) > 1:
        vowels = vowels[1:]
    dressed = [at for at in vowels if len(letters[at]) > 1]
    closed = vowels[-1] < len(letters) - 1
    at = dressed[-1] if dressed else vowels[-1] if closed or len(vowels) == 1 else vowels[-2]
    letters[at] += tone
    return unicodedata.normalize("NFC", "".join(letters))
