"""One message at a time begins to be answered; between two, whatever else is ready goes on.

Without it four hundred receipt codes that come in at the same instant are all read before anybody's question goes one
step further. With it the question waits for one of them.
"""

from __future__ import annotations

import asyncio
from collections import deque


class Turnstile:
    """Two lanes, let through in turn: the quick one for ordinary questions, the other for what may come in crowds."""

    def __init__(self) -> None:
        self._quick: deque[asyncio.Future[None]] = deque()
        self._crowd: deque[asyncio.Future[None]] = deque()
        self._quick_was_last = False
        self._turning = False

    async def through(self, *, quick: bool) -> None:
        """Wait for one's turn; nobody waits when nobody else is there."""
        loop = asyncio.get_running_loop()
        if not self._turning:
            self._turning = True
            loop.call_soon(self._turn)
            return
        turn: asyncio.Future[None] = loop.create_future()
        (self._quick if quick else self._crowd).append(turn)
        await turn

    def _turn(self) -> None:
        lanes = (self._crowd, self._quick) if self._quick_was_last else (self._quick, self._crowd)
        for lane in lanes:
            waiting = _first(lane)
            if waiting:
                self._quick_was_last = lane is self._quick
                waiting.set_result(None)
                asyncio.get_running_loop().call_soon(self._turn)
                return
        self._turning = False


def _first(lane: deque[asyncio.Future[None]]) -> asyncio.Future[None] | None:
    """The first who has not gone away meanwhile."""
    while lane:
        turn = lane.popleft()
        if not turn.done():
            return turn
    return None
