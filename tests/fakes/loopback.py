"""A small HTTP server on loopback for fakes, with what can go wrong.

A fake names each request (a method of its API), and faults are set for the next requests of a name.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl

PATIENCE = 15.0


@dataclass(frozen=True)
class Request:
    verb: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def fields(self) -> dict[str, Any]:
        """The body as JSON object or form.

        Raises:
            ValueError: it is neither, or says that it is something else.
        """
        kind = self.headers.get("content-type", "").partition(";")[0]
        if not self.body:
            return {}
        if kind == "application/json":
            found = json.loads(self.body)
            if not isinstance(found, dict):
                raise ValueError("not an object")
            return found
        if kind == "application/x-www-form-urlencoded":
            return dict(parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True))
        raise ValueError(f"no {kind!r} here")


@dataclass(frozen=True)
class Answer:
    content: Any
    status: int = 200
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Call:
    """One request as it was taken. ``error`` is the code of a refusal."""

    name: str
    params: dict[str, Any]
    error: int | None = None


@dataclass
class Fault:
    name: str
    times: int
    answer: Answer | None = None
    cut: str | None = None
    wait: Callable[[], Any] | None = None


class CutError(Exception):
    """Close the connection without an answer."""


class Gate:
    """Requests that are held wait here until it opens."""

    def __init__(self) -> None:
        self._arrived, self._opened = asyncio.Event(), asyncio.Event()

    async def reached(self) -> None:
        await asyncio.wait_for(self._arrived.wait(), PATIENCE)

    def open(self) -> None:
        self._opened.set()

    async def pass_through(self) -> None:
        self._arrived.set()
        await self._opened.wait()


class Loopback:
    """A server. Subclasses say what a request is called and what its answer is."""

    def __init__(self) -> None:
        self.url = ""
        self.calls: list[Call] = []
        self._faults: list[Fault] = []
        self._changed = asyncio.Event()
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    def name(self, request: Request) -> str:
        raise NotImplementedError

    async def answer(self, request: Request) -> Answer:
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._server.close()
        for connection in list(self._connections):
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    # Faults

    def answers(self, name: str, answer: Answer, *, times: int = 1) -> None:
        """Answer so, and do nothing."""
        self._faults.append(Fault(name, times, answer=answer))

    def cuts(self, name: str, *, after: bool = False, times: int = 1) -> None:
        """Cut the connection: before anything is done, or ``after``, so that only the answer is lost."""
        self._faults.append(Fault(name, times, cut="after" if after else "before"))

    def holds(self, name: str) -> Gate:
        """Keep the next request waiting until the gate is opened."""
        gate = Gate()
        self._faults.append(Fault(name, 1, wait=gate.pass_through))
        return gate

    # Looking on

    def calls_of(self, name: str) -> list[Call]:
        return [call for call in self.calls if call.name == name]

    async def called(self, name: str, times: int = 1) -> None:
        await self.until(lambda: len(self.calls_of(name)) >= times, f"{times} × {name}")

    async def until(self, fulfilled: Callable[[], object], what: str) -> None:
        """Wait until ``fulfilled()``; it is looked at whenever something happens on this server."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self.when(fulfilled)
        except TimeoutError:
            last = ", ".join(f"{call.name}[{call.error or 'ok'}]" for call in self.calls[-12:])
            raise AssertionError(f"waited in vain for {what}; last calls: {last}") from None

    async def when(self, fulfilled: Callable[[], object]) -> None:
        while not fulfilled():
            await self._changed.wait()

    def notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    # HTTP

    async def _with_faults(self, request: Request) -> Answer:
        name = self.name(request)
        fault = next((fault for fault in self._faults if fault.times > 0 and fault.name == name), None)
        if fault is None:
            return await self.answer(request)
        fault.times -= 1
        if fault.wait:
            await fault.wait()
        if fault.answer:
            self.calls.append(Call(name, {}, fault.answer.status))
            self.notify()
            return fault.answer
        if fault.cut == "before":
            self.calls.append(Call(name, {}, -1))
            self.notify()
            raise CutError
        answer = await self.answer(request)
        if fault.cut == "after":
            raise CutError
        return answer

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections.add(task)
        try:
            async for request in _requests(reader):
                writer.write(_bytes(await self._with_faults(request)))
                await writer.drain()
        except (CutError, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.transport.abort()


async def _requests(reader: asyncio.StreamReader) -> AsyncIterator[Request]:
    while True:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        verb, path, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        yield Request(verb, path, headers, await reader.readexactly(int(headers.get("content-length", 0))))


def _bytes(answer: Answer) -> bytes:
    body = answer.content if isinstance(answer.content, bytes) else json.dumps(answer.content).encode()
    more = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
    head = f"HTTP/1.1 {answer.status} X\r\nContent-Type: {answer.kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body
