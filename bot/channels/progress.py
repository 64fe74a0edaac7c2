"""Long messages go out in pieces; a second attempt does not begin anew."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from bot.delivery import SendError
from handlers.messages import Message

Piece = TypeVar("Piece")
MOST_UNFINISHED = 10_000


class Progress:
    """How many pieces of a message have gone out."""

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
