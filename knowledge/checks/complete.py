"""Is everything there: the parts of an answer, a count for each paper, a fee and a time for each channel?"""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.checks.finding import Notice, bad, note, quoted
from knowledge.files import Problem
from knowledge.record import Channel, Fee, Record

MIN_QUESTIONS = 5
MIN_QUESTIONS_COMPLETE = 8
LEAST_FEE = 1000
"""Smaller amounts are nearly always a number that lost its thousands ("100" for 100.000)."""
PARTS = ("level", "agency", "where", "documents", "channels", "result", "legal", "summary", "english", "audience")
FLAGS = ("online_payment", "on_national_portal", "online_only", "on_the_spot")


def problems(record: Record) -> Iterator[Problem]:
    """What ``record`` lacks although it says that its facts were checked."""
    complete = record.kind == "procedure" and record.details_checked
    least = MIN_QUESTIONS_COMPLETE if complete else MIN_QUESTIONS
    if len(record.questions) < least:
        yield bad(record, "questions", f"needs at least {least}, has {len(record.questions)}")
    if complete:
        yield from _parts(record)
        yield from _papers(record)
        for channel in record.channels:
            yield from _channel(record, channel)


def _parts(record: Record) -> Iterator[Problem]:
    for name in PARTS:
        if not getattr(record, name):
            yield bad(record, name, "is missing although the entry says it was checked")
    if not record.steps_desk and not record.steps_online:
        yield bad(record, "steps_desk", "needs steps at the desk or online")


def _papers(record: Record) -> Iterator[Problem]:
    for case in record.documents:
        for item in case.items:
            if not (item.originals or item.copies or item.from_database or item.show_only):
                yield bad(record, "documents", f"{quoted(item.name)}: how many originals or copies?")


def _channel(record: Record, channel: Channel) -> Iterator[Problem]:
    if not channel.fees:
        yield bad(record, "channels", f"{channel.kind}: no fee (write one without amount if unknown)")
    if not channel.times:
        yield bad(record, "channels", f"{channel.kind}: no time limit (write a text if unknown)")
    if [other.kind for other in record.channels].count(channel.kind) > 1:
        yield bad(record, "channels", f"{channel.kind} stands twice: put their fees and times together")
    for fee in channel.fees:
        yield from _fee(record, channel, fee)


def _fee(record: Record, channel: Channel, fee: Fee) -> Iterator[Problem]:
    place = f"{channel.kind}, {quoted(fee.name)}"
    if fee.amount and fee.amount < LEAST_FEE:
        yield bad(record, "channels", f"{place}: {fee.amount} đồng looks as if it lost its thousands")
    if fee.amount_to is not None and (fee.amount is None or fee.amount_to <= fee.amount):
        yield bad(record, "channels", f"{place}: amount_to must be above amount")


def notices(record: Record) -> Iterator[Notice]:
    """What is not known yet, and therefore missing from the lists a province publishes."""
    if record.kind != "procedure":
        return
    unknown = [name for name in FLAGS if getattr(record, name) is None]
    if unknown:
        yield note(record, "not known", ", ".join(unknown), "neither true nor false: published lists leave it out")
    if record.level and record.level.name == "chưa rõ":
        yield note(record, "not known", "level", "how much can be done online is not known")
