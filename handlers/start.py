"""Coming in by a link: ``/start <payload>`` shows the entry that the link is about."""

from __future__ import annotations

import re
from dataclasses import replace

from handlers import commands, links, procedure
from handlers.messages import Outcome
from handlers.turn import Turn

_START = re.compile(r"/start(?:@\w+)?\s+(\S+)\s*", re.I)


async def handle(turn: Turn) -> Outcome | None:
    """Answer “/start” with a payload that leads somewhere; any other is a plain “/start”."""
    started = _START.fullmatch(turn.text) if turn.incoming.data is None else None
    read = links.read_payload(started.group(1)) if started else None
    if read is None:
        return None
    name, part = read
    if name in links.COMMANDS:
        return await commands.handle(replace(turn, incoming=replace(turn.incoming, text=f"/{name}")))
    if turn.snapshot.record(name) is None:
        return None
    pressed = replace(turn.incoming, text="", data=f"f:{name}:{part}")
    return await procedure.handle(replace(turn, incoming=pressed))
