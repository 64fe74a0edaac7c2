"""A client and a server of HTTP/1.1 so light that they hardly cost anything beside what is tested."""

from __future__ import annotations

import asyncio


class Http(asyncio.Protocol):
    """Just enough of HTTP/1.1: heads, and bodies of an announced length."""

    def __init__(self) -> None:
        self._buffer = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # uvloop has a class of its own

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, rest = self._buffer.partition(b"\r\n\r\n")
            lines = head.split(b"\r\n")
            fields = dict(line.lower().split(b": ", 1) for line in lines[1:] if b": " in line)
            length = int(fields.get(b"content-length", b"0"))
            if len(rest) < length:
                return
            body, self._buffer = rest[:length], rest[length:]
            self.arrived(lines[0].decode(), body)

    def arrived(self, first: str, body: bytes) -> None:
        """One whole request or response."""
        raise NotImplementedError


class Caller(Http):
    """One connection over which webhooks are called, one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: asyncio.Future[int] | None = None

    async def call(self, request: bytes) -> int:
        """The status of the answer."""
        assert self.transport
        self._waiting = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self._waiting

    def arrived(self, first: str, body: bytes) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_result(int(first.split(" ")[1]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(ConnectionResetError())
