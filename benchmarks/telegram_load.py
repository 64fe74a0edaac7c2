"""The far side of a bot under load: people who write, and a Telegram that takes the answers. As light as possible, so
that what is measured is the bot."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import parse_qs

from tests.fakes.light_http import Caller, Http

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
RESULTS = {
    "getMe": {"id": 1, "is_bot": True, "first_name": "b", "username": "bench_bot"},
    "sendMessage": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "x"},
}


class FarEnd(Http):
    """Takes what the bot sends."""

    def __init__(self, load: Load) -> None:
        super().__init__()
        self._load = load

    def arrived(self, first: str, body: bytes) -> None:
        method = first.split(" ")[1].rsplit("/", 1)[-1]
        if method == "sendMessage":
            chat = parse_qs(body.decode()).get("chat_id") or [str(json.loads(body or b"{}").get("chat_id", 0))]
            self._load.answered(int(chat[0]))
        answer = json.dumps({"ok": True, "result": RESULTS.get(method, True)}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
        assert self.transport
        self.transport.write(head.encode() + answer)


@dataclass
class Load:
    """People of ``chats`` who write to the bot at ``port``; ``texts`` is what they say, in turn."""

    port: int
    path: str
    secret: str
    texts: tuple[str, ...]
    said: defaultdict[int, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    ways: list[float] = field(default_factory=list)
    """Seconds of each message: from our call to its answer's arrival here."""
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _idle: list[Caller] = field(default_factory=list)
    _heard: dict[int, asyncio.Event] = field(default_factory=dict)

    def answered(self, chat: int) -> None:
        """An answer (or a piece of one) has arrived; the first piece counts."""
        if self.said[chat]:
            self.ways.append(time.perf_counter() - self.said[chat].popleft())
        if chat in self._heard:
            self._heard[chat].set()

    async def say(self, chat: int) -> None:
        """Write one message, until the bot has taken it."""
        number = next(self._numbers)
        person = {"id": chat, "is_bot": False, "first_name": "A"}
        message = {
            "message_id": number,
            "date": int(time.time()),
            "chat": {"id": chat, "type": "private", "first_name": "A"},
            "from": person,
            "text": self.texts[number % len(self.texts)],
        }
        body = json.dumps({"update_id": number, "message": message}).encode()
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
            f"{SECRET_HEADER}: {self.secret}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.said[chat].append(time.perf_counter())
        status = await self._call(head.encode() + body)
        if status != 200:
            raise RuntimeError(f"the bot answered {status}")

    async def _call(self, request: bytes) -> int:
        """As a platform does: when the connection is lost before the answer, call again."""
        while True:
            caller = await self._free_caller()
            try:
                status = await caller.call(request)
            except (ConnectionError, RuntimeError):
                continue
            self._idle.append(caller)
            return status

    def turn_to(self, port: int) -> None:
        """From now on write to the bot at ``port``."""
        self.port = port
        self._idle.clear()
        self.said.clear()

    async def _free_caller(self) -> Caller:
        while self._idle:
            caller = self._idle.pop()
            if caller.transport and not caller.transport.is_closing():
                return caller
        _, caller = await asyncio.get_running_loop().create_connection(Caller, "127.0.0.1", self.port)
        return caller

    async def as_fast_as_possible(self, messages: int, chats: int, at_once: int) -> float:
        """Messages a second, when each of ``at_once`` people writes again as soon as the answer is there."""
        left = iter(range(messages))
        begin = time.perf_counter()

        async def person(first: int) -> None:
            # Chats of one's own: nobody writes twice before the first answer.
            chat = first
            for _ in left:
                heard = self._heard[chat] = asyncio.Event()
                await self.say(chat)
                await asyncio.wait_for(heard.wait(), 60)
                del self._heard[chat]
                chat = chat + at_once if chat + at_once <= chats else first

        await asyncio.gather(*(person(1 + number) for number in range(at_once)))
        return messages / (time.perf_counter() - begin)

    async def at_rate(self, rate: float, seconds: float, chats: int) -> None:
        """People write at ``rate`` messages a second, whether or not they are answered."""
        saying: set[asyncio.Task[None]] = set()
        begin = time.perf_counter()
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, begin + number / rate - time.perf_counter()))
            task = asyncio.create_task(self.say(1 + number % chats))
            saying.add(task)
            task.add_done_callback(saying.discard)
        await asyncio.gather(*saying)
        async with asyncio.timeout(60):
            while any(self.said.values()):
                await asyncio.sleep(0.05)


async def far_end(load: Load) -> asyncio.Server:
    """Telegram, on a port of its own."""
    return await asyncio.get_running_loop().create_server(lambda: FarEnd(load), "127.0.0.1", 0)
