"""A breaker: after several failures in a row a system is left in peace for a while, then tried with one request."""

from __future__ import annotations

import time
from collections.abc import Callable

FAILURES = 5
REST_SECONDS = 30.0


class Breaker:
    """Counts failures in a row. Not thread-safe: it belongs to one event loop."""

    def __init__(
        self, failures: int = FAILURES, rest: float = REST_SECONDS, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = failures
        self._rest = rest
        self._now = now
        self._failures = 0
        self._opened_at: float | None = None
        self._trying = False

    @property
    def open(self) -> bool:
        return self._opened_at is not None

    def allows(self) -> bool:
        """Whether to ask now. After the rest a single request is let through to see."""
        if self._opened_at is None:
            return True
        if self._trying or self._now() - self._opened_at < self._rest:
            return False
        self._trying = True
        return True

    def succeeded(self) -> None:
        self._failures, self._opened_at, self._trying = 0, None, False

    def failed(self) -> None:
        self._failures += 1
        if self._trying or self._failures >= self._limit:
            self._opened_at = self._now()
        self._trying = False

    def gave_up(self) -> None:
        """The request ended without telling anything (it was cancelled)."""
        self._trying = False
