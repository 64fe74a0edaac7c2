"""Access to a Zalo Official Account: a token that works, refreshed early, once, and never by two at a time.

A new pair is written down before it is used (``knowledge.zalo_tokens``). What can go wrong is that Zalo spends the
refresh token and we die before its answer is on the disk: nobody can mend that from outside. But a token is refreshed
when a third of its life is left, so in that case the old access token still works for hours, the same refresh token is
tried again (the request may never have arrived), and the log and the metrics say that an administrator must consent
again. ``ZALO_OA_REFRESH_TOKEN`` with the new token then sets it right.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from prometheus_client import Counter, Gauge

from bot.channels.zalo_facts import OA_REFRESH_DAYS
from knowledge.calendar import Clock
from knowledge.zalo_tokens import Kept, Pair, TokenTable

EARLY = 1 / 3
"""A token is refreshed when this share of its life is left,"""
LATE = 1 / 6
"""and when this little is left, somebody is told."""
SPARE = timedelta(seconds=30)
"""A token is not used in its last seconds."""
LOOK_SECONDS = 60.0
WAIT_SECONDS, WAITS = 0.2, 75
FINISH_SECONDS = 8.0
AFTER_UNKNOWN, AFTER_REFUSAL = timedelta(seconds=20), timedelta(minutes=10)
YOUNG = timedelta(minutes=5)
"""A token younger than this is not thrown away because Zalo refused it once."""
STORE_PAUSES = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)

log = structlog.get_logger()
REFRESHES = Counter("motcua_zalo_oa_refreshes_total", "Refreshes of the Official Account's token", ["outcome"])
LEFT = Gauge(
    "motcua_zalo_oa_token_seconds",
    "Seconds left of the Official Account's tokens",
    ["token"],
    multiprocess_mode="livemostrecent",
)


class NoTokenError(Exception):
    """There is no token that works just now."""


class RefusedError(Exception):
    """Zalo does not take this refresh token. ``code`` is Zalo's."""

    def __init__(self, code: int) -> None:
        super().__init__(f"refused with {code}")
        self.code = code


class UnknownError(Exception):
    """No answer, or none that can be read. ``sent``: so nobody knows whether the refresh token is spent."""

    def __init__(self, *, sent: bool = True) -> None:
        super().__init__("no answer" if sent else "not reached")
        self.sent = sent


class Refresher(Protocol):
    """Spends a refresh token."""

    async def refresh(self, token: str) -> Pair:
        """The new pair.

        Raises:
            RefusedError: Zalo refused.
            UnknownError: there is none.
        """
        ...


