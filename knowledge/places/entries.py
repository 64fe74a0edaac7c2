"""One table of everything that has a name: units, old units, old districts, provinces old and new."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from knowledge.places.names import name_key
from knowledge.places.tables import District, Former, Province, Unit

Level = Literal["unit", "former", "district", "province"]
Key = tuple[str, ...]
COMMUNE = ("phường", "xã", "thị trấn", "đặc khu")
DISTRICT = ("quận", "huyện", "thị xã", "thành phố")
SHORTEST_GLUED = 4
"""Letters of a name written in one: sapa, axan."""
_FARM = "Nông trường "
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV", "5": "V", "6": "VI", "7": "VII", "8": "VIII", "9": "IX"}
_ARABIC = {roman: arabic for arabic, roman in _ROMAN.items()}


class Entry(NamedTuple):
    """What one name can mean. ``units`` are the codes of today's units it leads to; a province names none."""

    level: Level
    kind: str
    name: str
    province: str
    units: tuple[str, ...] = ()
    district: str | None = None
    also: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.kind} {self.name}"


Named = tuple[str, Entry]
"""An entry, and the name of it that was found."""


class Names:
    """Entries by the comparable form of their names."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_key: dict[Key, list[Named]] = defaultdict(list)
        self._glued: dict[str, list[Named]] = defaultdict(list)
        self.by_province: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            self.by_province[entry.province].append(entry)
            for name in (entry.name, *entry.also):
                self._add(name_key(name), (name, entry))

    def _add(self, key: Key, named: Named) -> None:
        self._by_key[key].append(named)
        if len(key) > 1:
            self._glued["".join(key)].append(named)

    def find(self, key: Key) -> list[Named]:
        """The entries called ``key``; a word written in one (``hanoi``, ``mgar``) counts as its syllables."""
        exact = self._by_key.get(key)
        if exact:
            return exact
        joined = "".join(key)
        glued = self._glued.get(joined, [])
        if len(key) == 1:
            return glued if len(joined) >= SHORTEST_GLUED else []
        return [named for named in glued if "'" in named[0] or "-" in named[0]]


def all_entries(
    units: Iterable[Unit], former: Iterable[Former], districts: Iterable[District], provinces: Iterable[Province]
) -> Iterator[Entry]:
    """Everything that has a name."""
    towns = {district.code: district for district in districts}
    reached: dict[str, Counter[str]] = defaultdict(Counter)
    for unit in units:
        yield Entry("unit", unit.kind, unit.name, unit.province, (unit.code,), None, _also(unit.name))
    for old in former:
        reached[old.district].update(old.now)
        if old.kind in COMMUNE:
            home = towns[old.district].province
            yield Entry("former", old.kind, old.name, home, old.now, old.district, _also(old.name))
    for town in towns.values():
        most_first = tuple(code for code, _ in reached[town.code].most_common())
        yield Entry(
            "district", town.kind, town.name, town.province, most_first, town.code, town.also + _also(town.name)
        )
    for province in provinces:
        yield Entry("province", province.kind, province.name, province.code, (), None, province.also)
        for name in province.former:
            yield Entry("province", "tỉnh", name, province.code, (), name)


def lies_in(entry: Entry, other: Entry) -> bool:
    """Whether ``entry`` lies in ``other``, or is another name of it."""
    if other.level == "province":
        return entry.province == other.province
    if other.level == "former":
        return entry == other
    if other.level == "district" and entry.level == "former":
        return entry.district == other.district or set(entry.units) <= set(other.units)
    return bool(set(entry.units) & set(other.units))


def _also(name: str) -> tuple[str, ...]:
    """Shorter and other ways to write ``name``: “Phan Rang”, “ward 4” for “IV”, the place of a state farm."""
    if " - " in name:
        return (name.split(" - ")[0],)
    if name.startswith(_FARM):
        return (name.removeprefix(_FARM),)
    number = _ROMAN.get(name) or _ARABIC.get(name)
    return (number,) if number else ()
