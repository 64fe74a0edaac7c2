"""The loop behind “Báo cho tôi”: looks at watched dossiers and posts what it finds."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from prometheus_client import Counter

from bot.envelope import Envelope
from handlers.dossier_text import describe
from handlers.messages import pack, say
from handlers.texts import dossier as words
from knowledge.calendar import Clock
from knowledge.dossiers import DossierCode, Found, LookUp, find_codes
from knowledge.dossiers.notices import NewNotice
from knowledge.dossiers.schedule import Before, after_failure, fingerprint, is_over, news, next_look
from knowledge.dossiers.services import DossierServices

TICK_SECONDS = 10.0
AT_A_TICK = 20
AT_ONCE = 5
MOST_FAILURES = 60
"""About two weeks of trying; then the person is told that we no longer try."""

log = structlog.get_logger()
LOOKS = Counter("motcua_watch_looks_total", "Looks at watched dossiers", ["outcome"])


@dataclass(frozen=True)
class _Look:
    """One watched dossier in hand."""

    row: Any
    claim: str
    code: DossierCode
    address: str
    now: datetime


class Watcher:
    """Looks at watched dossiers that are due. Any number of workers may run one."""

    def __init__(self, services: DossierServices, dossiers: LookUp, clock: Clock) -> None:
        self._services = services
        self._dossiers = dossiers
        self._clock = clock
        self._room = asyncio.Semaphore(AT_ONCE)
        self._envelope = Envelope(services.vault)

    async def run_once(self) -> int:
        """Look at what is due now; returns how many dossiers that were."""
        if not self._services.vault.on:
            return 0
        now = self._clock()
        claim, rows = await self._services.watches.claim(now, AT_A_TICK)
        await asyncio.gather(*(self._look_safely(row, claim, now) for row in rows))
        return len(rows)

    async def _look_safely(self, row: Any, claim: str, now: datetime) -> None:
        try:
            async with self._room:
                await self._look(row, claim, now)
        except Exception as error:
            # The claim runs out and the watch is looked at again: nothing is lost.
            log.error("watch failed", exc_info=error)

    async def _look(self, row: Any, claim: str, now: datetime) -> None:
        vault = self._services.vault
        text, address = vault.open(row.code), vault.open(row.address)
        codes = find_codes(text, now.date()) if text else []
        if not codes or address is None:
            # The key was changed: nobody can read this watch any more.
            await self._services.watches.finish(row.id, claim, None)
            return
        look = _Look(row, claim, codes[0], address, now)
        found = await self._dossiers.find(look.code)
        LOOKS.labels(found.error or ("found" if found.dossier else "unknown")).inc()
        if found.dossier is None:
            await self._failed(look)
        elif row.once:
            await self._end(look, [self._notice(look, "answered", "answered", found)])
        else:
            await self._compare(look, found)

    async def _failed(self, look: _Look) -> None:
        failures = look.row.failures + 1
        if failures >= MOST_FAILURES:
            lost = self._news(look, "lost", words.NEWS["lost"].format(code=look.code.text))
            await self._end(look, [lost])
            return
        next_at = after_failure(failures, look.now, _share(look.row.mark))
        await self._services.watches.finish(look.row.id, look.claim, {"failures": failures, "next_at": next_at})

    async def _compare(self, look: _Look, found: Found) -> None:
        dossier, row = found.dossier, look.row
        if dossier is None:
            return
        today = look.now.date()
        fresh = news(Before(row.seen, row.since, tuple(row.told)), dossier, today)
        notices = [self._notice(look, one.kind, one.mark, found) for one in fresh]
        if is_over(dossier):
            await self._end(look, notices)
            return
        changes = {
            "seen": fingerprint(dossier),
            "state": dossier.state,
            "since": row.since if dossier.state == row.state else today,
            "due_on": dossier.due_on,
            "told": [*row.told, *(one.mark for one in fresh)],
            "failures": 0,
            "next_at": next_look(dossier, look.now, _share(row.mark)),
        }
        await self._services.watches.finish(row.id, look.claim, changes, notices)

    async def _end(self, look: _Look, notices: list[NewNotice]) -> None:
        await self._services.watches.finish(look.row.id, look.claim, None, notices)

    def _notice(self, look: _Look, kind: str, mark: str, found: Found) -> NewNotice:
        over = found.dossier is not None and (is_over(found.dossier) or look.row.once)
        end = words.NEWS_END if over and not look.row.once else ("" if over else words.NEWS_STOP)
        told = describe(found, look.code, look.now.date())
        return self._news(look, mark, "\n".join(part for part in (words.NEWS[kind], told, end) if part))

    def _news(self, look: _Look, mark: str, text: str) -> NewNotice:
        row = look.row
        window = self._services.windows.get(row.channel)
        _, (payload,) = self._envelope.close_for(look.address, pack(say(text)))
        return NewNotice(f"{row.mark[:24]}:{mark}", row.chat, row.channel, payload, look.now, window)


def _share(mark: str) -> float:
    return int(mark[:8], 16) / 0xFFFFFFFF
