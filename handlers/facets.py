"""Each part of an answer, rendered from the fields of a record. What is not known is said, never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from handlers.texts.card import CardWords
from knowledge.calendar import vietnamese
from knowledge.offices import office_name
from knowledge.record import (
    Channel,
    Condition,
    Document,
    DocumentCase,
    Exemption,
    Fact,
    Fee,
    Record,
    TimeLimit,
)

Conditions = frozenset[Condition]
Render = Callable[[Record, date, Conditions, CardWords], str]
Part = TypeVar("Part", Fee, TimeLimit)

NONE: Conditions = frozenset()
_ENDS_IN_BRACKETS = re.compile(r"\([^()]*\)$")
_NAMES_ITSELF = re.compile(r"mẫu|biểu|phụ lục", re.I)


def _documents(record: Record, _: date, conditions: Conditions, words: CardWords) -> str:
    chosen, others = choose_cases(record.documents, conditions)
    blocks = []
    for case in chosen:
        title = [f"**{case.case}**{_doubt(case, words)}"] if len(record.documents) > 1 or _doubt(case, words) else []
        blocks.append("\n".join(title + [f"• {_document(item, words)}" for item in case.items]))
    if others:
        blocks.append(words.other_cases.format(cases="; ".join(case.case for case in others)))
    return "\n\n".join(blocks) or words.nothing


def choose_cases(
    cases: tuple[DocumentCase, ...], conditions: Conditions
) -> tuple[list[DocumentCase], list[DocumentCase]]:
    """(the cases that fit what was said, the others). Nothing said, or nothing fits: all of them."""
    fits = {id(case): len(conditions & set(case.when)) for case in cases}
    best = max(fits.values(), default=0)
    if best == 0:
        return list(cases), []
    return [c for c in cases if fits[id(c)] == best], [c for c in cases if fits[id(c)] < best]


def _document(item: Document, words: CardWords) -> str:
    counts = [words.original.format(n=item.originals)] if item.originals else []
    counts += [words.copy.format(n=item.copies)] if item.copies else []
    marks = [words.from_database] if item.from_database else counts
    marks += [words.show_only] if item.show_only and not item.from_database else []
    marks += [words.optional] if item.optional else []
    form = _form(item)
    if form:
        marks.append(form if _NAMES_ITSELF.match(form) else words.form.format(form=form))
    note = _note(item, words)
    return _with_marks(item.name, marks) + (f". {note}" if note else "")


def _form(item: Document) -> str:
    """The form's name as far as the document's own name does not say it."""
    form = item.form or ""
    rest = form.removeprefix(item.name).strip()
    return "" if form in item.name else re.sub(r"^\((.*)\)$", r"\1", rest)


def _note(item: Document, words: CardWords) -> str:
    """The note without what the marks say already."""
    note = item.note or ""
    for said, mark in ((item.show_only, words.show_only), (item.optional, words.optional)):
        if said and note.casefold().startswith(mark):
            note = note[len(mark) :].lstrip(" ;,.")
    return note[:1].upper() + note[1:]


def _with_marks(name: str, marks: list[str]) -> str:
    """``name (marks)``; never one bracket after another."""
    if not marks:
        return name
    if _ENDS_IN_BRACKETS.search(name):
        return f"{name[:-1]}; {', '.join(marks)})"
    return f"{name} ({', '.join(marks)})"


def _where(record: Record, _: date, __: Conditions, words: CardWords) -> str:
    where = record.where
    if where is None:
        return words.nothing
    lines = [where.text + _doubt(where, words)]
    if where.offices:
        lines.append(f"• {words.offices}: {'; '.join(map(office_name, where.offices))}")
    lines += [f"• {words.online}: {place.name} ({place.url})" for place in where.online]
    if where.elsewhere:
        lines.append(f"• {words.elsewhere}: {where.elsewhere}")
    return "\n".join(lines)


def _fees(record: Record, day: date, conditions: Conditions, words: CardWords) -> str:
    lines = _by_channel(record.channels, words, lambda channel: _fee_lines(channel, day, conditions, words))
    waived = [e for e in record.exemptions if e.holds_on(day)]
    if waived:
        lines += [f"**{words.exemptions}**", *(f"• {_exemption(e, words)}" for e in waived)]
    later = [(f.effective_from, fee_line(f, words)) for c in record.channels for f in c.fees if _begins_later(f, day)]
    coming = sorted(dict.fromkeys(later), key=lambda fee: fee[0] or day)
    if coming:
        lines += [f"**{words.upcoming}**"]
        lines += [f"• {words.starting.format(day=vietnamese(d)).capitalize()}: {text}" for d, text in coming if d]
    return "\n".join(lines) or words.nothing


def _fee_lines(channel: Channel, day: date, conditions: Conditions, words: CardWords) -> list[str]:
    fees = _fitting([fee for fee in channel.fees if fee.holds_on(day)], conditions)
    return [fee_line(fee, words) for fee in fees]


def fee_line(fee: Fee, words: CardWords) -> str:
    """What the fee is for, and how much."""
    label = _with_marks(fee.name, [fee.case] if fee.case else [])
    return f"{label}: {fee_amount(fee, words)}"


def fee_amount(fee: Fee, words: CardWords) -> str:
    """How much; what is not known is never shown as free."""
    if fee.amount is None:
        amount = fee.note or words.not_published
    elif fee.amount == 0 and not fee.amount_to:
        amount = words.free + (f". {fee.note}" if fee.note else "")
    else:
        upper = f" – {money(fee.amount_to)}" if fee.amount_to else ""
        amount = f"{money(fee.amount)}{upper} đồng" + (f"/{fee.unit}" if fee.unit else "")
        amount += f" ({words.until.format(day=vietnamese(fee.effective_to))})" if fee.effective_to else ""
        amount += f". {fee.note}" if fee.note else ""
    return amount + _doubt(fee, words)


def money(amount: int) -> str:
    """``20000`` as people write it: 20.000."""
    return f"{amount:,}".replace(",", ".")


def _exemption(exemption: Exemption, words: CardWords) -> str:
    channels = ", ".join(getattr(words, kind).lower() for kind in exemption.channels)
    until = words.until.format(day=vietnamese(exemption.effective_to)) if exemption.effective_to else ""
    marks = "; ".join(mark for mark in (channels, until) if mark)
    return _with_marks(exemption.text, [marks] if marks else []) + _doubt(exemption, words)


def _times(record: Record, day: date, conditions: Conditions, words: CardWords) -> str:
    def lines(channel: Channel) -> list[str]:
        return [time_line(t, words) for t in _fitting([t for t in channel.times if t.holds_on(day)], conditions)]

    return "\n".join(_by_channel(record.channels, words, lines)) or words.nothing


def time_line(limit: TimeLimit, words: CardWords) -> str:
    number = ""
    if limit.value is not None:
        upper = f"–{limit.value_to}" if limit.value_to else ""
        number = f"{limit.value}{upper} {limit.unit}" if limit.unit != "trong ngày" else "trong ngày"
    elif limit.unit == "trong ngày":
        number = "trong ngày"
    texts = [number] if number and not (limit.text and number in limit.text.casefold()) else []
    texts += [limit.text.rstrip(".")] if limit.text else []
    case = f"{limit.case}: " if limit.case else ""
    return case + ". ".join(texts) + _doubt(limit, words)


def _fitting(parts: list[Part], conditions: Conditions) -> list[Part]:
    """The parts for the conditions that were said; all of them when none fits."""
    said = [part for part in parts if conditions & set(part.when)]
    return said or parts


def _begins_later(fee: Fee, day: date) -> bool:
    return fee.effective_from is not None and fee.effective_from > day


def _by_channel(channels: tuple[Channel, ...], words: CardWords, lines: Callable[[Channel], list[str]]) -> list[str]:
    """What holds however one files comes first, without a heading; then what differs, each line once."""
    ways: dict[str, list[str]] = {}
    kinds = []
    for channel in channels:
        said = lines(channel)
        kinds += [getattr(words, channel.kind)] if said else []
        for line in dict.fromkeys(said):
            ways.setdefault(line, []).append(kinds[-1])
    blocks: dict[tuple[str, ...], list[str]] = {tuple(kinds): []}
    for line, where in ways.items():
        blocks.setdefault(tuple(where), []).append(line)
    result: list[str] = []
    for only, differing in blocks.items():
        result += [f"**{' / '.join(only)}**"] if len(only) < len(kinds) else []
        result += [f"• {line}" for line in differing]
    return result


def _how(record: Record, _: date, __: Conditions, words: CardWords) -> str:
    blocks = []
    for title, steps in ((words.steps_online, record.steps_online), (words.steps_desk, record.steps_desk)):
        if steps:
            numbered = [f"{number}. {step}" for number, step in enumerate(steps, start=1)]
            blocks.append("\n".join([f"**{title}**", *numbered]))
    return "\n\n".join(blocks) or words.nothing


def _level(record: Record, _: date, __: Conditions, words: CardWords) -> str:
    level = record.level
    if level is None or level.name == "chưa rõ":
        return words.unknown_level
    lines = [f"**{words.levels[level.name]}**{_doubt(level, words)}"]
    if level.reason:
        lines.append(words.reason.format(reason=level.reason.rstrip(".")))
    if level.old:
        lines.append(words.old_level.format(old=level.old))
    return "\n".join(lines)


def _legal(record: Record, day: date, _: Conditions, words: CardWords) -> str:
    laws = [law for law in record.legal if law.holds_on(day)]
    lines = []
    for law in laws:
        number = "" if law.number in law.title else f" ({law.number})"
        lines.append(f"• {law.title}{number}{_doubt(law, words)}")
    return "\n".join(lines) or words.nothing


def _result(record: Record, _: date, __: Conditions, words: CardWords) -> str:
    if record.result is None:
        return words.nothing
    ways = {"desk": words.desk_return, "post": words.post_return, "electronic": words.electronic_return}
    lines = [record.result.name + _doubt(record.result, words)]
    if record.result.returned:
        lines.append(f"• {words.returned}: {', '.join(ways[way] for way in record.result.returned)}")
    if record.result.note:
        lines.append(f"• {record.result.note}")
    return "\n".join(lines)


def _eligibility(record: Record, _: date, __: Conditions, words: CardWords) -> str:
    lines = [f"{words.for_whom}: {', '.join(record.audience)}"] if record.audience else []
    lines += [f"• {condition}" for condition in record.conditions]
    return "\n".join(lines) or words.nothing


def _status(record: Record, day: date, conditions: Conditions, words: CardWords) -> str:
    return f"{words.status_hint}\n{_times(record, day, conditions, words)}"


def _doubt(fact: Fact, words: CardWords) -> str:
    """What the person must know of how certain a fact is; nothing for a sure one."""
    return {"sure": "", "likely": f" [{words.likely}]", "unverified": f" [{words.unverified}]"}[fact.confidence]


FACETS: dict[str, Render] = {
    "documents": _documents,
    "where": _where,
    "fee": _fees,
    "time": _times,
    "how": _how,
    "level": _level,
    "legal": _legal,
    "result": _result,
    "eligibility": _eligibility,
    "status": _status,
}
