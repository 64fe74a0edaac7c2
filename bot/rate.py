"""How many messages a platform takes in a second, shared out among the workers."""

from __future__ import annotations

import time
from collections.abc import Callable


class Rate:
    """A bucket that fills with ``a_second`` tokens a second and holds those of one second; ``None``: no limit."""

    def __init__(self, a_second: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._a_second = a_second
        self._workers = 1
        self._clock = clock
        self._held_until = clock()
        self._tokens = self._mine
        self._at = clock()

    @property
    def _mine(self) -> float:
        return (self._a_second or 0.0) / self._workers

    def share_with(self, workers: int) -> None:
        """There are so many workers, this one among them."""
        self._workers = max(1, workers)

    def room(self, most: int) -> int:
        """How many of ``most`` may be sent now."""
        now = self._clock()
        if now < self._held_until:
            return 0
        if self._a_second is None:
            return most
        self._tokens = min(max(1.0, self._mine), self._tokens + (now - self._at) * self._mine)
        self._at = now
        return min(most, int(self._tokens))

    @property
    def pause(self) -> float:
        """Seconds until there is room for one more."""
        held = max(0.0, self._held_until - self._clock())
        return max(held, 1.0 / self._mine if self._a_second else 0.0)

    def hold(self, seconds: float) -> None:
        """Nothing may be sent for so long."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    def used(self, count: int) -> None:
        """So many are being sent."""
        self._tokens -= count
