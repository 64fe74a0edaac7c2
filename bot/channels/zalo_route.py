"""The way in for both of Zalo's webhooks: checked, stored, and only then answered with 200."""

from __future__ import annotations

import json
from typing import Protocol

import structlog
from fastapi import APIRouter, Request, Response
from starlette.datastructures import Headers

log = structlog.get_logger()


class Guarded(Protocol):
    """A channel behind a webhook."""

    def knows(self, headers: Headers) -> bool:
        """Whether the request may be from Zalo; asked before its body is looked at."""
        ...

    def trusts(self, headers: Headers, body: bytes, event: object) -> bool:
        """Whether the body is from Zalo."""
        ...

    async def receive(self, event: object) -> None:
        """Store the event."""
        ...


def webhook_route(path: str, channel: Guarded) -> APIRouter:
    """``POST path``. What is not stored is not answered with 200, so that Zalo sends it again."""
    router = APIRouter()

    @router.post(path, include_in_schema=False)
    async def webhook(request: Request) -> Response:
        if not channel.knows(request.headers):
            return Response(status_code=403)
        return Response(status_code=await _take(channel, request.headers, await request.body()))

    return router


async def _take(channel: Guarded, headers: Headers, body: bytes) -> int:
    """The status to answer with."""
    if not body.strip():
        return 200  # Zalo trying whether we are there.
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        return 400
    if not channel.trusts(headers, body, event):
        return 403
    try:
        await channel.receive(event)
    except Exception as error:
        log.error("event not stored", exc_info=error)
        return 500
    return 200
