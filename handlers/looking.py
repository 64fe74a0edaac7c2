"""One look-up on behalf of a person: paid for before, settled after, and silent about why there is nothing."""

from __future__ import annotations

import asyncio
import time

from handlers.texts import dossier as words
from handlers.turn import Turn
from knowledge.dossiers import DossierCode, Found
from knowledge.dossiers.guard import LOOK_UPS, Asker, Budget, Ticket


async def pay(turn: Turn, code: DossierCode, budgets: tuple[Budget, ...] = LOOK_UPS) -> Ticket:
    """One try out of the budgets of this chat, its network and the code's neighbours."""
    if turn.services is None:
        return Ticket()
    return await turn.services.guard.pay(Asker(turn.key, turn.incoming.network), code, budgets)


async def find(turn: Turn, code: DossierCode, ticket: Ticket) -> Found:
    """Look up, settle the budget, and let nothing leave in a time that tells why there is nothing."""
    started = time.perf_counter()
    found = await turn.dossiers.find(code)
    if turn.services is None:
        return found
    if found.dossier or found.error == "unavailable":
        await turn.services.guard.give_back(ticket)
    else:
        await turn.services.guard.count("missed")
        await steady(started, turn.services.miss_step)
    return found


async def steady(started: float, step: float) -> None:
    """Wait until a whole number of steps has passed since ``started``."""
    if step:
        await asyncio.sleep(step - (time.perf_counter() - started) % step)


def refusal(ticket: Ticket, code: DossierCode) -> str:
    """What to say when a budget is used up; nothing in it depends on whether the code exists."""
    if ticket.refused and ticket.refused.scope == "prefix":
        return words.PROVE_FIRST.format(code=code.text)
    return words.TOO_MANY.format(time=f"{ticket.until:%H:%M}" if ticket.until else "ít phút")
