"""The record of one entry of the knowledge base: the file format, and what the bot answers from.

One YAML file in ``knowledge/data/procedures/`` (or ``faq/``) is one :class:`Record`. Dates are ISO
(``2026-11-23``), money is in whole đồng, codes are the national ``n.nnnnnn``. Every fact that can go
stale names its source and how certain it is, because a wrong answer costs a citizen a trip.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Confidence = Literal["sure", "likely", "unverified"]
CONFIDENCES: tuple[Confidence, ...] = get_args(Confidence)
Tier = Literal["xã", "tỉnh", "trung ương"]
LevelName = Literal["toàn trình", "một phần", "thông tin", "chưa rõ"]
ChannelKind = Literal["online", "desk", "post"]
ReturnKind = Literal["desk", "post", "electronic"]
TimeUnit = Literal["giờ", "ngày", "ngày làm việc", "tháng", "trong ngày"]
Relation = Literal["old", "variant", "part"]
Condition = Literal[
    "first", "again", "lost", "damaged", "expired", "wrong", "child", "adult", "elderly",
    "foreigner", "abroad", "poor", "merit", "disabled", "late", "proxy", "renter", "owner",
    "married", "divorced", "business", "border", "student", "employee",
]  # fmt: skip
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=48)]
Code = Annotated[str, StringConstraints(pattern=r"^(\d\.\d{6}|C\d{2}_[A-Z]+)$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Url = Annotated[str, StringConstraints(pattern=r"^https://[a-z0-9.-]+\.[a-z]{2,}(/\S*)?$")]


class _Part(BaseModel):
    """Unknown keys are refused: a misspelt field must not vanish in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Part):
    """Where a fact was read, and on which day we last compared it."""

    title: Text
    url: Url | None = None
    checked_on: date


class Fact(_Part):
    """A statement that can go stale. ``source`` is a key of the record's ``sources``."""

    source: str | None = None
    confidence: Confidence = "unverified"


class DatedFact(Fact):
    """A fact the calendar switches on and off; both days are inclusive."""

    effective_from: date | None = None
    effective_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the fact is in force on ``day``."""
        after_start = self.effective_from is None or self.effective_from <= day
        return after_start and (self.effective_to is None or day <= self.effective_to)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.effective_from and self.effective_to and self.effective_from > self.effective_to:
            raise ValueError("effective_from is after effective_to")
        return self


class Level(Fact):
    """How much can be done online; ``reason`` is required when it is only part of the way."""

    name: LevelName
    old: Literal["1", "2", "3", "4"] | None = None
    reason: str | None = None


class Agency(Fact):
    """The authority that decides."""

    name: Text


class Document(_Part):
    """One paper. ``from_database`` means the office reads it from data: nothing to bring."""

    name: Text
    originals: int = Field(default=0, ge=0, le=20)
    copies: int = Field(default=0, ge=0, le=20)
    form: str | None = None
    show_only: bool = False
    from_database: bool = False
    optional: bool = False
    note: str | None = None


class DocumentCase(Fact):
    """The papers of one situation; ``when`` lists the conditions a question may mention."""

    case: Text
    when: tuple[Condition, ...] = ()
    items: tuple[Document, ...] = Field(min_length=1)


class OnlinePlace(_Part):
    name: Text
    url: Url


class Where(Fact):
    """Where to submit. ``offices`` are keys of ``knowledge/data/offices.yaml``."""

    online: tuple[OnlinePlace, ...] = ()
    offices: tuple[Slug, ...] = ()
    text: Text
    elsewhere: str | None = None


class TimeLimit(DatedFact):
    """A time limit: ``value`` (up to ``value_to``) of ``unit``, or only ``text`` when no number is known."""

    value: int | None = Field(default=None, ge=0, le=400)
    value_to: int | None = Field(default=None, ge=0, le=400)
    unit: TimeUnit | None = None
    text: str | None = None
    case: str | None = None
    when: tuple[Condition, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.value is not None and self.unit is None:
            raise ValueError("a time limit with a value needs a unit")
        if self.value is None and self.unit != "trong ngày" and not self.text:
            raise ValueError("a time limit needs a value with a unit, or a text")
        return self


class Fee(DatedFact):
    """What is paid. ``amount`` is missing when it is not published: that is never shown as free."""

    name: Text
    amount: int | None = Field(default=None, ge=0)
    amount_to: int | None = Field(default=None, ge=0)
    currency: Literal["VND"] = "VND"
    unit: str | None = None
    case: str | None = None
    when: tuple[Condition, ...] = ()
    note: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.amount is None and not self.note:
            raise ValueError("a fee without an amount needs a note that says who sets it or whom to ask")
        return self


class Channel(_Part):
    """One way to submit, with its own time limits and fees."""

    kind: ChannelKind
    times: tuple[TimeLimit, ...] = ()
    fees: tuple[Fee, ...] = ()
    note: str | None = None


class Exemption(DatedFact):
    """Who pays nothing or less, on which channels, and until when."""

    text: Text
    when: tuple[Condition, ...] = ()
    channels: tuple[ChannelKind, ...] = ()
    free: bool = False


class Result(Fact):
    name: Text
    returned: tuple[ReturnKind, ...] = ()
    note: str | None = None


class Law(DatedFact):
    """One legal basis; ``number`` as printed (``60/2014/QH13``)."""

    number: Text
    title: Text


class OtherCode(_Part):
    """A code that leads here: abolished, a variant of the procedure, or a part of it."""

    code: Code
    relation: Relation
    note: Text


class Confused(_Part):
    """A procedure easily mistaken for this one, and the one sentence that tells them apart."""

    slug: Slug
    difference: Text


class English(_Part):
    name: Text
    summary: Text


class Change(BaseModel):
    """A prepared future version: from that day the named top-level fields are replaced whole.

    What it does not name stays, and is at most as certain as ``carried_over`` says: papers and terms read under the
    old law are not passed off as those of a new one that nobody has compared them with.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    effective_from: date
    reason: Text
    carried_over: Confidence = "sure"


