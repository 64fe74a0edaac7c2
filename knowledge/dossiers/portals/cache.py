"""A short memory: a code typed three times asks once, and requests under way at the same time share one call."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

from knowledge.dossiers.lookup import Found, LookUp
from knowledge.dossiers.parts import DossierCode

KEEP_SECONDS = 60.0
KEEP_FAILURE_SECONDS = 2.0
MOST = 5_000


class Remembered:
    """A :class:`LookUp` that remembers the answers of another, in this process only, for a minute."""

    def __init__(self, inner: LookUp, keep: float = KEEP_SECONDS, now: Callable[[], float] = time.monotonic) -> None:
        self._inner = inner
        self._keep = keep
        self._now = now
        self._answers: OrderedDict[str, tuple[float, Found]] = OrderedDict()
        self._asking: dict[str, asyncio.Task[Found]] = {}

    async def find(self, code: DossierCode) -> Found:
        """See :class:`LookUp`."""
        known = self._answers.get(code.text)
        if known and known[0] > self._now():
            return known[1]
        task = self._asking.get(code.text)
        if task is None:
            task = asyncio.create_task(self._ask(code))
            self._asking[code.text] = task
            task.add_done_callback(lambda _: self._asking.pop(code.text, None))
        # Shielded: one person who goes away must not take the answer from the others.
        return await asyncio.shield(task)

    async def _ask(self, code: DossierCode) -> Found:
        found = await self._inner.find(code)
        keep = KEEP_FAILURE_SECONDS if found.error == "unavailable" else self._keep
        self._answers[code.text] = (self._now() + keep, found)
        self._answers.move_to_end(code.text)
        while len(self._answers) > MOST:
            self._answers.popitem(last=False)
        return found
