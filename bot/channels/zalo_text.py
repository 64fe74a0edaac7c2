"""What both of Zalo's platforms share: text as they take it, and stored events as ours."""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

from bot.channels.base import split_text
from bot.channels.zalo_facts import ROOM, TEXT_LIMIT
from bot.delivery import SendError
from handlers.messages import MAX_TEXT, Incoming, Message, plain

Piece = TypeVar("Piece")
MOST_UNFINISHED = 10_000
LONGEST_ID, LONGEST_ADDRESS = 80, 2000


class Post(Protocol):
    """What a channel needs of :class:`bot.delivery.Delivery`."""

    async def receive(self, channel: str, events: Sequence[tuple[str, str, dict[str, Any]]]) -> int:
        """Store events."""
        ...

    async def has_duty(self, duty: str) -> bool:
        """Whether this worker is the one that polls."""
        ...


def clean(text: str) -> str:
    """``text`` without what no screen shows and a server may refuse."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs", "Co", "Cn"})


def pieces_of(text: str) -> list[str]:
    """``text`` without its marks, in pieces that Zalo takes."""
    return [plain(piece) for piece in split_text(clean(text), TEXT_LIMIT - ROOM)]


def payload(
    chat: str, text: object = "", *, private: bool = True, photo: str | None = None, hidden: bool = False
) -> dict[str, Any]:
    """What is kept of an event until it is answered: no name, no picture, only what the answer needs."""
    words = clean(text)[:MAX_TEXT] if isinstance(text, str) else ""
    return {"chat": chat, "text": words, "private": private, "photo": photo, "hidden": hidden}


def identifier(value: object) -> str:
    """An id as text; empty for what is none."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if len(text) <= LONGEST_ID and text.isprintable() else ""


def address(value: object) -> str | None:
    """The address of a picture, if it could be one."""
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST_ADDRESS and value.isprintable() else None


def incoming(channel: str, event: str, kept: dict[str, Any], photo: bytes | None, *, numbered: bool) -> Incoming:
    """A stored event as ours."""
    location = kept.get("location")
    return Incoming(
        channel,
        kept["chat"],
        kept["text"],
        kept.get("data"),
        event,
        photo,
        private=kept["private"],
        location=(location[0], location[1]) if location else None,
        numbered=numbered,
        hidden=kept["hidden"],
    )


class Progress:
    """How many pieces of a message have gone out, so that a second attempt does not begin anew."""

    def __init__(self) -> None:
        self._done: dict[tuple[str, Message], int] = {}

    async def send(
        self, address: str, message: Message, pieces: Sequence[Piece], send: Callable[[Piece], Awaitable[None]]
    ) -> None:
        """Send the pieces that have not gone out yet.

        Raises:
            SendError: one of them did not arrive.
        """
        done = self._done.pop((address, message), 0)
        for number, piece in enumerate(pieces[done:], start=done):
            try:
                await send(piece)
            except SendError as error:
                if number and not error.forever and len(self._done) < MOST_UNFINISHED:
                    self._done[address, message] = number
                raise
