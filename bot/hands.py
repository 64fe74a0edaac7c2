"""Many things in hand at once: takes what waits, handles it, takes more as soon as there is room."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any, Generic, TypeVar

import structlog

LOOK_ROUND_SECONDS = 0.5

Item = TypeVar("Item")
log = structlog.get_logger()


class Hands(Generic[Item]):
    """``take(n)`` gives up to ``n`` items that wait, ``handle`` sees to one and must not raise.

    An item that has just come need not wait to be taken: when there is a place free, and nobody to be overtaken, it is
    handed over (:meth:`keep_places`).
    """

    def __init__(
        self,
        take: Callable[[int], Awaitable[Sequence[Item]]],
        handle: Callable[[Item], Coroutine[Any, Any, None]],
        at_once: int,
    ) -> None:
        self._take = take
        self._handle = handle
        self._at_once = at_once
        self._taking = asyncio.Lock()
        self._awake = asyncio.Event()
        self._kept = 0
        self._none_kept = asyncio.Event()
        self._none_kept.set()
        self._in_hand: dict[asyncio.Task[None], Item] = {}
        self._loop: asyncio.Task[None] | None = None
        self._stopping = False

    @contextlib.asynccontextmanager
    async def still(self) -> AsyncIterator[list[Item]]:
        """What is being handled, while nothing is on its way to us."""
        async with self._taking:
            await self._none_kept.wait()
            yield list(self._in_hand.values())

    def keep_places(self, most: int) -> int:
        """How many items, of ``most``, may be handed over; :meth:`fill_places` must follow."""
        busy = self._stopping or self._awake.is_set() or self._taking.locked()
        places = 0 if self._loop is None or busy else max(0, min(most, self._room))
        self._kept += places
        if places:
            self._none_kept.clear()
        return places

    def fill_places(self, places: int, items: Iterable[Item]) -> None:
        """Handle the ``items`` for which ``places`` were kept."""
        full = self._room <= 0
        self._kept -= places
        for item in items:
            self._begin(item)
        if not self._kept:
            self._none_kept.set()
        if full and self._room > 0:
            self.wake()

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
            async with self._taking:
                room = self._room
                for item in await self._safely(room) if room > 0 else ():
                    self._begin(item)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._awake.wait(), LOOK_ROUND_SECONDS)
        await self._none_kept.wait()
        if self._in_hand:
            await asyncio.wait(self._in_hand)

    @property
    def _room(self) -> int:
        return self._at_once - len(self._in_hand) - self._kept

    def _begin(self, item: Item) -> None:
        task = asyncio.create_task(self._handle(item))
        self._in_hand[task] = item
        task.add_done_callback(self._put_down)

    def _put_down(self, task: asyncio.Task[None]) -> None:
        full = self._room <= 0
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
