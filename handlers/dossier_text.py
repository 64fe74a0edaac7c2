"""What a person reads about one look-up, composed from what the system said."""

from __future__ import annotations

from datetime import date

from handlers.messages import quote
from handlers.texts import dossier as words
from knowledge.calendar import in_vietnam, vietnamese
from knowledge.dossiers import DossierCode, Found
from knowledge.dossiers.facts import has_fact
from knowledge.dossiers.families import grammar, merger
from knowledge.dossiers.states import State, states
from knowledge.dossiers.working_days import (
    holiday_name,
    is_working_day,
    next_working_day,
    working_days_between,
)
from knowledge.models import Dossier

PORTAL = "dichvucong.gov.vn"


def problem(code: DossierCode | None) -> str:
    """Why ``code`` cannot be looked up."""
    if code is None:
        return words.NO_CODE_SEEN
    return words.CODE_PROBLEM.format(code=code.text, problem=code.problem)


def describe(found: Found, code: DossierCode, today: date, *, full: bool = False) -> str:
    """The answer to one look-up; ``full`` with what only the applicant may read."""
    if found.error == "unavailable":
        return "\n".join([words.UNAVAILABLE, explain(code), where_else(code)])
    if found.dossier is None:
        return unknown(code)
    return "\n".join(_lines(found, found.dossier, code, today, full))


def unknown(code: DossierCode) -> str:
    """The one answer for codes nobody has and for dossiers that we may not see."""
    return "\n".join([words.UNKNOWN.format(code=code.text, parts=explain(code)), where_else(code)])


def explain(code: DossierCode) -> str:
    """What the code itself tells, to compare with the slip."""
    agency = code.agency or words.UNKNOWN_AGENCY
    told = words.PARTS_NO_DAY.format(agency=agency)
    if code.received_on:
        told = words.PARTS.format(agency=agency, day=vietnamese(code.received_on))
    return " ".join([told, *_doubts(code)])


def where_else(code: DossierCode) -> str:
    """Where the person can look for themselves."""
    family = grammar().families.get(code.family)
    where = words.WHERE_ELSE.format(where=family.where if family else PORTAL)
    merged = merger(code.agency_code)
    return f"{where} {words.WHERE_MERGED.format(old=merged[0], new=merged[1])}" if merged else where


def _doubts(code: DossierCode) -> list[str]:
    doubts = [words.REPAIRED.format(code=code.text)] if code.repaired else []
    return [*doubts, words.NOTE.format(note=code.note)] if code.note else doubts


def _lines(found: Found, dossier: Dossier, code: DossierCode, today: date, full: bool) -> list[str]:
    state = states().get(dossier.state)
    label = state.label if state else quote(dossier.state_label)
    lines = [words.FOUND.format(code=dossier.code, procedure=quote(dossier.procedure), label=label)]
    lines.append(state.meaning if state else words.OTHER_STATE)
    lines.append(explain(code))
    if dossier.owner:
        lines.append(words.OWNER.format(owner=quote(dossier.owner)))
    lines += _days(found, dossier, code, today)
    if dossier.agency:
        lines.append(words.AGENCY.format(agency=quote(dossier.agency)))
    if state and not found.overdue:
        # What to do about an overdue one stands with its due day; "wait for the due day" would be a mockery.
        lines.append(words.NEXT[state.acts].format(next=state.next_step))
    lines += _private(dossier, full)
    as_of = in_vietnam(found.as_of)
    return [*lines, "", words.AS_OF.format(source=found.source, time=f"{as_of:%H:%M %d/%m/%Y}")]


def _private(dossier: Dossier, full: bool) -> list[str]:
    if not has_private(dossier):
        return []
    if not full:
        return [words.MORE_KEPT.format(code=dossier.code) if has_fact(dossier) else words.MORE_AT_THE_DESK]
    told = ((words.SUPPLEMENT, dossier.supplement), (words.REASON, dossier.reason))
    return [form.format(text=quote(text)) for form, text in told if text]


def has_private(dossier: Dossier) -> bool:
    """Whether there is more for the applicant to read."""
    return bool(dossier.supplement or dossier.reason)


def _days(found: Found, dossier: Dossier, code: DossierCode, today: date) -> list[str]:
    state = states().get(dossier.state)
    lines = []
    if dossier.received_on is None or dossier.received_on != code.received_on:
        # Else it stands in what the code tells.
        day = vietnamese(dossier.received_on) if dossier.received_on else words.UNKNOWN_DAY
        lines = [words.RECEIVED.format(day=day)]
    if dossier.finished_on:
        form = words.FINISHED.get(dossier.state, words.FINISHED_OTHERWISE)
        return [*lines, form.format(day=vietnamese(dossier.finished_on))]
    if dossier.due_on and not (state and state.finished):
        lines += _due(found, dossier.due_on, state, today)
    return lines


def _due(found: Found, due: date, state: State | None, today: date) -> list[str]:
    day = vietnamese(due)
    opens = next_working_day(due)
    if state and state.paused:
        return [(words.DUE_PAUSED if state.resumes else words.DUE_STOPPED).format(day=day)]
    if found.overdue:
        return [words.OVERDUE.format(due=day, n=max(1, working_days_between(opens, today)))]
    if due == today:
        lines = [words.DUE_TODAY.format(day=day)]
    else:
        lines = [words.DUE_LEFT.format(day=day, n=max(0, working_days_between(today, opens)))]
    if not is_working_day(due):
        name = holiday_name(due)
        lines.append(words.DUE_CLOSED.format(why=f" ({name})" if name else "", day=vietnamese(opens)))
    return lines
