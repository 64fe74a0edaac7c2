"""Access tokens: fetched when needed, kept while they last, fetched again once when the portal refuses one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from knowledge.dossiers.portals.wire import PortalError

Answer = TypeVar("Answer")


class Tokens:
    """One token for all requests of one portal; ``fetch`` gets a new one."""

    def __init__(self, fetch: Callable[[], Awaitable[str]]) -> None:
        self._fetch = fetch
        self._token: str | None = None
        self._fetching = asyncio.Lock()

    async def use(self, ask: Callable[[str], Awaitable[Answer]]) -> Answer:
        """What ``ask`` says with our token, or with a new one where the portal refuses the old.

        Raises:
            PortalError: the portal refuses the new one too, or failed otherwise.
        """
        token = await self._valid(None)
        try:
            return await ask(token)
        except PortalError as error:
            if error.kind != "token":
                raise
        try:
            return await ask(await self._valid(token))
        except PortalError as error:
            if error.kind == "token":
                raise PortalError("failed", "a fresh token was refused") from None
            raise

    async def _valid(self, refused: str | None) -> str:
        # Hundreds of requests may find the token expired together: one fetches, the others wait for it.
        async with self._fetching:
            if self._token is None or self._token == refused:
                self._token = None
                self._token = await self._fetch()
            return self._token
