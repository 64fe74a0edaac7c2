"""Receipt codes of dossiers: find them in a message, repair what is safe to repair, explain them.

Structure: ``<agency identifier>-<day received YYMMDD>-<number>`` (Nghị định 61/2018, Quyết định 20/2020/QĐ-TTg);
social insurance writes ``number/year/number``. There is no check digit: a well-formed code may still not exist.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from itertools import islice

from knowledge.dossiers.parts import DossierCode, Parts
from knowledge.dossiers.repair import insurance_code, settle, split_glued

MAX_READ = 10_000
MAX_CANDIDATES = 20
"""Mending costs up to a millisecond apiece: a message full of broken codes must not hold everybody up."""
MIN_DIGITS = 5
"""Fewer digits than this are no code: most messages end here."""
LONGEST_BEFORE = 40
_ALL_DIGITS = 14
"""A code that lost its letter is taken for one only when longer than any identity or tax number."""

_ODD = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－_"), "-") | dict.fromkeys(map(ord, "·•・"), ".")
_LEVEL = "[HG][0-9OIL]{2}"
_DASHED = re.compile(r"\s{0,2}-\s{0,2}([0-9A-Z]{5,7})\s{0,2}-\s{0,2}([0-9A-Z]{1,8})(?![0-9A-Z])")
_BEFORE = re.compile(r"((?:[0-9A-Z]{1,14}\s?[.,]\s?){0,4}[0-9A-Z]{1,16})$")
_SPACED = re.compile(
    rf"(?<![0-9A-Z.])((?:[0-9A-Z]{{2,3}}[.,]\s?){{2,3}}{_LEVEL}|{_LEVEL}(?:[.,\s]\s?[0-9A-Z]{{1,3}}){{0,3}})"
    r"[\s\-.,]{1,3}([0-9OIL]{6})[\s\-.,]{1,3}([0-9OIL]{3,6})(?![0-9A-Z])"
)
_GLUED = re.compile(r"(?<![0-9A-Z.])([HG][0-9OIL][0-9OIL.\-]{11,26}[0-9OIL])(?![0-9A-Z])")
_INSURANCE = re.compile(r"(?<![0-9A-Z])([0-9OIL]{5})\s?[/\\-]\s?([0-9OIL]{4})\s?[/\\-]\s?([0-9OIL]{5})(?![0-9A-Z])")


def find_codes(message: str, today: date) -> list[DossierCode]:
    """All codes in ``message``, in order, each once.

    Spaces, odd dashes, commas, lost dots, lower case, full-width letters, label text, O for 0 and l for 1 are
    mended without a word; another slip only where a single repair exists (``repaired`` then says so). A code that
    cannot be right comes back with its ``problem``.
    """
    text = unicodedata.normalize("NFKC", message[:MAX_READ])
    if not may_hold_code(text):
        return []
    text = text.translate(_ODD).upper()
    taken: list[tuple[int, int]] = []
    found: list[tuple[int, DossierCode]] = []
    for start, end, code in islice(_candidates(text, today), MAX_CANDIDATES):
        if not any(start < other_end and other_start < end for other_start, other_end in taken):
            taken.append((start, end))
            found.append((start, code))
    return list({code.text: code for _, code in sorted(found, key=lambda item: item[0])}.values())


def may_hold_code(text: str) -> bool:
    """Whether there are digits enough for a code; costs next to nothing."""
    return sum(map(str.isdigit, text)) >= MIN_DIGITS


def parse_code(text: str, today: date) -> DossierCode | None:
    """The one code that ``text`` consists of, or ``None``."""
    codes = find_codes(text, today)
    return codes[0] if len(codes) == 1 else None


def _candidates(text: str, today: date) -> Iterator[tuple[int, int, DossierCode]]:
    """Places that may be codes, the surest way of writing first."""
    for match in _INSURANCE.finditer(text):
        yield (
            match.start(),
            match.end(),
            insurance_code(match.group(1), match.group(2), match.group(3), today),
        )
    for match in _DASHED.finditer(text):
        before = _BEFORE.search(text[max(0, match.start() - LONGEST_BEFORE) : match.start()])
        code = _best(before.group(), match.group(1), match.group(2), today) if before else None
        if before and code:
            yield match.start() - len(before.group()), match.end(), code
    for match in _SPACED.finditer(text):
        agency = re.sub(r"[\s,]+", ".", match.group(1)).replace("..", ".")
        code = settle(Parts(agency, match.group(2), match.group(3)), today)
        # Loose numbers after a word such as "H01" prove nothing: only a code that fits counts.
        if code and not code.problem and not code.repaired:
            yield match.start(), match.end(), code
    for match in _GLUED.finditer(text):
        code = split_glued(match.group(), today)
        if code:
            yield match.start(), match.end(), code


def _best(before: str, day: str, number: str, today: date) -> DossierCode | None:
    """The code whose agency identifier ends ``before``: the longest end that fits, else one that can be mended."""
    ends = list(dict.fromkeys(_ends(before)))
    read = [code for end in ends if (code := settle(Parts(end, day, number), today)) and _safe_to_show(code)]
    return min(read, key=lambda code: (bool(code.problem), code.repaired, not code.family), default=None)


def _ends(before: str) -> Iterator[str]:
    """``before`` whole, then what follows a space in it ("tôi. H49.22"), then what a label is glued to ("MHSH49")."""
    agency = re.sub(r"\s*[.,]\s*", ".", before)
    yield agency
    for match in re.finditer(r"(?<=\s)[0-9A-Z]", before):
        yield re.sub(r"\s*[.,]\s*", ".", before[match.start() :])
    first, dot, rest = agency.partition(".")
    for match in re.finditer(rf"(?<=[A-Z]){_LEVEL}$", first):
        yield first[match.start() :] + dot + rest


def _safe_to_show(code: DossierCode) -> bool:
    """Whether the reading may be printed: digits alone could be somebody's identity number."""
    return any(c.isalpha() for c in code.written) or len(code.written) >= _ALL_DIGITS
