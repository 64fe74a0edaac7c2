"""One platform's way out: who sends its messages, and how many a second."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any

from bot import hands
from bot.hands import Hands
from bot.rate import Rate
from knowledge.mailbox import Mailbox, Outlet, Parcel


class Outbox(Outlet):
    """Takes what waits for ``channel`` in the outbox, or is handed it as it is stored, and has ``send`` see to it:
    ``at_once`` messages at a time, ``a_second`` from all workers."""

    def __init__(
        self,
        channel: str,
        mailbox: Mailbox,
        clock: Callable[[], datetime],
        send: Callable[[Parcel], Coroutine[Any, Any, None]],
        at_once: int,
        a_second: float | None,
    ) -> None:
        self._channel = channel
        self._mailbox = mailbox
        self._now = clock
        self.rate = Rate(a_second)
        self.hands: Hands[Parcel] = Hands(self.take, send, at_once)
        self._behind = False

    def keep_place(self) -> bool:
        """See :class:`knowledge.mailbox.Outlet`."""
        kept = not self._behind and self.rate.room(1) == 1 and self.hands.keep_places(1) == 1
        if kept:
            self.rate.used(1)
        return kept

    def fill_place(self, parcel: Parcel | None) -> None:
        """See :class:`knowledge.mailbox.Outlet`."""
        self.hands.fill_places(1, [parcel] if parcel else [])
        if parcel is None:
            self.rate.used(-1)
            self.wake()

    def wake(self) -> None:
        """See :class:`knowledge.mailbox.Outlet`."""
        self.hands.wake()

    def wake_after(self, seconds: float) -> None:
        """The same, in a while."""
        asyncio.get_running_loop().call_later(seconds, self.wake)

    async def take(self, most: int) -> Sequence[Parcel]:
        """Hold what waits, up to ``most`` messages and what the rate allows."""
        room = self.rate.room(most)
        self._behind = not room
        if not room:
            if self.rate.pause < hands.LOOK_ROUND_SECONDS:
                self.wake_after(self.rate.pause)
            return []
        parcels = await self._mailbox.take_out(self._channel, self._now(), room)
        self.rate.used(len(parcels))
        if len(parcels) == room < most:
            # There may be more; the rate alone held us back.
            self._behind = True
            self.wake_after(self.rate.pause)
        return parcels
