"""What both of Zalo's platforms share: text as they take it, and stored events as ours."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any, Protocol

from bot.channels.base import split_text
from bot.channels.zalo_facts import ROOM, TEXT_LIMIT
from handlers.messages import MAX_TEXT, Incoming, plain

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
    chat: str,
    text: object = "",
    *,
    private: bool = True,
    photo: str | None = None,
    hidden: bool = False,
    spoken: bool = False,
) -> dict[str, Any]:
    """What is kept of an event until it is answered: no name, no picture, only what the answer needs."""
    words = clean(text)[:MAX_TEXT] if isinstance(text, str) else ""
    return {"chat": chat, "text": words, "private": private, "photo": photo, "hidden": hidden, "spoken": spoken}


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
        spoken=kept.get("spoken", False),
    )