class Record(_Part):
    """One procedure, or one FAQ entry (``kind: faq``, answered by ``answer``)."""

    kind: Literal["procedure", "faq"] = "procedure"
    slug: Slug
    name: Text
    label: Text
    family: Slug | None = None
    situation: str | None = None
    code: Code | None = None
    other_codes: tuple[OtherCode, ...] = ()
    field: Text
    tier: Tier | None = None
    agency: Agency | None = None
    level: Level | None = None
    audience: tuple[Text, ...] = ()
    summary: str | None = None
    answer: str | None = None
    where: Where | None = None
    documents: tuple[DocumentCase, ...] = ()
    steps_online: tuple[Text, ...] = ()
    steps_desk: tuple[Text, ...] = ()
    channels: tuple[Channel, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    online_payment: bool | None = None
    on_national_portal: bool | None = None
    online_only: bool | None = None
    on_the_spot: bool | None = None
    result: Result | None = None
    conditions: tuple[Text, ...] = ()
    legal: tuple[Law, ...] = ()
    related: tuple[Slug, ...] = ()
    confused: tuple[Confused, ...] = ()
    old_names: tuple[Text, ...] = ()
    questions: tuple[Text, ...] = ()
    english: English | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    changes: tuple[Change, ...] = ()
    sources: dict[str, Source] = Field(default_factory=dict)
    checked_on: date | None = None
    confidence: Confidence = "unverified"
    open_points: tuple[Text, ...] = ()

    @property
    def details_checked(self) -> bool:
        """Whether somebody has gone through the facts of this entry against a source."""
        return self.checked_on is not None

    def on(self, day: date) -> Record:
        """The record as it stands on ``day``: prepared changes that have begun are applied in order."""
        record = self
        for change in sorted(self.changes, key=lambda c: c.effective_from):
            if change.effective_from <= day:
                record = record._after(change)
        return record

    def _after(self, change: Change) -> Record:
        kept = _at_most(self.model_dump(exclude={"changes"}), change.carried_over)
        return Record.model_validate({**kept, **(change.model_extra or {})})

    @model_validator(mode="after")
    def _references_hold(self) -> Self:
        if self.level and self.level.name == "một phần" and not self.level.reason:
            raise ValueError("level: 'một phần' needs the reason why it is not fully online")
        if self.kind == "faq" and not self.answer:
            raise ValueError("answer: an FAQ entry needs an answer")
        known = set(self.sources)
        for path, fact in walk_facts(self):
            if fact.source is not None and fact.source not in known:
                raise ValueError(f"{path}.source: {fact.source!r} is not among the sources of this file")
            if fact.source is None and fact.confidence != "unverified":
                raise ValueError(f"{path}: confidence {fact.confidence!r} needs a source")
        for change in self.changes:
            for name in change.model_extra or {}:
                if name not in Record.model_fields or name in {"slug", "kind", "changes"}:
                    raise ValueError(f"changes: {name!r} is not a field that can change")
        return self


def _at_most(part: Any, limit: Confidence) -> Any:
    """``part``, plain data of a record, with nothing in it more certain than ``limit``."""
    if isinstance(part, list | tuple):
        return [_at_most(child, limit) for child in part]
    if not isinstance(part, dict):
        return part
    lowered = {key: _at_most(child, limit) for key, child in part.items()}
    if "confidence" in lowered:
        lowered["confidence"] = max(lowered["confidence"], limit, key=CONFIDENCES.index)
    return lowered


def walk_facts(part: BaseModel, path: str = "", only: tuple[str, ...] = ()) -> list[tuple[str, Fact]]:
    """All facts inside ``part`` with their dotted path, for checks and review sheets; ``only`` those in fields whose
    names begin so."""
    found: list[tuple[str, Fact]] = []
    for name in type(part).model_fields:
        if only and not name.startswith(only):
            continue
        value = getattr(part, name)
        here = f"{path}.{name}" if path else name
        children = enumerate(value) if isinstance(value, tuple) else [(None, value)]
        for index, child in children:
            if isinstance(child, BaseModel):
                where = here if index is None else f"{here}[{index}]"
                if isinstance(child, Fact):
                    found.append((where, child))
                found.extend(walk_facts(child, where))
    return found
