"""Telegram's limits: that of groups, without anybody waiting in line for it; and when to be silent altogether."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter

RETRY_SECONDS = 3
"""A group takes 20 messages a minute."""
MANY = 3


class GroupLimit(AIORateLimiter):
    """Refuses what a group cannot take now, as Telegram would, and leaves it to the outbox to try again.

    Were it to wait here, a few busy groups would hold all connections. The limit of all chats together is kept by
    the delivery, for all workers (``TELEGRAM_MESSAGES_PER_SECOND``); what is no message, such as “typing”, counts
    nowhere.
    """

    def __init__(self) -> None:
        super().__init__(overall_max_rate=0, max_retries=0)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """See :class:`telegram.ext.BaseRateLimiter`."""
        chat = data.get("chat_id")
        if endpoint != "sendMessage" or not isinstance(chat, int) or chat > 0:
            return await callback(*args, **kwargs)
        limiter = self._get_group_limiter(chat)
        if not limiter.has_capacity():
            raise RetryAfter(RETRY_SECONDS)
        async with limiter:
            return await callback(*args, **kwargs)


class Told:
    """Which private chats Telegram has told to wait. Of one it is the chat's own limit; of many at the same time it
    is ours, and whoever goes on sending to others is told to wait for longer and longer."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[int, float] = {}

    def wait(self, chat: int, seconds: float) -> bool:
        """``chat`` is to wait; whether all are."""
        now = self._clock()
        self._until = {other: until for other, until in self._until.items() if until > now}
        if chat > 0:
            self._until[chat] = now + seconds
        return len(self._until) >= MANY
