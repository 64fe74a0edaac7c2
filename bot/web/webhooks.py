"""The way in for all webhooks: who calls is checked first, then the body is read, stored, and only then confirmed.

It stands before everything else of the web application: a stranger costs no more than looking at headers.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Protocol

import structlog
from prometheus_client import Counter
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.limits import Allowed, BodyRefusedError, read_body

LIMIT = Allowed(1024 * 1024, 10.0)

log = structlog.get_logger()
CALLS = Counter("motcua_webhook_calls_total", "Calls of our webhooks", ["path", "status"])


class Outage:
    """Tells of events that could not be stored once in ``seconds``, and how many: an outage must not fill the disk."""

    def __init__(self, seconds: float = 5.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._untold, self._next = 0, float("-inf")

    def tell(self, error: Exception) -> None:
        """One more event was not stored."""
        self._untold += 1
        if self._clock() >= self._next:
            log.error("events not stored", exc_info=error, count=self._untold)
            self._untold, self._next = 0, self._clock() + self._seconds


OUTAGE = Outage()


class Guarded(Protocol):
    """A channel behind a webhook."""

    def knows(self, headers: Headers) -> bool:
        """Whether the request may be from the platform; asked before its body is looked at."""
        ...

    def trusts(self, headers: Headers, body: bytes, event: object) -> bool:
        """Whether the body is from the platform."""
        ...

    async def receive(self, event: object) -> None:
        """Store the event."""
        ...


class Webhooks:
    """Answers ``POST`` to the paths of ``channels``; everything else goes on to ``app``."""

    def __init__(self, app: ASGIApp, channels: Mapping[str, Guarded]) -> None:
        self._app = app
        self._channels = channels

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        channel = self._channels.get(scope["path"]) if scope["type"] == "http" else None
        if channel is None:
            await self._app(scope, receive, send)
            return
        status = await self._status(channel, scope, receive)
        CALLS.labels(scope["path"], status).inc()
        # What was not read to its end cannot be followed by another request.
        headers = {"connection": "close"} if status in {403, 405, 408, 413} else None
        await Response(status_code=status, headers=headers)(scope, receive, send)

    async def _status(self, channel: Guarded, scope: Scope, receive: Receive) -> int:
        if scope["method"] != "POST":
            return 405
        headers = Headers(scope=scope)
        if not channel.knows(headers):
            return 403
        try:
            body = await read_body(scope, receive, LIMIT)
        except BodyRefusedError as error:
            return error.status
        return await take(channel, headers, body)


def _no_number(name: str) -> None:
    """``NaN`` is no JSON, and PostgreSQL does not take it."""
    raise ValueError(name)


async def take(channel: Guarded, headers: Headers, body: bytes) -> int:
    """Store what came; the status to answer with. What is not stored is not confirmed, so that it comes again."""
    if not body.strip():
        return 200  # A platform that tries whether we are there.
    try:
        event = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return 400
    if not channel.trusts(headers, body, event):
        return 403
    try:
        await channel.receive(event)
    except Exception as error:
        OUTAGE.tell(error)
        return 503
    return 200
