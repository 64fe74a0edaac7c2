"""Limits at the edge, before anything reads a request."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handlers.texts import vi


@dataclass(frozen=True)
class Allowed:
    """How large a body may be, and how long it may take to arrive."""

    size: int = 64 * 1024
    seconds: float = 10.0


USUAL = Allowed()


class BodyRefusedError(Exception):
    """The body is larger or slower than allowed."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


async def read_body(scope: Scope, receive: Receive, allowed: Allowed) -> bytes:
    """The whole body.

    Raises:
        BodyRefusedError: it is too large, announced or not, or too slow; it was not read to the end.
    """
    announced = dict(scope["headers"]).get(b"content-length", b"0")
    if not announced.isdigit() or int(announced) > allowed.size:
        raise BodyRefusedError(413, vi.BODY_TOO_LARGE)
    body = bytearray()
    try:
        async with asyncio.timeout(allowed.seconds):
            while True:
                message = await receive()
                body += message.get("body", b"")
                if len(body) > allowed.size:
                    raise BodyRefusedError(413, vi.BODY_TOO_LARGE)
                if message["type"] != "http.request" or not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError:
        raise BodyRefusedError(408, vi.BODY_TOO_SLOW) from None


class BodyLimit:
    """Refuses bodies that are too large or too slow. ``others`` is what paths allow that take more."""

    def __init__(self, app: ASGIApp, others: Mapping[str, Allowed] | None = None) -> None:
        self._app = app
        self._others = others or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            body = await read_body(scope, receive, self._others.get(scope["path"], USUAL))
        except BodyRefusedError as error:
            refusal = JSONResponse({"error": error.words}, error.status, headers={"connection": "close"})
            await refusal(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
