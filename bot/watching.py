"""The two loops behind “Báo cho tôi”: one looks at watched dossiers, the other sends what it found."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from prometheus_client import Counter

from handlers.dossier_text import describe
from handlers.messages import Reply, say
from handlers.texts import dossier as words
from knowledge.calendar import Clock, in_vietnam
from knowledge.dossiers import DossierCode, Found, LookUp, find_codes
from knowledge.dossiers.notices import NewNotice
from knowledge.dossiers.schedule import Before, after_failure, fingerprint, is_over, news, next_look
from knowledge.dossiers.services import DossierServices

TICK_SECONDS = 10.0
AT_A_TICK = 20
AT_ONCE = 5
MOST_FAILURES = 60
"""About two weeks of trying; then the person is told that we no longer try."""
RESEND_PAUSE = timedelta(minutes=1)

log = structlog.get_logger()
LOOKS = Counter("motcua_watch_looks_total", "Looks at watched dossiers", ["outcome"])
NOTICES = Counter("motcua_notices_total", "Notices of watched dossiers", ["channel", "outcome"])

Send = Callable[[str, Reply], Awaitable[None]]
"""Sends a reply to an address of one channel. Raises when it did not arrive."""


class NeverArrivesError(Exception):
    """Raised by a :data:`Send` when trying again is useless: the person blocked us or is gone."""


class WindowClosedError(Exception):
    """Raised by a :data:`Send` when the channel lets us write only after the person has written again."""


@dataclass(frozen=True)
class _Look:
    """One watched dossier in hand."""

    row: Any
    claim: str
    code: DossierCode
    now: datetime


class Watcher:
    """Looks at watched dossiers that are due. Any number of workers may run one."""

    def __init__(self, services: DossierServices, dossiers: LookUp, clock: Clock) -> None:
        self._services = services
        self._dossiers = dossiers
        self._clock = clock
        self._room = asyncio.Semaphore(AT_ONCE)

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
        text = self._services.vault.open(row.code)
        codes = find_codes(text, now.date()) if text else []
        if not codes:
            # The key was changed: nobody can read this watch any more.
            await self._services.watches.finish(row.id, claim, None)
            return
        look = _Look(row, claim, codes[0], now)
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
            lost = self._sealed(look, "lost", words.NEWS["lost"].format(code=look.code.text))
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
        return self._sealed(look, mark, "\n".join(part for part in (words.NEWS[kind], told, end) if part))

    def _sealed(self, look: _Look, mark: str, text: str) -> NewNotice:
        row = look.row
        window = self._services.windows.get(row.channel)
        not_after = in_vietnam(row.heard_at) + window if window else None
        sealed = self._services.vault.seal(text)
        # Not the row's number: SQLite gives a deleted row's number to a later one.
        began = int(in_vietnam(row.created_at).timestamp() * 1000)
        return NewNotice(
            f"{row.mark[:24]}:{began}:{mark}", row.chat, row.channel, row.address, sealed, look.now, not_after
        )


class NoticeSender:
    """Sends notices, each over the channel that the person asked on."""

    def __init__(self, services: DossierServices, senders: Mapping[str, Send], clock: Clock) -> None:
        self._services = services
        self._senders = senders
        self._clock = clock

    async def run_once(self) -> int:
        """Send what is due now; returns how many arrived."""
        if not self._senders:
            return 0
        now = self._clock()
        claim, rows = await self._services.notices.claim(now, list(self._senders), AT_A_TICK)
        return sum([await self._send(row, claim, now) for row in rows])

    async def _send(self, row: Any, claim: str, now: datetime) -> bool:
        vault, notices = self._services.vault, self._services.notices
        address, text = vault.open(row.address), vault.open(row.text)
        if address is None or text is None:
            await notices.failed(row.id, claim, None)
            return False
        try:
            await self._senders[row.channel](address, say(text))
        except NeverArrivesError:
            await notices.failed(row.id, claim, None)
            await self._services.watches.remove(row.chat)
            NOTICES.labels(row.channel, "never").inc()
            return False
        except WindowClosedError:
            await notices.wait(row.id, claim, now)
            NOTICES.labels(row.channel, "waits").inc()
            return False
        except Exception as error:
            log.warning("notice not sent", channel=row.channel, exc_info=error)
            await notices.failed(row.id, claim, now + RESEND_PAUSE * (1 << row.tries))
            NOTICES.labels(row.channel, "failed").inc()
            return False
        await notices.sent(row.id, claim, now)
        NOTICES.labels(row.channel, "sent").inc()
        return True


def _share(mark: str) -> float:
    return int(mark[:8], 16) / 0xFFFFFFFF
