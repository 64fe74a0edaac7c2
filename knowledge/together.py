"""What many ask for at the same moment is done in one go: one transaction instead of a hundred."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

APART_SECONDS = 0.01
"""For what writes. A transaction costs as much as the message it is for. When each message has its own, a process that
is half as busy as it can be has its hands full, and everybody waits five times as long as this."""

Item = TypeVar("Item")
Result = TypeVar("Result")


class Together(Generic[Item, Result]):
    """``await together(item)`` gives the item's part of ``work``'s answer.

    The first item is worked on at once; those that come meanwhile wait and go together. So the busier it is, the more
    is done at a time. ``apart`` is the least time between two beginnings, in seconds: with it company is waited for,
    but only soon after the last time.
    """

    def __init__(
        self, work: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]], most: int = 100, apart: float = 0.0
    ) -> None:
        self._work = work
        self._most = most
        self._apart = apart
        self._not_before = 0.0
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._working: asyncio.Task[None] | None = None

    async def __call__(self, item: Item) -> Result:
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._go())
        return await answer

    async def _go(self) -> None:
        while self._waiting:
            await self._keep_apart()
            batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                results: Sequence[Result] = await self._work([item for item, _ in batch])
            except Exception as error:
                if len(batch) == 1:
                    _fail(batch[0][1], error)
                else:
                    await self._one_by_one(batch)
            else:
                for (_, answer), result in zip(batch, results, strict=True):
                    if not answer.done():
                        answer.set_result(result)

    async def _keep_apart(self) -> None:
        now = time.monotonic()
        if now < self._not_before:
            await asyncio.sleep(self._not_before - now)
        self._not_before = time.monotonic() + self._apart

    async def _one_by_one(self, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        """One that cannot be done must not spoil the others."""
        for item, answer in batch:
            try:
                result = (await self._work([item]))[0]
            except Exception as error:
                _fail(answer, error)
            else:
                if not answer.done():
                    answer.set_result(result)


def _fail(answer: asyncio.Future[Result], error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)
