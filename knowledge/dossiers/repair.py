"""Mend codes that people mistyped. A slip is mended only where exactly one repair exists; otherwise the person is
asked, with what looks wrong. A slip that leaves a possible code cannot be seen: there is no check digit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations, pairwise

from knowledge.dossiers.families import INSURANCE, agency_name, grammar, level_one, level_ones
from knowledge.dossiers.parts import DossierCode, Parts, day_problem, fit, fit_loosely, real_day

INSURANCE_SINCE = 2008
_LOOK = str.maketrans("OIL", "011")
_LETTERS = str.maketrans("OQDILJZSGB", "0001112568")
_MAX_LOST_DOTS = 3
_MOST_LETTERS = 3
FIXED = frozenset({"national", "police"})
_LONGEST_AGENCY = len("000.00.00.H49")
_ATTEMPT = re.compile(r"(?:^|\.)(?:[A-Z]\d{2}|[HG][0-9A-Z]{1,3})(?:\.|$)")


def settle(parts: Parts, today: date) -> DossierCode | None:
    """The code that ``parts`` are, mended if need be; with its problem if that cannot be done; ``None`` if it
    is nothing like a code."""
    written = f"{parts.agency}{parts.day}{parts.number}".replace(".", "")
    code = _settle(parts.tidy(), today)
    return replace(code, written=written) if code else None


def _settle(parts: Parts, today: date) -> DossierCode | None:
    code = fit(parts, today)
    if code:
        return code
    for tier in (_lost_dots, _letters):
        fitting = _surest(_fitting(tier(parts), today, fit))
        if len(fitting) == 1:
            # A dot more is spelling; a letter read as a digit is a guess that the person should hear of.
            return replace(fitting[0], repaired=tier is _letters)
    code = fit_loosely(parts, today)
    if code:
        return code
    fitting = _fitting(_one_slip(parts, today), today, fit)
    if len(fitting) == 1:
        return replace(fitting[0], repaired=True)
    return _impossible(parts, today)


def _fitting(
    tries: Iterable[Parts], today: date, check: Callable[[Parts, date], DossierCode | None]
) -> list[DossierCode]:
    found = {code.text: code for parts in tries if (code := check(parts, today))}
    return list(found.values())


def _surest(codes: list[DossierCode]) -> list[DossierCode]:
    """Of several readings those in a family whose dots stand in one place only."""
    fixed = [code for code in codes if code.family in FIXED]
    return fixed if len(fixed) == 1 else codes


def _impossible(parts: Parts, today: date) -> DossierCode | None:
    """What looks wrong, for something that was meant as a code."""
    if not _ATTEMPT.search(parts.agency) or sum(map(str.isdigit, parts.day)) < 3:
        return None
    one = level_one(parts.agency)
    if one not in level_ones():
        wrong = one or parts.agency
        problem = f"tôi chưa nhận ra mã cơ quan “{wrong}” (mã tỉnh từ H01 đến H63, mã bộ ngành từ G01 đến G24)"
    elif not parts.number.strip("0"):
        problem = "số thứ tự toàn số 0"
    elif not re.fullmatch(r"\d{2,8}", parts.number):
        problem = f"số thứ tự “{parts.number}” quá ngắn, hoặc có chữ lẫn trong số"
    else:
        problem = day_problem(parts.day, today) or f"mã cơ quan “{parts.agency}” có dạng lạ"
    return DossierCode(parts.text, parts.agency, agency_name(parts.agency), None, problem)


def _lost_dots(parts: Parts) -> Iterator[Parts]:
    """With the fewest dots put back that make the agency fit a family."""
    plain = parts.agency
    places = range(1, len(plain))
    if len(plain) > _LONGEST_AGENCY or not any(one in plain for one in level_ones()):
        return
    if sum(map(str.isalpha, plain)) > _MOST_LETTERS:
        return  # a word that a code was glued to
    for count in range(1, _MAX_LOST_DOTS + 1):
        fitting = [tried for chosen in combinations(places, count) if _is_agency(tried := _with_dots(plain, chosen))]
        if fitting:
            yield from (replace(parts, agency=tried) for tried in fitting)
            return


def _with_dots(text: str, places: tuple[int, ...]) -> str:
    cuts = (0, *places, len(text))
    return ".".join(text[start:end] for start, end in pairwise(cuts))


def _is_agency(text: str) -> bool:
    return level_one(text) in level_ones() and any(
        re.fullmatch(family.agency, text) for family in grammar().families.values() if not family.slashed
    )


def _letters(parts: Parts) -> Iterator[Parts]:
    """With every letter that looks like a digit read as that digit, where only digits can stand."""
    groups = [
        group[0] + group[1:].translate(_LETTERS) if re.fullmatch(r"[HG][0-9A-Z]{2}", group) else group
        for group in parts.agency.split(".")
    ]
    yield Parts(".".join(groups), parts.day.translate(_LETTERS), parts.number.translate(_LETTERS))


def _one_slip(parts: Parts, today: date) -> Iterator[Parts]:
    """With one slip of the finger taken back: in the day, or in the group that names the province or ministry."""
    known = level_one(parts.agency) in level_ones()
    if known and real_day(parts.day) is None:
        # A real day that cannot be (too old, still to come) may be wrong in more than one place: ask.
        for day in _digit_slips(parts.day):
            yield replace(parts, day=day)
    elif not known and not day_problem(parts.day, today):
        groups = parts.agency.split(".")
        for place, group in enumerate(groups):
            for other in _level_one_slips(group):
                yield replace(parts, agency=".".join([*groups[:place], other, *groups[place + 1 :]]))


def _digit_slips(text: str) -> Iterator[str]:
    for place in range(len(text)):
        yield text[:place] + text[place + 1 :]
        if place + 1 < len(text):
            yield text[:place] + text[place + 1] + text[place] + text[place + 2 :]
        yield from (text[:place] + digit + text[place + 1 :] for digit in "0123456789")
    for place in range(len(text) + 1):
        yield from (text[:place] + digit + text[place:] for digit in "0123456789")


def _level_one_slips(group: str) -> Iterator[str]:
    if re.fullmatch(r"\d{2}", group):
        yield from (letter + group for letter in "HG")
    elif re.fullmatch(r"[A-Z]\d{2}", group):
        yield from (letter + group[1:] for letter in "HG")
        yield from (group[0] + digits for digits in _digit_slips(group[1:]))


def insurance_code(unit: str, year: str, number: str, today: date) -> DossierCode:
    """A code of social insurance, with slashes put back and O, I, L read as digits."""
    unit, year, number = (part.translate(_LOOK) for part in (unit, year, number))
    problem = ""
    if not INSURANCE_SINCE <= int(year) <= today.year:
        problem = f"năm “{year}” không hợp lý"
    return DossierCode(
        f"{unit}/{year}/{number}",
        INSURANCE,
        agency_name(INSURANCE),
        None,
        problem,
        "insurance",
        written=unit + year,
    )


def cut_off(agency: str, day: str, today: date) -> DossierCode | None:
    """A code that ends after the day: the person is asked for the rest."""
    parts = Parts(agency, day, "").tidy()
    name = agency_name(parts.agency)
    if name is None or day_problem(parts.day, today):
        return None
    problem = "thiếu số thứ tự ở cuối, sau ngày nhận"
    return DossierCode(f"{parts.agency}-{parts.day}", parts.agency, name, real_day(parts.day), problem)


def split_glued(text: str, today: date) -> DossierCode | None:
    """The one code that ``text``, written without some or all of its dots and dashes, can be read as."""
    bare = re.sub(r"[.\-]", "", text)
    fixed = {place - text[:place].count(".") - text[:place].count("-") for place, c in enumerate(text) if c in ".-"}
    tries: list[Parts] = []
    for day_at in range(3, len(bare) - 8):
        number_at = day_at + 6
        if all(place <= day_at or place == number_at for place in fixed):
            levels = tuple(sorted(place for place in fixed if 3 < place < day_at))
            tries += _levels(bare, levels, day_at, number_at)
    fitting = _surest(_fitting((parts.tidy() for parts in tries), today, fit))
    return replace(fitting[0], written=bare) if len(fitting) == 1 else None


def _levels(bare: str, levels: tuple[int, ...], day_at: int, number_at: int) -> list[Parts]:
    """The agency cut at the dots that are there, or with the fewest that make it fit."""
    day, number = bare[day_at:number_at], bare[number_at:]
    agency = bare[:day_at]
    cuts = tuple(sorted({3, *levels})) if day_at > 3 else ()
    tried = _with_dots(agency, cuts) if cuts else agency
    if _is_agency(Parts(tried, "", "").tidy().agency):
        return [Parts(tried, day, number)]
    return list(_lost_dots(Parts(agency, day, number)))
