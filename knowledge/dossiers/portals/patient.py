"""A portal made bearable: one total time limit, few retries, a breaker, and only so many requests at a time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from prometheus_client import Counter

from knowledge.calendar import Clock
from knowledge.dossiers.lookup import Failure, Found, is_overdue
from knowledge.dossiers.parts import DossierCode
from knowledge.dossiers.portals.breaker import Breaker
from knowledge.dossiers.portals.shapes import Portal
from knowledge.dossiers.portals.wire import PortalError
from knowledge.models import Dossier

log = structlog.get_logger()
ASKED = Counter("motcua_portal_asked_total", "Look-ups that reached a portal's adapter", ["portal", "outcome"])


@dataclass(frozen=True)
class Patience:
    """``total`` seconds for one look-up whatever happens; ``pause`` grows twofold, with up to as much jitter.
    No more than ``a_second`` look-ups begin in a second: a crowd costs the portal, and our own processor, only so
    much at a time, and ordinary questions go in between."""

    total: float = 8.0
    retries: int = 2
    pause: float = 0.2
    at_once: int = 200
    a_second: float = 100.0


class Patient:
    """A :class:`LookUp` on top of a :class:`Portal`."""

    def __init__(
        self,
        portal: Portal,
        clock: Clock,
        patience: Patience = Patience(),
        breaker: Breaker | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._portal = portal
        self._clock = clock
        self._patience = patience
        self.breaker = breaker or Breaker()
        self._room = asyncio.Semaphore(patience.at_once)
        self._next_start = 0.0
        self._sleep = sleep

    async def find(self, code: DossierCode) -> Found:
        """See :class:`LookUp`."""
        if not self.breaker.allows():
            return self._without(code, "unavailable", "rested")
        try:
            async with asyncio.timeout(self._patience.total):
                async with self._room:
                    await self._in_pace()
                    dossier = await self._with_retries(code)
        except TimeoutError:
            return self._failed(code, "too slow")
        except PortalError as error:
            if error.kind == "denied":
                self.breaker.succeeded()
                return self._without(code, "denied", "denied")
            return self._failed(code, str(error))
        except asyncio.CancelledError:
            self.breaker.gave_up()
            raise
        except Exception as error:
            # An adapter's own mistake is a failure like any other: the person gets an answer, the log its kind.
            return self._failed(code, type(error).__name__)
        self.breaker.succeeded()
        ASKED.labels(self._portal.name, "found" if dossier else "unknown").inc()
        overdue = bool(dossier and is_overdue(dossier, self._clock().date()))
        return Found(code.text, self._portal.name, self._clock(), dossier, overdue)

    async def _in_pace(self) -> None:
        now = asyncio.get_running_loop().time()
        start = max(now, self._next_start)
        self._next_start = start + 1 / self._patience.a_second
        if start > now:
            await asyncio.sleep(start - now)

    async def _with_retries(self, code: DossierCode) -> Dossier | None:
        for attempt in range(self._patience.retries + 1):
            try:
                return await self._portal.fetch(code)
            except PortalError as error:
                hopeless = error.wait >= self._patience.total
                if not error.again or hopeless or attempt == self._patience.retries:
                    raise
                pause = self._patience.pause * 2**attempt
                # A herd of requests that failed together must not come back together.
                await self._sleep(max(error.wait, pause) + random.uniform(0, pause))  # noqa: S311
        raise AssertionError("unreachable")

    def _failed(self, code: DossierCode, why: str) -> Found:
        was_open = self.breaker.open
        self.breaker.failed()
        log.warning("portal did not answer", portal=self._portal.name, why=why)
        if self.breaker.open and not was_open:
            log.error("portal left in peace for a while", portal=self._portal.name)
        return self._without(code, "unavailable", "failed")

    def _without(self, code: DossierCode, error: Failure, outcome: str) -> Found:
        ASKED.labels(self._portal.name, outcome).inc()
        return Found(code.text, self._portal.name, self._clock(), error=error)
