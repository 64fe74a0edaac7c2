"""From the places a text speaks of to the units of today they can mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.places.entries import COMMUNE, Entry, Level, lies_in
from knowledge.places.mentions import Mention
from knowledge.places.tables import District, Province, Unit


@dataclass(frozen=True, slots=True)
class Found:
    """What a text says about a place.

    ``units`` are the units it can be, the likeliest first: one is an answer, several are to be asked about,
    none means that only a ``province`` was named. ``said`` is the name as we understood it. ``rest`` is the
    text without the names. ``also_old`` warns that an old place of the same name leads elsewhere, ``elsewhere``
    that other provinces have places of that name too. ``old_province`` is the old one that was named.
    """

    units: tuple[Unit, ...]
    said: str
    level: Level
    province: Province
    rest: str
    also_old: bool = False
    elsewhere: bool = False
    old_province: str | None = None


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
    narrowed = list(meant.entries)
    for context in contexts:
        narrowed = _within(context, narrowed) or narrowed
    named = len(narrowed) < len(meant.entries) or _names_area(contexts, narrowed)
    if contexts and not named:
        narrowed = [entry for context in contexts for entry in _within(context, list(meant.near))]
        if not narrowed and _contradict(meant, contexts):
            # “phường Hồng Hải, Nam Định”: there is none, so the town is all we know for certain.
            return resolve(contexts, home, tables, rest)
        named, narrowed = bool(narrowed), narrowed or list(meant.entries)
    if not named:
        narrowed = _at_home(narrowed, meant.kind, home)
    old = meant.old or any(_is_old_area(context) for context in contexts)
    chosen = _chosen(narrowed, meant.kind, old)
    kept = _of_the_town(chosen, home) if meant.kind is None else chosen
    return replace(_found(kept, narrowed, tables, rest), elsewhere=len(kept) < len(chosen))


def _within(context: Mention, entries: list[Entry]) -> list[Entry]:
    return [entry for entry in entries if any(lies_in(entry, other) for other in context.entries)]


def _contradict(meant: Mention, contexts: list[Mention]) -> bool:
    """Whether one place was named as part of another in which there is none of that name."""
    linked = contexts[0].linked or (meant.linked and meant.start > contexts[0].start)
    areas = {entry.province for context in contexts for entry in context.entries}
    return linked and not any(entry.province in areas for entry in meant.entries)


def _of_the_town(chosen: list[Entry], home: str) -> list[Entry]:
    """A bare name means the old town of that name, rather than a commune of another province: Hà Đông."""
    towns = [entry for entry in chosen if entry.level == "district"]
    known = {code for town in towns for code in town.units}
    return [e for e in chosen if not towns or e.level != "unit" or e.province == home or e.units[0] in known]


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


def _names_area(contexts: Iterable[Mention], narrowed: list[Entry]) -> bool:
    return any(lies_in(entry, other) for context in contexts for other in context.entries for entry in narrowed)


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
    province, old_province = tables.provinces[chosen[0].province], chosen[0].district if level == "province" else None
    return Found(units, _said(chosen, tables), level, province, rest, also_old, old_province=old_province)


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
