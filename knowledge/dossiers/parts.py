"""The parts of a code, and whether they fit together."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from knowledge.calendar import vietnamese
from knowledge.dossiers.families import (
    Family,
    System,
    agency_name,
    grammar,
    level_one,
    level_ones,
    merged_into,
)

FIRST_YEAR = 2016
_LOOK = str.maketrans("OIL", "011")


@dataclass(frozen=True)
class DossierCode:
    """A code. ``problem`` says in Vietnamese why it cannot be right, ``note`` what is odd about it;
    ``repaired`` means that more than its spelling was mended, ``written`` is what stood there."""

    text: str
    agency_code: str
    agency: str | None
    received_on: date | None
    problem: str = ""
    family: str = ""
    repaired: bool = False
    note: str = ""
    written: str = ""

    @property
    def system(self) -> System:
        """Which kind of system knows it."""
        family = grammar().families.get(self.family)
        if family:
            return family.system
        return "province" if (level_one(self.agency_code) or "").startswith("H") else "ministry"

    @property
    def prefix(self) -> str:
        """Agency and day: what all codes of one morning at one desk have in common."""
        return self.text.rpartition("/" if "/" in self.text else "-")[0]


@dataclass(frozen=True)
class Parts:
    """What stands between the dashes, in capitals."""

    agency: str
    day: str
    number: str

    def tidy(self) -> Parts:
        """O as 0 and I or L as 1 in groups that hold nothing but digits and such letters."""
        groups = [_tidy_group(group) for group in self.agency.split(".")]
        return Parts(".".join(groups), _digits(self.day), _digits(self.number))

    @property
    def text(self) -> str:
        return f"{self.agency}-{self.day}-{self.number}"


def _tidy_group(group: str) -> str:
    if re.fullmatch(r"[HG][0-9OIL]{2}", group):
        return group[0] + group[1:].translate(_LOOK)
    return _digits(group)


def _digits(group: str) -> str:
    return group.translate(_LOOK) if re.fullmatch(r"[0-9OIL]+", group) else group


def real_day(digits: str) -> date | None:
    """The day that YYMMDD stands for, if there is such a day."""
    if not re.fullmatch(r"[0-9]{6}", digits):
        return None
    try:
        return date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return None


def day_problem(digits: str, today: date) -> str:
    """Why ``digits`` cannot be the day a dossier was received; empty when it can."""
    day = real_day(digits)
    if day is None:
        return f"“{digits}” không phải là một ngày ({_why_no_day(digits)})"
    if day > today:
        return f"ngày {vietnamese(day)} còn chưa tới"
    if day.year < FIRST_YEAR:
        return f"năm {day.year} quá xa"
    return ""


def _why_no_day(digits: str) -> str:
    """What a person can see in it: the day is written year, month, day, two digits each."""
    month, day = digits[2:4], digits[4:]
    if re.fullmatch(r"[0-9]{6}", digits):
        return f"không có tháng {month}" if not 1 <= int(month) <= 12 else f"tháng {month} không có ngày {day}"
    return "năm, tháng, ngày: mỗi thứ hai số"


def fit(parts: Parts, today: date) -> DossierCode | None:
    """The code, if the parts fit a family, its agency is known and its day can be."""
    for name, family in grammar().families.items():
        if not family.slashed and re.fullmatch(family.agency, parts.agency):
            if not re.fullmatch(family.number, parts.number):
                continue
            return _checked(parts, today, name, family)
    return None


def fit_loosely(parts: Parts, today: date) -> DossierCode | None:
    """The same for a code that no family fits but that names a known province or ministry."""
    known = grammar()
    if not re.fullmatch(known.unusual_agency, parts.agency) or not re.fullmatch(known.unusual_number, parts.number):
        return None
    code = _checked(parts, today, "", None)
    return replace(code, note="mã có dạng lạ, xin so lại từng số với giấy hẹn") if code else None


def _checked(parts: Parts, today: date, name: str, family: Family | None) -> DossierCode | None:
    if level_one(parts.agency) not in level_ones() or day_problem(parts.day, today) or not parts.number.strip("0"):
        return None
    received = real_day(parts.day)
    note = ""
    new_home = merged_into(parts.agency)
    if family and family.old_after and received and received >= family.old_after and new_home:
        note = f"tỉnh này đã nhập vào {new_home} trước ngày ghi trong mã"
    return DossierCode(parts.text, parts.agency, agency_name(parts.agency), received, family=name, note=note)
