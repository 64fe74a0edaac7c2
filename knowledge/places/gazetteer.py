"""The one object that answers questions about places."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path

from knowledge.places.entries import Names, all_entries
from knowledge.places.mentions import Mention, read_mentions
from knowledge.places.names import Token, readable, word_key
from knowledge.places.nearest import Near, nearest
from knowledge.places.offices import Office, office_place, read_offices
from knowledge.places.resolve import Found, Tables, resolve
from knowledge.places.tables import (
    FOLDER,
    District,
    Province,
    Unit,
    read_districts,
    read_former,
    read_provinces,
    read_units,
)
from knowledge.places.words import PLACE_WORDS

_LEADING = frozenset(map(word_key, PLACE_WORDS))


class Places:
    """Units, old units, old districts and provinces, found by what people call them. Immutable."""

    def __init__(self, folder: Path = FOLDER) -> None:
        districts = read_districts(folder)
        self.former = read_former(folder)
        self._tables = Tables(
            {unit.code: unit for unit in read_units(folder)},
            {province.code: province for province in read_provinces(folder)},
            {district.code: district for district in districts},
        )
        self.units = self._tables.units
        self.provinces = self._tables.provinces
        self.districts = self._tables.districts
        self._names = Names(all_entries(self.units.values(), self.former, districts, self.provinces.values()))
        self._offices: dict[tuple[str, str], list[Office]] = defaultdict(list)
        for office in read_offices(folder):
            self._offices[office.place, office.kind].append(office)

    def find(self, text: str, province: str) -> Found | None:
        """The place ``text`` speaks of, if any; places of the province ``province`` come first. Never raises."""
        text = readable(text)
        mentions, words = read_mentions(text, self._names, province)
        return resolve(mentions, province, self._tables, _without(text, mentions, words)) if mentions else None

    def unit(self, code: str | None) -> Unit | None:
        """The unit with that code."""
        return self.units.get(code) if code else None

    def province_of(self, unit: Unit) -> Province:
        return self.provinces[unit.province]

    def old_district(self, unit: Unit) -> District | None:
        """The old district most of ``unit`` belonged to; tells apart units of one name."""
        towns = self._towns.get(unit.code)
        return self.districts[towns.most_common(1)[0][0]] if towns else None

    @cached_property
    def _towns(self) -> dict[str, Counter[str]]:
        """Of each unit, how many of its old communes belonged to which old district."""
        towns: dict[str, Counter[str]] = defaultdict(Counter)
        for old in self.former:
            for code in old.now:
                towns[code][old.district] += 1
        return towns

    def nearest(self, lat: float, lon: float, n: int = 3) -> list[Near]:
        """The ``n`` units whose centres are nearest; none outside Vietnam."""
        return nearest(self.units.values(), lat, lon, n)

    def offices(self, kind: str, unit: Unit) -> list[Office]:
        """What is written down about the offices of ``kind`` that serve ``unit``; often nothing."""
        return self._offices.get((office_place(kind, unit), kind), [])

    def offices_of(self, province: Province) -> list[Office]:
        """What is written down about the offices for the whole of ``province``."""
        return [office for (place, _), known in self._offices.items() if place == province.code for office in known]


def _without(text: str, mentions: Sequence[Mention], words: Sequence[Token]) -> str:
    """``text`` without the names of places and the “ở” before them."""
    kept, position = [], 0
    for mention in mentions:
        start, end = mention.start, mention.end
        if start and words[start - 1].key in _LEADING:
            start -= 1
        if mention.old:
            end += 1
        kept.append(text[position : max(position, words[start].start)])
        position = words[end - 1].end
    return " ".join(" ".join([*kept, text[position:]]).replace(" ,", " ").split())


@cache
def load_places() -> Places:
    """All places; read from the files once (about a tenth of a second), at start-up."""
    return Places()
