"""Telegram's limit for groups, without anybody waiting in line for it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter

RETRY_SECONDS = 3
"""A group takes 20 messages a minute."""


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
