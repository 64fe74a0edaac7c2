"""The one object the running program holds: the database, and the snapshot that answers are made from."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from knowledge.calendar import Clock, now
from knowledge.chats import Chats
from knowledge.db import migrate, open_engine
from knowledge.dossiers.vault import Vault
from knowledge.files import DATA, Problem, RecordError, read_all
from knowledge.importers.dossiers import read_dossiers
from knowledge.not_ours import read_not_ours
from knowledge.record import Record
from knowledge.snapshot import Snapshot, build_snapshot
from knowledge.standing import Noticeboard, Standing
from knowledge.store import Store


class Knowledge:
    """Opens the database, makes it ready, and keeps :attr:`snapshot` at the published version."""

    def __init__(
        self, engine: AsyncEngine, clock: Clock = now, snapshot: Snapshot | None = None, cache: Path | None = None
    ) -> None:
        """``snapshot`` is one built before from the same database, to start without building it again;
        ``cache`` a folder in which the index keeps what it learnt, for the next start."""
        self.engine = engine
        self.store = Store(engine)
        self.chats = Chats(engine)
        self.noticeboard = Noticeboard(engine)
        self.standing = Standing()
        self.clock = clock
        self._snapshot = snapshot
        self._cache = cache
        self._refreshing = asyncio.Lock()

    @classmethod
    async def open(
        cls,
        url: str,
        clock: Clock = now,
        cache: Path | None = None,
        snapshot: Snapshot | None = None,
        secret: str = "",
    ) -> Knowledge:
        """The knowledge base in the database at ``url``; a new, empty database is filled first. With a ``snapshot``
        of it the database is known to be ready. With a ``secret`` the samples can be asked for their second fact."""
        if snapshot:
            knowledge = cls(open_engine(url), clock, snapshot, cache)
        else:
            knowledge = await cls.prepare(url, clock, cache, secret)
        await knowledge.refresh()
        return knowledge

    @classmethod
    async def prepare(cls, url: str, clock: Clock = now, cache: Path | None = None, secret: str = "") -> Knowledge:
        """Like :meth:`open`, without the snapshot: for work on the records that answers no question."""
        knowledge = cls(open_engine(url), clock, cache=cache)
        await migrate(knowledge.engine)
        await knowledge.seed(Vault(secret))
        return knowledge

    @property
    def snapshot(self) -> Snapshot:
        """What is published, as of the last :meth:`refresh`."""
        if self._snapshot is None:
            raise RuntimeError("the knowledge base has not been loaded yet")
        return self._snapshot

    @property
    def loaded(self) -> bool:
        return self._snapshot is not None

    async def seed(self, vault: Vault | None = None) -> list[str]:
        """Bring in this release's files, and the sample dossiers on the first start.

        Returns the slugs that the staff changed and the release changed too: they stay as the staff left them.

        Raises:
            RecordError: a file of this release is broken.
        """
        first_time = await self.store.version() == 0
        records, problems = await asyncio.to_thread(read_all)
        _refuse(problems)
        _, conflicts = await self.store.seed(records)
        if first_time:
            samples = read_dossiers(DATA / "dossiers-sample.csv", self.clock(), vault)
            await self.store.put_dossiers(samples.dossiers)
        return conflicts

    async def refresh(self) -> bool:
        """Swap the snapshot if the published version or the day has moved; whether it was swapped."""
        async with self._refreshing:
            self.standing = await self.noticeboard.read(self.clock())
            today = self.clock().date()
            current = self._snapshot
            if current and current.day == today and current.version == await self.store.version():
                return False
            version, records = await self.store.records()
            # Building takes CPU for a while: in a thread, so that answers go on meanwhile.
            self._snapshot = await asyncio.to_thread(
                build_snapshot, version, today, records, read_not_ours(), self._cache
            )
            return True

    async def publish(self, records: Sequence[Record]) -> Snapshot:
        """Write ``records`` as the staff's own and answer from them at once."""
        await self.store.publish(records)
        await self.refresh()
        return self.snapshot

    async def close(self) -> None:
        await self.store.close()


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise RecordError(problems)
