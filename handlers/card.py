"""Render one entry: each part of the answer on its own, and the card. Composed by code from fields."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from handlers.facets import FACETS, NONE, Conditions, choose_cases, fee_amount, fee_line, time_line
from handlers.texts.card import EN, VI, CardWords
from knowledge.calendar import vietnamese
from knowledge.record import Fact, Fee, Record, walk_facts


def render(record: Record, facet: str, day: date, conditions: Conditions = NONE, *, english: bool = False) -> str:
    """The part ``facet`` of ``record`` as it stands on ``day``, with its source at the foot."""
    words = EN if english else VI
    body = FACETS[facet](record, day, conditions, words)
    head = f"**{_title(record, english)}**"
    return "\n".join(part for part in (head, body, "", _foot(record, facet, words)) if part is not None).strip()


def short(record: Record, day: date, conditions: Conditions = NONE, *, english: bool = False) -> str:
    """The card: what it is, and the first line of each part."""
    words = EN if english else VI
    summary = record.english.summary if english and record.english else record.summary
    lines = [f"**{_title(record, english)}**", *([summary] if summary else [])]
    lines += [f"• **{label}:** {value}" for label, value in _overview(record, day, conditions, words) if value]
    return "\n".join([*lines, "", _foot(record, "card", words)]).strip()


def full(record: Record, day: date, *, english: bool = False) -> str:
    """Everything we know about ``record``."""
    words = EN if english else VI
    sections = [short(record, day, english=english).rsplit("\n\n", 1)[0]]
    for facet in ("eligibility", "documents", "where", "how", "time", "fee", "result", "level", "legal"):
        body = FACETS[facet](record, day, NONE, words)
        if body != words.nothing:
            sections.append(f"**{getattr(words, facet).upper()}**\n{body}")
    return "\n\n".join([*sections, _foot(record, "card", words)])


def _title(record: Record, english: bool) -> str:
    return f"{record.english.name} ({record.name})" if english and record.english else record.name


def _overview(record: Record, day: date, conditions: Conditions, words: CardWords) -> Iterable[tuple[str, str | None]]:
    yield words.level, words.levels[record.level.name] if record.level else None
    if not record.details_checked:
        yield words.agency, record.agency.name if record.agency else None
    chosen, _ = choose_cases(record.documents, conditions)
    if chosen:
        needed = [item.name for item in chosen[0].items if not item.from_database]
        yield words.documents, "; ".join(needed[:3]) + ("…" if len(needed) > 3 else "")
    yield words.where, record.where.text if record.where else None
    first = record.channels[0] if record.channels else None
    if first:
        yield words.time, next((time_line(t, words) for t in first.times if t.holds_on(day)), None)
        yield words.fee, _first_fee([fee for fee in first.fees if fee.holds_on(day)], words)


def _first_fee(fees: list[Fee], words: CardWords) -> str | None:
    """The first fee, without saying “Lệ phí: Lệ phí …”; dots when there are others."""
    if not fees:
        return None
    if len(fees) == 1 and not fees[0].case:
        return fee_amount(fees[0], words)
    line = fee_line(fees[0], words).removeprefix(f"{words.fee} ")
    return line + ("; …" if len(fees) > 1 else "")


# The foot


def _foot(record: Record, facet: str, words: CardWords) -> str:
    """Where it was read and when; for an entry nobody has checked, that."""
    if not record.details_checked:
        return "\n".join([words.not_checked, *_listed_in(record, words)])
    keys = dict.fromkeys(fact.source for fact in _facts_of(record, facet) if fact.source)
    sources = [record.sources[key] for key in keys][:2]
    day = min((source.checked_on for source in sources), default=record.checked_on)
    titles = "; ".join(source.title for source in sources)
    lines = [words.source.format(title=titles)] if titles else []
    lines += [words.checked.format(day=vietnamese(day))] if day else []
    return ". ".join(lines) + "."


def _listed_in(record: Record, words: CardWords) -> list[str]:
    """Where an entry that is only a line of a list can be read in full."""
    source = next(iter(record.sources.values()), None)
    return [words.source.format(title=" ".join(filter(None, (source.title, source.url))))] if source else []


_FIELDS = {
    "documents": ("documents",),
    "where": ("where",),
    "fee": ("channels", "exemptions"),
    "time": ("channels",),
    "how": ("where",),
    "status": ("channels",),
}


def _facts_of(record: Record, facet: str) -> list[Fact]:
    """The facts the part ``facet`` was rendered from."""
    fields = _FIELDS.get(facet, (facet,))
    kinds = {"fee": ".fees", "time": ".times", "status": ".times"}
    wanted = kinds.get(facet, "")
    return [
        fact
        for path, fact in walk_facts(record, only=() if facet == "card" else fields)
        if wanted in path or not path.startswith("channels")
    ]


def faq(record: Record) -> str:
    """A general answer with its source at the foot."""
    answer = (record.answer or "").strip()
    return f"**{record.name}**\n{answer}\n\n{_foot(record, 'card', VI)}"
