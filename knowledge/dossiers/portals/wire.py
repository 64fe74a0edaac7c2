"""One HTTP exchange with a portal. Everything that can go wrong comes out as a :class:`PortalError`."""

from __future__ import annotations

from typing import Any, Literal

import httpx
from pydantic_core import from_json

CONNECT_SECONDS = 3.0
READ_SECONDS = 5.0
MAX_ANSWER_BYTES = 1024 * 1024
CONNECTIONS, A_POOL = 200, 10

Kind = Literal["unreachable", "busy", "failed", "shape", "denied", "token"]


class PortalError(Exception):
    """A portal did not answer as it should. ``again`` says whether asking once more may help, ``wait`` how long
    the portal asked us to stay away. The message never holds what was sent or received."""

    def __init__(self, kind: Kind, detail: str, *, again: bool = False, wait: float = 0.0) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.again = again
        self.wait = wait


class ManyPools(httpx.AsyncBaseTransport):
    """Connections in many small pools. A pool of httpx looks through all its connections at every request: with
    two hundred of them that took more time than all else."""

    def __init__(self) -> None:
        limits = httpx.Limits(max_connections=A_POOL, max_keepalive_connections=A_POOL)
        context = httpx.create_ssl_context()
        self._pools = [httpx.AsyncHTTPTransport(verify=context, limits=limits) for _ in range(CONNECTIONS // A_POOL)]
        self._busy = [0] * len(self._pools)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hand ``request`` to the least busy pool."""
        place = min(range(len(self._pools)), key=self._busy.__getitem__)
        self._busy[place] += 1
        try:
            return await self._pools[place].handle_async_request(request)
        finally:
            self._busy[place] -= 1

    async def aclose(self) -> None:
        for pool in self._pools:
            await pool.aclose()


def new_client() -> httpx.AsyncClient:
    """A client with limits on everything. Redirects are not followed: they lead to log-in pages."""
    return httpx.AsyncClient(
        transport=ManyPools(),
        timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        follow_redirects=False,
        headers={"Accept": "application/json", "User-Agent": "MotCua/1"},
    )


async def exchange(client: httpx.AsyncClient, method: str, url: str, **request: Any) -> Any:
    """The JSON that the portal answers.

    Raises:
        PortalError: anything else happened.
    """
    try:
        async with client.stream(method, url, **request) as response:
            _check(response)
            body = await _read(response)
    except httpx.HTTPError as error:
        raise PortalError("unreachable", type(error).__name__, again=True) from None
    try:
        # Unlike json.loads it refuses deep nesting before the interpreter's own stack is at its end.
        return from_json(body)
    except ValueError:
        raise PortalError("shape", "not JSON") from None


async def _read(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise PortalError("shape", "answer too long")
    return bytes(body)


def _check(response: httpx.Response) -> None:
    status = response.status_code
    if status == 401:
        raise PortalError("token", "401")
    if status == 403:
        raise PortalError("denied", "403")
    if status == 429 or status == 503:
        raise PortalError("busy", str(status), again=True, wait=_retry_after(response))
    if status >= 500:
        # Asking is reading: however far the portal got, asking again changes nothing there.
        raise PortalError("failed", str(status), again=True)
    if status != 200:
        raise PortalError("failed", str(status))


def _retry_after(response: httpx.Response) -> float:
    text = response.headers.get("retry-after", "")
    return float(text) if text.isdecimal() else 0.0
