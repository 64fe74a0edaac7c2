"""Working days of public offices: Monday to Friday without public holidays, with the swaps announced each year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

from knowledge.files import DATA
from knowledge.yaml_files import read_yaml

ONE_DAY = timedelta(days=1)
FURTHEST = 3660
"""Days counted at most: a typing error in a year must not keep a processor busy."""


@dataclass(frozen=True)
class Swaps:
    """Days that one year's announcement turned round; see ``working_days.yaml``."""

    off: dict[date, str]
    worked: dict[date, str]


@cache
def _swaps() -> Swaps:
    raw = read_yaml(DATA / "working_days.yaml")
    return Swaps(raw["days_off"], raw["days_worked"])


@cache
def _calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("VN", language="vi")


def is_working_day(day: date) -> bool:
    """Whether public offices work on ``day``."""
    swaps = _swaps()
    if day in swaps.worked:
        return True
    return day not in swaps.off and bool(_calendar().is_working_day(day))


def holiday_name(day: date) -> str | None:
    """Why ``day`` is a public holiday; ``None`` on other days, also at weekends."""
    name = _swaps().off.get(day) or _calendar().get(day)
    return str(name) if name else None


def next_working_day(day: date) -> date:
    """``day`` itself, or the first working day after it."""
    while not is_working_day(day):
        day += ONE_DAY
    return day


def add_working_days(day: date, count: int) -> date:
    """The day that lies ``count`` working days after ``day``, which itself does not count."""
    while count > 0:
        day = next_working_day(day + ONE_DAY)
        count -= 1
    return day


def working_days_between(start: date, end: date) -> int:
    """How many working days lie after ``start``, up to and including ``end``; negative when ``end`` is earlier."""
    if end < start:
        return -working_days_between(end, start)
    span = min((end - start).days, FURTHEST)
    return sum(is_working_day(start + timedelta(days=n)) for n in range(1, span + 1))
