"""Hundreds of people who write to the bot through its webhook, handed on as Telegram does: again, until it says 200."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import count, groupby

from handlers.messages import plain
from handlers.texts import vi
from tests.fakes.light_http import Caller
from tests.fakes.telegram_server import Chat, TelegramServer
from tests.faults.program import SECRET

HEADER = "X-Telegram-Bot-Api-Secret-Token"
ASKED = (("/help", vi.HELP), ("/start", vi.GREETING), ("/hoso", vi.ASK_CODE))
"""Between two pieces of feedback, each with another answer: so that the order can be seen on both sides."""
PATIENCE = 180.0
"""A message that was refused again and again waits for two minutes before it is tried once more."""


@dataclass
class Person:
    """One of them; ``said`` are the texts that the bot has taken."""

    chat: Chat
    said: list[str] = field(default_factory=list)

    @property
    def awaited(self) -> list[str]:
        """What the bot has to answer, in this order."""
        answers = {question: plain(answer).strip() for question, answer in ASKED}
        return [answers.get(text, plain(vi.FEEDBACK_THANKS)) for text in self.said]

    @property
    def heard(self) -> list[str]:
        return [shown.text.strip() for shown in self.chat.shown]

    @property
    def in_order(self) -> list[str]:
        """What was heard, without what came twice in a row."""
        return [text for text, _ in groupby(self.heard)]


class Crowd:
    """``size`` people who write at random moments until they are told to stop."""

    def __init__(self, telegram: TelegramServer, ports: list[int], size: int, seed: int, pause: float = 1.0) -> None:
        self.people = [Person(telegram.user(f"Người {number}")) for number in range(size)]
        self._telegram = telegram
        self._ports = ports
        self._random = random.Random(seed)
        self._pause = pause
        self._updates = count(1)
        self._enough = asyncio.Event()
        self._writing: list[asyncio.Task[None]] = []
        self.repeated_calls = 0

    def start(self) -> None:
        """Begin to write."""
        self._writing = [asyncio.create_task(self._write(person, seed)) for seed, person in enumerate(self.people)]

    async def finish(self) -> None:
        """Write no more, and wait until everything is answered."""
        self._enough.set()
        await asyncio.gather(*self._writing)
        async with asyncio.timeout(PATIENCE):
            while any(len(person.in_order) < len(person.said) for person in self.people):
                await asyncio.sleep(0.05)

    @property
    def feedback(self) -> list[list[str]]:
        """What each person said about the bot, in order."""
        return [[text.partition(" ")[2] for text in p.said if text.startswith("/gopy")] for p in self.people]

    @property
    def sent_twice(self) -> int:
        """Answers that arrived more than once."""
        return sum(len(person.heard) - len(person.in_order) for person in self.people)

    @property
    def disorder(self) -> Counter[str]:
        """People whose answers are not those awaited, in that order."""
        return Counter(person.chat.name for person in self.people if person.in_order != person.awaited)

    async def _write(self, person: Person, number: int) -> None:
        rounds = count()
        while not self._enough.is_set() or len(person.said) < 2:
            turn = next(rounds)
            question = f"/gopy người {number} lần {turn // 2}" if turn % 2 == 0 else ASKED[turn // 2 % len(ASKED)][0]
            await asyncio.sleep(self._random.uniform(0.2, 1.8) * self._pause)
            await self._hand_on(person.chat, question)
            person.said.append(question)

    async def _hand_on(self, chat: Chat, text: str) -> None:
        """One update, called again until it is taken; then it may have been taken more than once."""
        command = {"type": "bot_command", "offset": 0, "length": len(text.split(" ")[0])}
        message = chat.message(text=text, entities=[command])
        update = {"update_id": next(self._updates), "message": message}
        tries = 0
        while await self.call(update) != 200:
            tries += 1
            await asyncio.sleep(0.05)
        self.repeated_calls += tries

    async def call(self, update: dict[str, object], port: int | None = None) -> int:
        """The status of one call of the webhook; 0 when nobody answers."""
        body = json.dumps(update).encode()
        head = (
            f"POST /telegram/webhook HTTP/1.1\r\nHost: motcua\r\nContent-Type: application/json\r\n"
            f"Connection: close\r\n{HEADER}: {SECRET}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(20):
                where = port or self._random.choice(self._ports)
                transport, caller = await loop.create_connection(Caller, "127.0.0.1", where)
                try:
                    return await caller.call(head.encode() + body)
                finally:
                    transport.close()
        except (OSError, TimeoutError):
            return 0
