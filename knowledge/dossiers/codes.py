"""Receipt codes of dossiers: find them in a message, repair what is safe to repair, explain them.

Structure: ``<agency identifier>-<day received YYMMDD>-<number>`` (Nghị định 61/2018, Quyết định 20/2020/QĐ-TTg);
social insurance writes ``number/year/number``. There is no check digit: a well-formed code may still not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice

from knowledge.dossiers.cleaning import clean, unbroken
from knowledge.dossiers.parts import DossierCode, Parts
from knowledge.dossiers.repair import cut_off, insurance_code, settle, split_glued

MAX_READ = 10_000
MAX_CANDIDATES = 20
"""Mending costs up to a millisecond apiece: a message full of broken codes must not hold everybody up."""
MIN_DIGITS = 5
"""Fewer digits than this are no code: most messages end here."""
LONGEST_BEFORE = 40
LONG = "province-long"
LONG_SHAPE = [3, 2, 2, 3]
LONGEST_GROUP = 4
_ALL_DIGITS = 14
"""A code that lost its letter is taken for one only when longer than any identity or tax number."""

_LEVEL = "[HG][0-9OIL]{2}"
_DASHED = re.compile(r"\s?-{1,2}\s?([0-9A-Z]{5,8})\s?-{1,2}\s?([0-9A-Z]{1,8})(?![0-9A-Z])")
_WORD_AFTER = re.compile(r"^([0-9OIL]{3,6})[A-Z]")
_BEFORE = re.compile(r"((?:[0-9A-Z]{1,14}(?:\s?[.,]\s?|\s|-)){0,4}[0-9A-Z]{1,16})$")
_GROUP = re.compile(r"(^|\s?[.,]\s?|\s|-)([0-9A-Z]+)")
_BETWEEN = r"[\s\-.,/:=+*|]{1,3}"
_SPACED = re.compile(
    rf"(?<![0-9A-Z.])((?:[0-9A-Z]{{2,3}}[.,]\s?){{2,3}}{_LEVEL}|[0-9]{{3}}(?:[.,\s][0-9A-Z]{{2}}){{2}}[.,\s]{_LEVEL}"
    rf"|{_LEVEL}(?:[.,\s]\s?[0-9A-Z]{{1,3}}){{0,3}})"
    rf"{_BETWEEN}([0-9OIL]{{6}}){_BETWEEN}([0-9OIL]{{3,6}})(?![0-9A-Z])"
)
_GLUED = re.compile(r"(?<![0-9A-Z.])([HG][0-9OIL][0-9OIL.\-]{10,26}[0-9OIL])(?![0-9A-Z])")
_GLUED_LONG = re.compile(
    r"(?<![0-9A-Z.])([0-9]{3})\.?([0-9A-Z]{2})\.?([0-9A-Z]{2})\.?(H[0-9OIL]{2})[.\-]?([0-9OIL]{6})[.\-]?([0-9OIL]{3,6})"
    r"(?![0-9A-Z])"
)
_CUT_OFF = re.compile(
    rf"(?<![0-9A-Z.])((?:[0-9A-Z]{{2,3}}\.){{0,3}}{_LEVEL}(?:\.[0-9A-Z]{{1,3}}){{0,3}}) ?- ?([0-9]{{6}})"
    r"(?![0-9A-Z]|[ .,/-]*[0-9])"
)
_INSURANCE = re.compile(r"(?<![0-9])([0-9OIL]{5})\s?[/\\-]\s?([0-9OIL]{4})\s?[/\\-]\s?([0-9OIL]{5})(?![0-9])")


def find_codes(message: str, today: date) -> list[DossierCode]:
    """All codes in ``message``, in order, each once.

    Spaces, odd dashes, commas, lost dots, lower case, full-width letters, label text, O for 0 and l for 1 are
    mended without a word; another slip only where a single repair exists (``repaired`` then says so). A code that
    cannot be right comes back with its ``problem``.
    """
    if not may_hold_code(message[:MAX_READ]):
        return []
    text = clean(message[:MAX_READ])
    found = _found(text, today)
    if not found and "\n" in text:
        found = [code for code in _found(unbroken(text), today) if not code.problem and not code.repaired]
    return found


def _found(text: str, today: date) -> list[DossierCode]:
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
    last = 0
    for match in _DASHED.finditer(text):
        before = _BEFORE.search(text[max(last, match.start() - LONGEST_BEFORE) : match.start()])
        last = match.end()
        if before:
            code = _best(before.group(), match.group(1), _number(match, text), today)
            if code:
                yield match.start() - len(before.group()), match.end(), code
    for match in (*_SPACED.finditer(text), *_GLUED_LONG.finditer(text)):
        *agency, day, number = match.groups()
        name = re.sub(r"[\s,.]+", ".", ".".join(agency))
        code = settle(Parts(name, day, number), today)
        # Loose numbers after a word such as "H01" prove nothing: only a code that fits counts.
        if code and not code.problem and not code.repaired:
            yield match.start(), match.end(), code
    for match in (*_CUT_OFF.finditer(text), *_GLUED.finditer(text)):
        cut = match.re is _CUT_OFF
        code = cut_off(match.group(1), match.group(2), today) if cut else split_glued(match.group(), today)
        if code:
            yield match.start(), match.end(), code


def _number(match: re.Match[str], text: str) -> str:
    """The number, without the word that follows it and was typed without a space."""
    number = match.group(2)
    goes_on = match.end() < len(text) and text[match.end()].isalpha()
    short = _WORD_AFTER.match(number) if goes_on else None
    return short.group(1) if short else number


def _best(before: str, day: str, number: str, today: date) -> DossierCode | None:
    """The code whose agency identifier ends ``before``: the longest end that fits, else one that can be mended."""
    groups = [(match.group(1), match.group(2)) for match in _GROUP.finditer(before)]
    joined = _joined(groups, day, number, today)
    if joined:
        return joined
    ends = list(dict.fromkeys(_ends(groups)))
    read = [code for end in ends if (code := settle(Parts(end, day, number), today)) and _safe_to_show(code)]
    return min(read, key=lambda code: (bool(code.problem), code.repaired, not code.family), default=None)


def _joined(groups: list[tuple[str, str]], day: str, number: str, today: date) -> DossierCode | None:
    """The long form with spaces or dashes for dots: "000 00 19 H49". What stands before H49 must not be lost without
    a word; two groups may be something else ("18 11 H49"), so that is said."""
    for count in (4, 3):
        end = groups[-count:]
        more = groups[-count - 1 : -count]
        if more and any(map(str.isdigit, more[0][1])):
            continue  # the end of a longer number, somebody's identity number perhaps
        apart = any(gap.strip() not in {".", ","} for gap, _ in end[1:])
        if len(end) == count and apart and all(any(map(str.isdigit, group)) for _, group in end):
            code = settle(Parts(".".join(group for _, group in end), day, number), today)
            if code and code.family == LONG and not code.problem:
                return replace(code, repaired=code.repaired or count == 3)
    return None


def _ends(groups: list[tuple[str, str]]) -> Iterator[str]:
    """What is written with dots, longest first, then what a word or a label in front of it was glued to."""
    start = len(groups) - 1
    while start and groups[start][0].strip() in {".", ","}:
        start -= 1
    names = _of_agency([group for _, group in groups[start:]])
    yield ".".join(names)
    while len(names) > 1 and names[0].isalpha():
        # "toi,H49.22": a word, not a group of the agency. One with a digit in it is never dropped.
        names = names[1:]
        yield ".".join(names)
    for match in re.finditer(rf"(?<=[A-Z]){_LEVEL}$|(?<=[A-Z]{{2}})[0-9]{{2,3}}$", names[0]):
        yield ".".join([match.group(), *names[1:]])


def _of_agency(names: list[str]) -> list[str]:
    """``names`` without what stands before the agency identifier: other numbers must not be shown as a part of it.

    What begins with its province or ministry has nothing before that; the long form ends with it, after three short
    groups at most.
    """
    level = next((place for place, name in enumerate(names) if re.fullmatch(_LEVEL, name)), None)
    if level is not None and level < len(names) - 1:
        return names[level:]
    if [len(name) for name in names[-4:]] == LONG_SHAPE:
        return names[-4:]
    numbers = [place for place, name in enumerate(names[:-1]) if name.isdigit() and len(name) > LONGEST_GROUP]
    names = names[numbers[-1] + 1 :] if numbers else names
    too_many = len(names) > len(LONG_SHAPE) or sum(name.isdigit() and len(name) > 2 for name in names[:-1]) > 1
    return names[-1:] if too_many else names


def _safe_to_show(code: DossierCode) -> bool:
    """Whether the reading may be printed: digits alone could be somebody's identity number."""
    return any(c.isalpha() for c in code.written) or len(code.written) >= _ALL_DIGITS
