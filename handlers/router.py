"""The way of one message: each handler in order; the first that returns an outcome has answered."""

from __future__ import annotations

from handlers import (
    commands,
    dossier,
    fallback,
    guide,
    numbers,
    office,
    private,
    procedure,
    safety,
    smalltalk,
    standing,
    start,
)
from handlers.messages import Outcome
from handlers.turn import Handler, Turn

HANDLERS: tuple[Handler, ...] = (
    safety.handle,  # before anything reads the text
    standing.handle,  # the switch that stops everything below
    private.handle,  # in a group nothing personal goes further
    start.handle,  # "/start ket-hon", from a link, before the plain "/start"
    commands.handle,  # "/gopy mất căn cước" is feedback, not a question
    dossier.handle,  # a receipt code is certain; nothing below is
    guide.handle,  # "bao nhiêu thủ tục toàn trình" would look like a question about one of them
    office.handle,  # "ở phường Hồng Hải thì làm căn cước ở đâu": the procedure, answered for that place
    procedure.handle,
    smalltalk.handle,  # after the procedures: "chào em, làm căn cước cần gì" is a question
)


async def answer(turn: Turn) -> Outcome:
    """What to answer to ``turn``; there always is something."""
    if turn.incoming.numbered:
        turn = numbers.pressed(turn)
        return numbers.numbered(turn, await _first(turn))
    return await _first(turn)


async def _first(turn: Turn) -> Outcome:
    for handler in HANDLERS:
        outcome = await handler(turn)
        if outcome is not None:
            # "/start" begins anew; whatever else is said, the place stays known.
            return standing.with_notice(turn, outcome if handler is commands.handle else turn.keeping_place(outcome))
    return standing.with_notice(turn, turn.keeping_place(await fallback.handle(turn)))
