"""Ages said in a text, in digits or in words: they tell a child's paper from a grown-up's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_UNITS = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9
}  # fmt: skip
_UNIT = "|".join(_UNITS)
_NUMBER = rf"\d{{1,3}}|(?:(?:{_UNIT}) )?muoi(?: (?:{_UNIT}))?|{_UNIT}"
_NOT_YET = r"(?P<under>duoi|chua du|chua toi|chua den|chua tron|chua qua|chua) "
_REACHED = r"du|tron|tu du|tren|qua|len|moi"
_AGE = re.compile(rf"\b(?:{_NOT_YET}|(?:{_REACHED}) )?(?P<years>{_NUMBER})(?P<months> thang)? tuoi\b")


@dataclass(frozen=True, slots=True)
class Age:
    """An age in full years, said at ``words[start:end]``; "chưa đủ 14 tuổi" is 13."""

    start: int
    end: int
    years: int


def ages(folded: tuple[str, ...]) -> Iterator[Age]:
    """Every age said with the word for years of life ("13 tuổi", "mười ba tuổi", "8 tháng tuổi")."""
    if "tuoi" not in folded:
        return
    text = " ".join(folded)
    for match in _AGE.finditer(text):
        start, end = (text.count(" ", 0, at) for at in match.span())
        said = match["years"]
        years = 0 if match["months"] else int(said) if said.isdigit() else _number(said.split())
        yield Age(start, end + 1, max(0, years - 1) if match["under"] else years)


def _number(words: list[str]) -> int:
    """``mười ba`` is 13, ``ba mươi`` 30, ``bảy mươi lăm`` 75."""
    tens, _, unit = " ".join(words).rpartition("muoi")
    value = _UNITS.get(unit.strip(), 0)
    return value + 10 * _UNITS.get(tens.strip(), 1) if "muoi" in words else value
