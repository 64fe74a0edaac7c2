"""The published knowledge base in memory: immutable, swapped whole when the version or the day moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from knowledge.by_name import Examples, Names
from knowledge.record import Record
from knowledge.understanding import Index, NotOurs


@dataclass(frozen=True, repr=False)  # asyncio.run writes down a task with its result, for nobody: 0.1 s of each start
class Snapshot:
    """Records as they stand on ``day``, and the index that finds them."""

    version: int
    day: date
    records: Mapping[str, Record]
    codes: Mapping[str, tuple[str, str | None]]
    index: Index
    pointers: Mapping[str, str]

    @cached_property
    def procedures(self) -> list[Record]:
        """The entries that are procedures, in the order of their slugs."""
        return [record for record in self.records.values() if record.kind == "procedure"]

    @cached_property
    def names(self) -> Names:
        """The entries by their names."""
        return Names(self.records.values())

    @cached_property
    def examples(self) -> Examples:
        """The example questions of the general entries."""
        return Examples(self.records.values())

    def record(self, slug: str | None) -> Record | None:
        """The entry called ``slug``, if there is one."""
        return self.records.get(slug) if slug else None

    def pointer(self, topic: str) -> str:
        """Whom to ask about a topic that is not ours."""
        return self.pointers.get(topic, "")

    def near(self, record: Record) -> list[Record]:
        """Procedures easily confused with ``record`` or usually done beside it."""
        slugs = [confused.slug for confused in record.confused] + list(record.related)
        return [self.records[slug] for slug in dict.fromkeys(slugs) if slug in self.records]


def build_snapshot(
    version: int,
    day: date,
    records: Iterable[Record],
    not_ours: Iterable[NotOurs] = (),
    cache: Path | None = None,
) -> Snapshot:
    """The snapshot of ``records`` for ``day``; entries not in force on that day are left out.

    ``cache`` is a folder in which the index keeps what it learnt, for the next start.
    """
    current = [record.on(day) for record in records]
    in_force = {r.slug: r for r in sorted(current, key=lambda r: r.slug) if _holds(r, day)}
    codes: dict[str, tuple[str, str | None]] = {}
    for record in in_force.values():
        for other in record.other_codes:
            codes.setdefault(other.code, (record.slug, other.note))
    codes |= {record.code: (record.slug, None) for record in in_force.values() if record.code}
    topics = list(not_ours)
    index = Index.build(list(in_force.values()), topics, cache=cache)
    pointers = {topic.topic: topic.pointer for topic in topics}
    return Snapshot(
        version, day, MappingProxyType(in_force), MappingProxyType(codes), index, MappingProxyType(pointers)
    )


def _holds(record: Record, day: date) -> bool:
    began = record.effective_from is None or record.effective_from <= day
    return began and (record.effective_to is None or day <= record.effective_to)
