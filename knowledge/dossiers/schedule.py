"""When a watched dossier is looked at again, and what of it is worth a notice. Pure functions.

The load on a portal is bounded three ways: by these pauses, by the spread (each watch has its own share of jitter, so
that a thousand watches of one morning do not come back together), and by ``PER_MINUTE`` in ``watches``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from knowledge.dossiers.lookup import is_overdue
from knowledge.dossiers.states import states
from knowledge.dossiers.working_days import next_working_day, working_days_between
from knowledge.models import Dossier

DUE_SOON = timedelta(hours=3)
DUE_THIS_WEEK = timedelta(hours=8)
ORDINARY = timedelta(hours=24)
AWAITING_PERSON = timedelta(hours=12)
LONG_OVERDUE = timedelta(hours=24)
LONG_OVERDUE_DAYS = 20
FIRST_RETRY, LONGEST_RETRY = timedelta(minutes=10), timedelta(hours=6)
DAY_BEGINS, DAY_ENDS = time(6, 30), time(21, 0)
JITTER = 0.2
REMIND_EVERY = 3
"""Working days between reminders that papers or a payment are awaited."""
MOST_REMINDERS = 3

Kind = Literal["changed", "due-near", "late", "waiting"]


@dataclass(frozen=True)
class News:
    """Something to tell. ``mark`` names it: the same mark is never told twice."""

    kind: Kind
    mark: str


@dataclass(frozen=True)
class Before:
    """What was seen at the last look: ``since`` when the state began to be seen."""

    seen: str
    since: date | None
    told: tuple[str, ...]


def fingerprint(dossier: Dossier) -> str:
    """Two looks at a dossier show the person the same when this is the same."""
    parts = (dossier.state, dossier.state_label, str(dossier.due_on), str(dossier.finished_on))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def is_over(dossier: Dossier) -> bool:
    """Whether nothing more will happen: handed over, refused or withdrawn. A result that waits is not over."""
    return dossier.state in {"da-tra-ket-qua", "khong-duoc-tiep-nhan", "da-rut"}


def news(before: Before, dossier: Dossier, today: date) -> list[News]:
    """What to tell of ``dossier``, given what was told before."""
    seen = fingerprint(dossier)
    found: list[News] = []
    if before.seen and seen != before.seen:
        found.append(News("changed", f"changed:{len(before.told)}:{seen}"))
    else:
        found += _reminders(before, dossier, today)
    return [one for one in found if one.mark not in before.told]


def _reminders(before: Before, dossier: Dossier, today: date) -> list[News]:
    state = states().get(dossier.state)
    if dossier.due_on and not (state and (state.paused or state.finished)) and not dossier.finished_on:
        if is_overdue(dossier, today):
            return [News("late", f"late:{dossier.due_on}")]
        if working_days_between(today, next_working_day(dossier.due_on)) <= 1:
            return [News("due-near", f"near:{dossier.due_on}")]
    if state and state.resumes and before.since:
        number = working_days_between(before.since, today) // REMIND_EVERY
        if 1 <= number <= MOST_REMINDERS:
            return [News("waiting", f"waiting:{before.since}:{number}")]
    return []


def next_look(dossier: Dossier, now: datetime, share: float) -> datetime:
    """When to look at ``dossier`` again; ``share`` (0 to 1) is the watch's own place in the spread."""
    return _by_day(now + _pause(dossier, now.date()) * (1 + JITTER * share), share)


def _pause(dossier: Dossier, today: date) -> timedelta:
    state = states().get(dossier.state)
    if state and (state.paused or state.finished):
        return AWAITING_PERSON
    if dossier.due_on is None:
        return ORDINARY
    left = working_days_between(today, next_working_day(dossier.due_on))
    if left < -LONG_OVERDUE_DAYS:
        return LONG_OVERDUE
    if left <= 1:
        return DUE_SOON
    return DUE_THIS_WEEK if left <= 5 else ORDINARY


def after_failure(failures: int, now: datetime, share: float) -> datetime:
    """When to try again after ``failures`` failures in a row."""
    pause = min(FIRST_RETRY * (1 << min(max(failures - 1, 0), 10)), LONGEST_RETRY)
    return now + pause * (1 + JITTER * share)


def _by_day(moment: datetime, share: float) -> datetime:
    """``moment``, or the next morning: nobody is woken, and portals are left their nights."""
    morning = timedelta(hours=1) * share
    if moment.time() < DAY_BEGINS:
        return datetime.combine(moment.date(), DAY_BEGINS, moment.tzinfo) + morning
    if moment.time() >= DAY_ENDS:
        return datetime.combine(moment.date() + timedelta(days=1), DAY_BEGINS, moment.tzinfo) + morning
    return moment
