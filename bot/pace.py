"""Not too fast: how much one chat, and one network, may say in a minute. A flood from one is slowed, politely; the
others do not notice.

Counted in this worker's memory: with many workers a flood that reaches all of them gets that much more.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Literal

MINUTE = 60.0
MOST_REMEMBERED = 50_000
A_NETWORK = 20
"""A network may say so many times what one chat may: an office, a school, a village behind one address."""

Verdict = Literal["go", "ask to wait", "drop"]


class Pace:
    """``limit`` messages a minute for a chat; 0: no limit."""

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._said: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def of(self, chat: str, network: str = "") -> Verdict:
        """What becomes of a message that has come: of too many, the first is answered with a plea to wait."""
        if not self._limit:
            return "go"
        said = self._count(chat)
        over = said - self._limit
        if network:
            over = max(over, self._count(f"network {network}") - self._limit * A_NETWORK)
        if over <= 0:
            return "go"
        return "ask to wait" if over == 1 else "drop"

    def _count(self, key: str) -> int:
        now = self._clock()
        began, count = self._said.pop(key, (now, 0))
        if now - began >= MINUTE:
            began, count = now, 0
        self._said[key] = (began, count + 1)
        while len(self._said) > MOST_REMEMBERED:
            self._said.popitem(last=False)
        return count + 1
