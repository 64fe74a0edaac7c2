"""Many things in hand at once: takes what waits, handles it, takes more as soon as there is room."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Generic, TypeVar

import structlog

LOOK_ROUND_SECONDS = 0.5

Item = TypeVar("Item")
log = structlog.get_logger()


class Hands(Generic[Item]):
    """``take(n)`` gives up to ``n`` items that wait, ``handle`` sees to one and must not raise."""

    def __init__(
        self,
        take: Callable[[int], Awaitable[Sequence[Item]]],
        handle: Callable[[Item], Coroutine[Any, Any, None]],
        at_once: int,
    ) -> None:
        self._take = take
        self._handle = handle
        self._at_once = at_once
        self.taking = asyncio.Lock()
        """Held while something is on its way from what waits into :attr:`in_hand`."""
        self._awake = asyncio.Event()
        self._in_hand: dict[asyncio.Task[None], Item] = {}
        self._loop: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def in_hand(self) -> list[Item]:
        """What is being handled, or about to be."""
        return list(self._in_hand.values())

    def wake(self) -> None:
        """Something may wait."""
        self._awake.set()

    def start(self) -> None:
        """Begin taking."""
        self._stopping = False
        self._loop = asyncio.create_task(self._run())

    async def stop(self, seconds: float) -> None:
        """Take nothing new; what is not finished in time is left."""
        self._stopping = True
        self.wake()
        if self._loop is None:
            return
        await asyncio.wait([self._loop], timeout=max(0.0, seconds))
        for task in (self._loop, *self._in_hand):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._loop = None

    async def _run(self) -> None:
        while not self._stopping:
            self._awake.clear()
            async with self.taking:
                room = self._at_once - len(self._in_hand)
                for item in await self._safely(room) if room else ():
                    task = asyncio.create_task(self._handle(item))
                    self._in_hand[task] = item
                    task.add_done_callback(self._put_down)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._awake.wait(), LOOK_ROUND_SECONDS)
        if self._in_hand:
            await asyncio.wait(self._in_hand)

    def _put_down(self, task: asyncio.Task[None]) -> None:
        full = len(self._in_hand) == self._at_once
        del self._in_hand[task]
        if full:
            self.wake()

    async def _safely(self, room: int) -> Sequence[Item]:
        """The database may be away for a while: the loop outlives that."""
        try:
            return await self._take(room)
        except Exception as error:
            log.warning("mailbox not reached", exc_info=error)
            await asyncio.sleep(LOOK_ROUND_SECONDS)
            return []
