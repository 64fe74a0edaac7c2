"""The terminal: the same conversation, line by line."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from bot.channels.base import with_links
from bot.desk import Desk
from handlers.messages import Button, Incoming, Message, plain
from handlers.texts import vi
from knowledge.understanding.normalize import fold

CHANNEL = "terminal"
STOP = {"thoat", "exit", "quit", "/thoat"}


async def converse(desk: Desk, read: Callable[[], str | None], write: Callable[[str], None]) -> None:
    """Answer lines from ``read`` until it gives ``None`` or the person says to stop.

    Buttons are shown as numbers in brackets; typing ``[2]`` or ``2.`` presses one, a plain ``2`` is an answer.
    """
    chat = uuid.uuid4().hex
    write(vi.TERMINAL_HELLO)
    await _say(desk, chat, Incoming(CHANNEL, chat, "/start"), write)
    buttons: list[Button] = []
    while (line := read()) is not None:
        if fold(line) in STOP:
            break
        incoming = _incoming(chat, line, buttons)
        buttons = await _say(desk, chat, incoming, write)
    await desk.answer(Incoming(CHANNEL, chat, "/xoadulieu"))
    write(vi.TERMINAL_BYE)


def _incoming(chat: str, line: str, buttons: list[Button]) -> Incoming:
    mark = line.strip()
    if mark.startswith("[") and mark.endswith("]") and mark[1:-1].isdecimal():
        index = int(mark[1:-1]) - 1
        if 0 <= index < len(buttons):
            return Incoming(CHANNEL, chat, data=buttons[index].data)
    return Incoming(CHANNEL, chat, line)


async def _say(desk: Desk, chat: str, incoming: Incoming, write: Callable[[str], None]) -> list[Button]:
    reply = await desk.answer(incoming)
    buttons: list[Button] = []
    for message in reply.messages if reply else ():
        write(_shown(message, buttons))
    return buttons


def _shown(message: Message, buttons: list[Button]) -> str:
    """The text, then its buttons; those that can be pressed are added to ``buttons`` and numbered."""
    labels = []
    for button in message.buttons:
        if button.data is not None:
            buttons.append(button)
            labels.append(f"[{len(buttons)}] {button.label}")
    text = plain(with_links(message))
    return f"\n{text}\n" + ("  ".join(labels) + "\n" if labels else "")
