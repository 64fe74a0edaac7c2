"""Every read and write of the database, as named methods."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import date

from sqlalchemy import func, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlmodel import col, delete, select

from knowledge.db import one_at_a_time
from knowledge.models import (
    ONE_ROW,
    Dossier,
    Entry,
    EntryCode,
    KnowledgeVersion,
    Phrase,
)
from knowledge.record import Record

BATCH = 500
FIELD_LENGTH = 80


def fingerprint(record: Record) -> str:
    """A hash of everything in ``record``: two records are the same when it is."""
    return hashlib.sha256(record.model_dump_json(exclude_defaults=True).encode()).hexdigest()


LASTING = ("field", "channel", "owner", "phone_mark", "birth_mark")


class Store:
    """The database. Each method is one transaction of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @asynccontextmanager
    async def _write(self) -> AsyncIterator[AsyncSession]:
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    @asynccontextmanager
    async def _read(self) -> AsyncIterator[AsyncSession]:
        # A reader that said so does not wait for SQLite's write lock.
        async with self._engine.connect() as connection:
            await connection.execution_options(read_only=True)
            async with AsyncSession(bind=connection, expire_on_commit=False) as session:
                yield session

    async def close(self) -> None:
        await self._engine.dispose()

    async def ping(self) -> None:
        """Raise if the database cannot be reached."""
        async with self._read() as session:
            await session.execute(text("SELECT 1"))

    # Knowledge

    async def version(self) -> int:
        """The number of the published knowledge base; 0 for an empty one."""
        async with self._read() as session:
            row = await session.get(KnowledgeVersion, ONE_ROW)
            return row.version if row else 0

    async def records(self) -> tuple[int, list[Record]]:
        """The published version and its records, read together."""
        async with self._read() as session:
            row = await session.get(KnowledgeVersion, ONE_ROW)
            contents = (await session.execute(select(Entry.content).order_by(col(Entry.slug)))).scalars()
            return row.version if row else 0, [Record.model_validate(content) for content in contents]

    async def seed(self, records: Iterable[Record]) -> tuple[list[str], list[str]]:
        """Bring in the records of this release. Entries that the staff changed stay as they are.

        Returns the slugs written, and those left alone although the release has a newer text.
        """
        changed: list[tuple[Record, str]] = []
        conflicts: list[str] = []
        async with self._write() as session:
            await (await session.connection()).run_sync(one_at_a_time)  # workers that start together
            query = select(Entry.slug, Entry.seeded, Entry.edited)
            present = {slug: (seeded, edited) for slug, seeded, edited in (await session.execute(query)).all()}
            for record in records:
                seeded, edited = present.get(record.slug, (None, False))
                mark = fingerprint(record)
                if seeded == mark:
                    continue
                if edited:
                    conflicts.append(record.slug)
                    continue
                changed.append((record, mark))
            if changed:
                await _put_all(session, [(record, mark, False) for record, mark in changed])
                await _bump(session)
        return [record.slug for record, _ in changed], conflicts

    async def publish(self, records: Sequence[Record]) -> int:
        """Write ``records`` as the staff's own; returns the new version number."""
        return await self.put(records, edited=[record.slug for record in records])

    async def put(
        self, records: Sequence[Record], *, edited: Collection[str] = (), progress: Callable[[int], None] | None = None
    ) -> int:
        """Write ``records`` all together; those in ``edited`` as the staff's own. Returns the new version number.

        ``progress`` is told how many more have been written, after each batch.
        """
        async with self._write() as session:
            for start in range(0, len(records), BATCH):
                batch = records[start : start + BATCH]
                slugs = [record.slug for record in batch]
                query = select(Entry.slug, Entry.seeded).where(col(Entry.slug).in_(slugs))
                seeded = {row.slug: row.seeded for row in await session.execute(query)}
                await _put_all(session, [(r, seeded.get(r.slug), r.slug in edited) for r in batch])
                if progress:
                    progress(len(batch))
            return await _bump(session)

    async def entries(self) -> list[tuple[Record, bool]]:
        """All entries in the order of their slugs, each with whether the staff edited it."""
        query = select(Entry.content, Entry.edited).order_by(col(Entry.slug))
        async with self._read() as session:
            rows = (await session.execute(query)).all()
        return [(Record.model_validate(content), edited) for content, edited in rows]

    async def level_counts(self) -> list[tuple[str, str, int]]:
        """(level, tier, how many procedures), as the yearly reports count them."""
        query = (
            select(col(Entry.level), col(Entry.tier), func.count())
            .where(col(Entry.kind) == "procedure")
            .group_by(col(Entry.level), col(Entry.tier))
            .order_by(col(Entry.level), col(Entry.tier))
        )
        async with self._read() as session:
            rows = (await session.execute(query)).all()
        return [(level or "", tier or "", count) for level, tier, count in rows]

    # Dossiers

    async def dossier(self, code: str) -> Dossier | None:
        async with self._read() as session:
            return await session.get(Dossier, code)

    async def put_dossiers(self, dossiers: Iterable[Dossier]) -> int:
        """Write or replace ``dossiers`` by their code; returns how many.

        An export without the column of a lasting fact (the field, who filed it) does not wipe that fact out.
        """
        count = 0
        async with self._write() as session:
            for dossier in dossiers:
                known = await session.get(Dossier, dossier.code)
                for name in LASTING if known else ():
                    setattr(dossier, name, getattr(dossier, name) or getattr(known, name))
                await session.merge(dossier)
                count += 1
        return count

    async def dossiers(self, received_until: date) -> list[Dossier]:
        """All dossiers received up to a day, for the office's report."""
        query = select(Dossier).where(col(Dossier.received_on) <= received_until)
        async with self._read() as session:
            return list((await session.execute(query)).scalars())


