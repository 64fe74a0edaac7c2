"""Where is my dossier? Answers whenever a message holds a receipt code."""

from __future__ import annotations

from handlers.messages import Button, Message, Outcome, Reply, say
from handlers.texts import vi
from handlers.turn import Turn
from knowledge.calendar import vietnamese
from knowledge.dossiers import DossierCode, Found, find_codes
from knowledge.dossiers.states import states
from knowledge.models import Dossier

MAX_CODES = 3


async def handle(turn: Turn) -> Outcome | None:
    """Look up the codes in the message; ask for one when the person said they would send it."""
    if turn.incoming.data is not None:
        return None
    codes = find_codes(turn.text, turn.today)
    if not codes:
        missing = turn.conversation.awaiting == "dossier" or turn.text.strip().casefold().startswith("/hoso")
        return turn.reply(say(vi.NO_CODE_SEEN)) if missing else None
    messages = [Message(await _answer(turn, code), _buttons()) for code in codes[:MAX_CODES]]
    if len(codes) > MAX_CODES:
        messages.append(Message(vi.MORE_CODES.format(n=MAX_CODES)))
    return turn.reply(Reply(tuple(messages), facet="status"))


def problem(code: DossierCode | None) -> str:
    """Why ``code`` cannot be looked up."""
    if code is None:
        return vi.NO_CODE_SEEN
    return vi.CODE_PROBLEM.format(code=code.text, problem=code.problem)


async def _answer(turn: Turn, code: DossierCode) -> str:
    if code.problem:
        return problem(code)
    return describe(await turn.dossiers.find(code), code)


def describe(found: Found, code: DossierCode) -> str:
    """What the person reads about one look-up."""
    if found.error:
        return f"{vi.DOSSIER_UNAVAILABLE}\n{vi.DOSSIER_WHERE_ELSE}"
    if found.dossier is None:
        agency = code.agency or vi.UNKNOWN_AGENCY
        day = vietnamese(code.received_on) if code.received_on else vi.UNKNOWN_DAY
        unknown = vi.DOSSIER_UNKNOWN.format(code=code.text, agency=agency, day=day)
        return f"{unknown}\n{vi.DOSSIER_WHERE_ELSE}"
    return "\n".join(_lines(found, found.dossier))


def _lines(found: Found, dossier: Dossier) -> list[str]:
    state = states().get(dossier.state)
    label = state.label if state else dossier.state_label
    lines = [vi.DOSSIER_FOUND.format(code=dossier.code, procedure=dossier.procedure, label=label)]
    lines.append(state.meaning if state else vi.DOSSIER_OTHER_STATE)
    received = vietnamese(dossier.received_on) if dossier.received_on else vi.UNKNOWN_DAY
    due = vietnamese(dossier.due_on) if dossier.due_on else vi.UNKNOWN_DAY
    lines.append(vi.DOSSIER_DAYS.format(received=received, due=due))
    if dossier.finished_on:
        lines.append(vi.DOSSIER_FINISHED.format(day=vietnamese(dossier.finished_on)))
    if dossier.agency:
        lines.append(vi.DOSSIER_AGENCY.format(agency=dossier.agency))
    if found.overdue:
        lines.append(vi.DOSSIER_OVERDUE.format(due=due))
    if state:
        lines.append(vi.DOSSIER_NEXT.format(next=state.next_step))
    lines += ["", vi.DOSSIER_AS_OF.format(source=found.source, time=f"{found.as_of:%H:%M %d/%m/%Y}")]
    return lines


def _buttons() -> tuple[Button, ...]:
    return (Button(vi.PORTAL_LABEL, url=vi.PORTAL_URL),)
