"""From the places a text speaks of to the units of today they can mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.places.entries import COMMUNE, Entry, Level
from knowledge.places.mentions import Mention
from knowledge.places.tables import District, Province, Unit


@dataclass(frozen=True, slots=True)
class Found:
    """What a text says about a place.

    ``units`` are the units it can be, the likeliest first: one is an answer, several are to be asked about,
    none means that only a ``province`` was named. ``said`` is the name as we understood it. ``rest`` is the
    text without the names. ``also_old`` warns that an old place of the same name leads elsewhere.
    """

    units: tuple[Unit, ...]
    said: str
    level: Level
    province: Province
    rest: str
    also_old: bool = False


@dataclass(frozen=True)
class Tables:
    """What resolving looks things up in."""

    units: Mapping[str, Unit]
    provinces: Mapping[str, Province]
    districts: Mapping[str, District]


def resolve(mentions: Sequence[Mention], home: str, tables: Tables, rest: str) -> Found | None:
    """The units that ``mentions`` can mean; those of the province ``home`` where they are enough."""
    if not mentions:
        return None
    meant = _target(mentions)
    contexts = [mention for mention in mentions if mention is not meant]
    entries = narrowed = list(meant.entries)
    for context in contexts:
        inside = [entry for entry in narrowed if any(_inside(entry, other) for other in context.entries)]
        narrowed = inside or narrowed
    named = len(narrowed) < len(entries) or _names_area(contexts, narrowed)
    if not named:
        narrowed = _at_home(narrowed, meant.kind, home)
    old = meant.old or any(_is_old_area(context) for context in contexts)
    chosen = _chosen(narrowed, meant.kind, old)
    return _found(chosen, narrowed, tables, rest)


def _at_home(entries: list[Entry], kind: str | None, home: str) -> list[Entry]:
    """Those of the home province, unless the name alone is better known as another province's: Hòa Bình."""
    near = [entry for entry in entries if entry.province == home]
    provinces = [entry for entry in entries if entry.level == "province"]
    if kind is None and provinces and all(entry.level == "former" for entry in near):
        return provinces
    return near or entries


def _target(mentions: Sequence[Mention]) -> Mention:
    """The most exact place named: a commune before a district before a province, the first of its rank."""

    def rank(mention: Mention) -> int:
        levels = {entry.level for entry in mention.entries}
        if mention.kind in COMMUNE:
            return 0
        if mention.kind is None and levels <= {"unit", "former"}:
            return 1
        return 2 if "province" not in levels else 3 if mention.kind is None else 4

    return min(mentions, key=rank)


def _inside(entry: Entry, other: Entry) -> bool:
    """Whether ``entry`` lies in ``other``, or is another name of it."""
    if other.level == "province":
        return entry.province == other.province
    if other.level == "district" and entry.level == "former":
        return entry.district == other.district or set(entry.units) <= set(other.units)
    return bool(set(entry.units) & set(other.units))


def _names_area(contexts: Iterable[Mention], narrowed: list[Entry]) -> bool:
    return any(_inside(entry, other) for context in contexts for other in context.entries for entry in narrowed)


def _is_old_area(context: Mention) -> bool:
    return context.old or all(entry.level == "district" for entry in context.entries)


def _chosen(entries: list[Entry], kind: str | None, old: bool) -> list[Entry]:
    """The entries of the most fitting sort, in the order in which people mean them."""
    steps: list[Callable[[Entry], bool]]
    if kind in COMMUNE:
        steps = [
            lambda e: e.level == "unit" and e.kind == kind,
            lambda e: e.level == "former" and e.kind == kind,
            lambda e: e.level in ("unit", "former"),
        ]
        if old:
            steps = [steps[1], lambda e: e.level == "former", *steps]
    elif kind is not None:
        steps = [lambda e: e.kind == kind, lambda e: e.level == "district"]
        if kind == "thành phố":
            steps = [lambda e: e.level == "district" and e.kind == kind, lambda e: e.level == "province", *steps]
    else:
        steps = [
            lambda e: e.level in ("district", "unit") and not old,
            lambda e: e.level == "district",
            lambda e: e.level == "province",
            lambda e: e.level == "former",
        ]
        if old:  # “Hà Giang cũ” is the province that is no more, “Lạng Sơn cũ” the town
            steps = [lambda e: e.level == "province" and e.district is not None, *steps]
        elif any(e.level == "province" for e in entries):
            steps = [lambda e: e.level == "province", *steps]
    return next((fit for step in steps if (fit := [e for e in entries if step(e)])), entries)


def _found(chosen: list[Entry], narrowed: list[Entry], tables: Tables, rest: str) -> Found:
    codes = dict.fromkeys(code for entry in chosen for code in entry.units)
    units = tuple(tables.units[code] for code in codes)
    others = {code for entry in narrowed if entry.level == "former" for code in entry.units}
    level = _level(chosen)
    also_old = level == "unit" and bool(others - set(codes))
    return Found(units, _said(chosen, tables), level, tables.provinces[chosen[0].province], rest, also_old)


def _level(chosen: list[Entry]) -> Level:
    levels = {entry.level for entry in chosen}
    order: tuple[Level, ...] = ("district", "former", "unit", "province")
    return next(level for level in order if level in levels)


def _said(chosen: list[Entry], tables: Tables) -> str:
    """The name of the place as an answer repeats it."""
    first = next((e for e in chosen if e.level == "district"), chosen[0])
    if first.level == "unit":
        return first.label
    if first.level == "province":
        return f"{first.label} cũ" if first.district else first.label
    towns = {entry.district for entry in chosen}
    if first.level == "district":
        return f"{first.label} cũ" if len(towns) == 1 else f"{first.kind} {first.name} cũ"
    if len(towns) == 1 and first.district:
        return f"{first.label} ({tables.districts[first.district].label} cũ)"
    return f"{first.label} cũ"
