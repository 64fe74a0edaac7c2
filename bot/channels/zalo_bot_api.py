"""The Zalo Bot API: one POST a method. The token is part of the address, so no address ever leaves this file."""

from __future__ import annotations

from typing import Any

import httpx

from bot.channels.zalo_facts import BOT_POLL_SECONDS, NOTHING_NEW

ANSWER_SECONDS = 10.0
MAX_WORDS = 120


class ZaloBotError(Exception):
    """Zalo refused a call, or was not reached (``code`` 0)."""

    def __init__(self, method: str, code: int, words: str = "") -> None:
        super().__init__(f"{method}: {code} {words}".strip())
        self.code = code


class ZaloBotApi:
    """A thin client: what is not ``ok`` is an error, whatever the status says."""

    def __init__(self, url: str, token: str) -> None:
        self._token = token
        self._base = f"{url.rstrip('/')}/bot{token}"
        self.client = httpx.AsyncClient(timeout=ANSWER_SECONDS)

    async def call(self, method: str, *, seconds: float = ANSWER_SECONDS, **params: Any) -> Any:
        """The result of ``method``.

        Raises:
            ZaloBotError: there is none.
        """
        try:
            response = await self.client.post(f"{self._base}/{method}", json=params, timeout=seconds)
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            # Without its cause: that one knows the address.
            raise ZaloBotError(method, 0, type(error).__name__) from None
        if isinstance(answer, dict) and answer.get("ok") is True and response.is_success:
            return answer.get("result")
        raise self._refused(method, response.status_code, answer)

    def _refused(self, method: str, status: int, answer: object) -> ZaloBotError:
        said = answer if isinstance(answer, dict) else {}
        code = said.get("error_code")
        words = str(said.get("description", "")).replace(self._token, "…")[:MAX_WORDS]
        return ZaloBotError(method, code if isinstance(code, int) and code else status, words)

    async def next_update(self) -> Any:
        """Wait for one update; ``None`` when none came."""
        try:
            # The documentation has the number as text.
            wait = BOT_POLL_SECONDS + ANSWER_SECONDS
            return await self.call("getUpdates", seconds=wait, timeout=str(BOT_POLL_SECONDS))
        except ZaloBotError as error:
            if error.code == NOTHING_NEW:
                return None
            raise

    async def close(self) -> None:
        await self.client.aclose()