class TokenKeeper:
    """The token of one app, in this process."""

    def __init__(self, table: TokenTable, refresher: Refresher, seed: str, clock: Clock, holder: str) -> None:
        self._table = table
        self._refresher = refresher
        self._seed = seed
        self._clock = clock
        self._holder = holder
        self._kept: Kept | None = None
        self._adopted = False
        self._one_by_one = asyncio.Lock()
        self._refreshing: asyncio.Task[Kept] | None = None

    async def token(self, refused: str = "") -> str:
        """A token that works; ``refused`` is one that Zalo just said does not.

        Raises:
            NoTokenError: there is none now.
        """
        kept = self._kept
        if kept and _works(kept, self._clock()) and kept.access != refused:
            return kept.access
        async with self._one_by_one:
            kept, now = await self._current(), self._clock()
            if kept.access == refused and _works(kept, now) and now - kept.since < YOUNG:
                raise NoTokenError
            if not _works(kept, now) or kept.access == refused:
                kept = await self._renewed(kept)
            return kept.access

    async def keep_fresh(self) -> None:
        """Look at the token every minute and refresh it in time."""
        while True:
            try:
                await self.look()
            except NoTokenError:
                log.error("zalo oa: no token; set ZALO_OA_REFRESH_TOKEN after an administrator has consented")
            except Exception as error:
                log.warning("zalo oa: token not looked at", exc_info=error)
            await asyncio.sleep(LOOK_SECONDS)

    async def rest(self) -> None:
        """Wait a while for a refresh under way: its new token is the only way back in."""
        if self._refreshing:
            await asyncio.wait({self._refreshing}, timeout=FINISH_SECONDS)

    async def look(self) -> None:
        """Refresh the token if it is time, and say how long it lasts.

        Raises:
            NoTokenError: there is none that works.
        """
        async with self._one_by_one:
            kept = await self._current()
            if _share_left(kept, self._clock()) <= EARLY:
                try:
                    kept = await self._renewed(kept)
                except NoTokenError:
                    if not _works(kept, self._clock()):
                        raise
            self._measure(kept)

    def _measure(self, kept: Kept) -> None:
        now = self._clock()
        refresh_ends = kept.since + timedelta(days=OA_REFRESH_DAYS)
        LEFT.labels("access").set((kept.ends_at - now).total_seconds())
        LEFT.labels("refresh").set((refresh_ends - now).total_seconds())
        if _share_left(kept, now) < LATE:
            log.error("zalo oa: the token ends soon and was not refreshed", minutes=_minutes(kept.ends_at - now))

    async def _current(self) -> Kept:
        """The pair in the database, which another worker may have renewed."""
        if not self._adopted:
            if self._seed and await self._table.adopt(self._seed, self._clock()):
                log.info("zalo oa: took the refresh token of the settings")
            self._adopted = True
        self._kept = await self._table.read()
        if self._kept is None:
            raise NoTokenError
        return self._kept

    async def _renewed(self, old: Kept) -> Kept:
        """A pair after ``old``: made by us, or by another worker while we wait."""
        for _ in range(WAITS):
            now = self._clock()
            # A time further ahead than we ever set was set before our clock jumped back.
            if now < old.not_before <= now + AFTER_REFUSAL:
                break
            leased = await self._table.lease(self._holder, now, old.version)
            if leased:
                # Whoever waits for it may be cancelled; the refresh itself must come to its end.
                self._refreshing = asyncio.create_task(self._refresh(leased))
                return await asyncio.shield(self._refreshing)
            await asyncio.sleep(WAIT_SECONDS)
            kept = await self._current()
            if kept.version != old.version:
                return kept
            old = kept
        raise NoTokenError

    async def _refresh(self, old: Kept) -> Kept:
        try:
            pair = await self._refresher.refresh(old.refresh)
        except RefusedError as error:
            await self._refused(old, error)
            raise NoTokenError from error
        except UnknownError as error:
            REFRESHES.labels("unknown").inc()
            log.warning("zalo oa: no answer to the refresh; the same token is tried again", sent=error.sent)
            await self._table.failed(old.version, self._clock() + AFTER_UNKNOWN, spent=error.sent or old.spent)
            raise NoTokenError from error
        await self._store(pair, old.version)
        REFRESHES.labels("done").inc()
        log.info("zalo oa: token refreshed", hours=round(pair.life / 3600, 1))
        return await self._current()

    async def _refused(self, old: Kept, error: RefusedError) -> None:
        REFRESHES.labels("refused").inc()
        log.error(
            "zalo oa: refresh token refused: an administrator must consent again; put the new token into "
            "ZALO_OA_REFRESH_TOKEN",
            code=error.code,
            answer_lost_before=old.spent,
            minutes_left=_minutes(old.ends_at - self._clock()),
        )
        await self._table.failed(old.version, self._clock() + AFTER_REFUSAL, spent=old.spent)

    async def _store(self, pair: Pair, version: int) -> None:
        """The only copy of the pair is in our hands: the database may be away for a while, we are not."""
        for pause in STORE_PAUSES:
            try:
                await self._table.store(pair, version, self._clock())
                return
            except Exception as error:
                log.error("zalo oa: new token not stored yet", exc_info=error)
                await asyncio.sleep(pause)
        await self._table.store(pair, version, self._clock())


def _works(kept: Kept, now: datetime) -> bool:
    return bool(kept.access) and now + SPARE < kept.ends_at


def _share_left(kept: Kept, now: datetime) -> float:
    return (kept.ends_at - now).total_seconds() / kept.life if kept.life and kept.access else 0.0


def _minutes(left: timedelta) -> int:
    return round(left.total_seconds() / 60)
