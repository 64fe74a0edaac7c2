"""The terminal: the same conversation, line by line. A terminal has no buttons, so choices are numbered."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from bot.desk import Desk
from handlers.messages import Incoming, plain
from handlers.texts import vi
from knowledge.understanding.normalize import fold

CHANNEL = "terminal"
STOP = {"thoat", "exit", "quit", "/thoat"}


async def converse(desk: Desk, read: Callable[[], str | None], write: Callable[[str], None]) -> None:
    """Answer lines from ``read`` until it gives ``None`` or the person says to stop."""
    chat = uuid.uuid4().hex

    async def say(line: str) -> None:
        reply = await desk.answer(Incoming(CHANNEL, chat, line, numbered=True))
        for message in reply.messages if reply else ():
            write(f"\n{plain(message.text)}\n")

    write(vi.TERMINAL_HELLO)
    await say("/start")
    while (line := read()) is not None and fold(line) not in STOP:
        await say(line)
    await say("/xoadulieu")
    write(vi.TERMINAL_BYE)