async def _bump(session: AsyncSession) -> int:
    row = await session.get(KnowledgeVersion, ONE_ROW, with_for_update=True) or KnowledgeVersion()
    row.version += 1
    session.add(row)
    return row.version


async def _put_all(session: AsyncSession, items: Sequence[tuple[Record, str | None, bool]]) -> None:
    """Write or replace (record, seeded, edited) with their phrases and codes, in a few statements for all of them."""
    for start in range(0, len(items), BATCH):
        # Deleting first, in batches below SQLite's limit of parameters, costs less than asking for each row.
        slugs = [record.slug for record, _, _ in items[start : start + BATCH]]
        for table in (Phrase, EntryCode, Entry):
            await session.execute(delete(table).where(col(table.slug).in_(slugs)))
    session.add_all(_entry(record, seeded, edited) for record, seeded, edited in items)
    await session.flush()
    for record, _, _ in items:
        session.add_all(Phrase(slug=record.slug, text=question) for question in record.questions)
        session.add_all(_codes(record))


def _codes(record: Record) -> list[EntryCode]:
    codes: dict[str, tuple[str, str]] = {other.code: (other.relation, other.note) for other in record.other_codes}
    if record.code:
        codes[record.code] = ("current", "")
    return [
        EntryCode(code=code, slug=record.slug, relation=relation, note=note) for code, (relation, note) in codes.items()
    ]


def _entry(record: Record, seeded: str | None, edited: bool) -> Entry:
    return Entry(
        slug=record.slug,
        kind=record.kind,
        name=record.name,
        code=record.code,
        # The column is for counting; the whole name, however long a ministry made it, is in the content.
        field=record.field[:FIELD_LENGTH],
        tier=record.tier,
        agency=record.agency.name if record.agency else None,
        level=record.level.name if record.level else None,
        old_level=record.level.old if record.level else None,
        online_only=record.online_only,
        on_national_portal=record.on_national_portal,
        on_the_spot=record.on_the_spot,
        effective_from=record.effective_from,
        effective_to=record.effective_to,
        checked_on=record.checked_on,
        confidence=record.confidence,
        content=record.model_dump(mode="json", exclude_defaults=True),
        seeded=seeded,
        edited=edited,
    )
