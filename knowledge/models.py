"""The tables. A procedure's record lives whole in ``entry.content``; what is searched, counted or
joined stands beside it in columns of its own (see docs/decisions/0002-records-in-the-database.md)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, DateTime, Integer, Table, Text, UniqueConstraint, text
from sqlalchemy import Index as DbIndex
from sqlmodel import Field, SQLModel

ONE_ROW = 1


def table_of(model: type[SQLModel]) -> Table:
    """The table behind ``model``, for plain statements."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def _number_column() -> Column[int]:
    """A counter that never runs out (SQLite counts up by itself only in its own kind of integer)."""
    return Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def _utc_column(**options: Any) -> Column[datetime]:
    return Column(DateTime(timezone=True), **options)


def _where(name: str, condition: str, *columns: str) -> DbIndex:
    """An index over the few rows for which ``condition`` holds."""
    return DbIndex(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


class Entry(SQLModel, table=True):
    """One procedure or FAQ entry, as published."""

    slug: str = Field(primary_key=True, max_length=48)
    kind: str = Field(index=True, max_length=16)
    name: str = Field(sa_column=Column(Text, nullable=False))
    code: str | None = Field(default=None, index=True, max_length=16)
    field: str = Field(index=True, max_length=80)
    tier: str | None = Field(default=None, index=True, max_length=16)
    agency: str | None = Field(default=None, sa_column=Column(Text))
    level: str | None = Field(default=None, index=True, max_length=16)
    old_level: str | None = Field(default=None, max_length=1)
    online_only: bool | None = None
    on_national_portal: bool | None = None
    on_the_spot: bool | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    checked_on: date | None = None
    confidence: str = Field(max_length=16)
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    seeded: str | None = Field(default=None, max_length=64)
    edited: bool = False


class Phrase(SQLModel, table=True):
    """One way in which people ask for an entry."""

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(foreign_key="entry.slug", index=True, max_length=48, ondelete="CASCADE")
    text: str = Field(sa_column=Column(Text, nullable=False))


class EntryCode(SQLModel, table=True):
    """A procedure code that leads to an entry: its own, an abolished one, a variant or a part."""

    __tablename__ = "entry_code"
    code: str = Field(primary_key=True, max_length=16)
    slug: str = Field(primary_key=True, foreign_key="entry.slug", max_length=48, ondelete="CASCADE")
    relation: str = Field(max_length=16)
    note: str | None = Field(default=None, sa_column=Column(Text))


class KnowledgeVersion(SQLModel, table=True):
    """The number of the published version: workers swap their snapshot when it moves."""

    __tablename__ = "knowledge_version"
    id: int = Field(default=ONE_ROW, primary_key=True)
    version: int = 0


class Dossier(SQLModel, table=True):
    """A dossier from the desk's own export, or from a portal's answer (then it is never written).

    No telephone and no identity number; the owner's name only masked (N*** V** A). ``phone_mark`` and
    ``birth_mark`` are keyed hashes of the facts that let a person see more (see docs/dossiers.md)."""

    code: str = Field(primary_key=True, max_length=64)
    procedure: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(max_length=40)
    state_label: str = Field(sa_column=Column(Text, nullable=False))
    agency: str | None = Field(default=None, sa_column=Column(Text))
    received_on: date | None = None
    due_on: date | None = None
    finished_on: date | None = None
    source: str = Field(max_length=80)
    as_of: datetime = Field(sa_column=_utc_column(nullable=False))
    field: str | None = Field(default=None, max_length=120)
    channel: str | None = Field(default=None, max_length=16)
    owner: str | None = Field(default=None, max_length=120)
    supplement: str | None = Field(default=None, sa_column=Column(Text))
    reason: str | None = Field(default=None, sa_column=Column(Text))
    phone_mark: str | None = Field(default=None, max_length=64)
    birth_mark: str | None = Field(default=None, max_length=64)


class Watch(SQLModel, table=True):
    """A dossier that a chat wants to hear of. Code and address are sealed with the key of the installation."""

    __table_args__ = (UniqueConstraint("chat", "mark"),)
    id: int | None = Field(default=None, primary_key=True)
    chat: str = Field(index=True, max_length=64)
    mark: str = Field(max_length=64)
    channel: str = Field(max_length=24)
    address: str = Field(sa_column=Column(Text, nullable=False))
    code: str = Field(sa_column=Column(Text, nullable=False))
    once: bool = False
    seen: str = Field(default="", max_length=64)
    state: str = Field(default="", max_length=40)
    since: date | None = None
    due_on: date | None = None
    told: list[str] = Field(sa_column=Column(JSON, nullable=False))
    failures: int = 0
    next_at: datetime = Field(sa_column=_utc_column(nullable=False, index=True))
    claim: str | None = Field(default=None, max_length=32)
    claimed_until: datetime | None = Field(default=None, sa_column=_utc_column())
    heard_at: datetime = Field(sa_column=_utc_column(nullable=False))
    created_at: datetime = Field(sa_column=_utc_column(nullable=False))


class Notice(SQLModel, table=True):
    """News of a watched dossier that may not be sent before the person writes again (see
    ``knowledge.dossiers.notices``)."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=96)
    chat: str = Field(index=True, max_length=64)
    channel: str = Field(max_length=24)
    payload: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(sa_column=_utc_column(nullable=False))


class Spent(SQLModel, table=True):
    """How much of a budget against guessing is used up, in one window of time. The key is a keyed hash."""

    key: str = Field(primary_key=True, max_length=64)
    window: int = Field(primary_key=True, sa_type=BigInteger)
    count: int = 0
    ends_at: datetime = Field(sa_column=_utc_column(nullable=False, index=True))


class Refused(SQLModel, table=True):
    """Look-ups that were refused or missed, a day and a kind, for the operator."""

    day: date = Field(primary_key=True)
    kind: str = Field(primary_key=True, max_length=24)
    count: int = 0


class Conversation(SQLModel, table=True):
    """What a chat is about. The key is a keyed hash of channel and chat: no platform id is kept."""

    key: str = Field(primary_key=True, max_length=64)
    state: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    touched_at: datetime = Field(sa_column=_utc_column(nullable=False, index=True))


class Inbox(SQLModel, table=True):
    """Platform events: those to be answered with what is in them, those answered by their id only,
    so that one that is sent again is not answered again. ``holder`` is the worker that has it in hand."""

    __table_args__ = (
        UniqueConstraint("channel", "event"),
        _where("ix_inbox_chat", "NOT done", "key", "id"),
        _where("ix_inbox_free", "NOT done AND holder IS NULL", "id"),
        _where("ix_inbox_held", "holder IS NOT NULL", "holder"),
    )
    id: int | None = Field(default=None, sa_column=_number_column())
    channel: str = Field(max_length=24)
    event: str = Field(max_length=128)
    key: str = Field(max_length=64)
    payload: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    done: bool
    at: datetime = Field(sa_column=_utc_column(nullable=False, index=True))
    holder: str | None = Field(default=None, max_length=80)


class Outbox(SQLModel, table=True):
    """Messages to be sent; one that has arrived is deleted. ``address`` is the platform's id of the chat, ``event``
    what the message answers, for the logs."""

    __table_args__ = (
        _where("ix_outbox_chat", "NOT dead", "key", "id"),
        _where("ix_outbox_free", "NOT dead AND holder IS NULL", "channel", "next_at", "id"),
        _where("ix_outbox_held", "holder IS NOT NULL", "holder"),
    )
    id: int | None = Field(default=None, sa_column=_number_column())
    channel: str = Field(max_length=24)
    event: str = Field(default="", max_length=128)
    key: str = Field(max_length=64)
    address: str = Field(max_length=128)
    payload: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    at: datetime = Field(sa_column=_utc_column(nullable=False))
    next_at: datetime = Field(sa_column=_utc_column(nullable=False))
    attempts: int = 0
    dead: bool = False
    holder: str | None = Field(default=None, max_length=80)


class Worker(SQLModel, table=True):
    """A running process. ``beats`` goes up as long as it lives: no clock is compared with another."""

    name: str = Field(primary_key=True, max_length=80)
    beats: int = 0
    since: datetime = Field(sa_column=_utc_column(nullable=False))


class Duty(SQLModel, table=True):
    """What only one worker may do at a time, such as polling Telegram, and who does it."""

    name: str = Field(primary_key=True, max_length=40)
    holder: str = Field(max_length=80)


class Standing(SQLModel, table=True):
    """What holds for every channel at the moment: whether answering is paused, and the notice of the day."""

    id: int = Field(default=ONE_ROW, primary_key=True)
    paused: str | None = Field(default=None, sa_column=Column(Text))
    notice: str | None = Field(default=None, sa_column=Column(Text))
    notice_since: datetime | None = Field(default=None, sa_column=_utc_column())
    notice_until: datetime | None = Field(default=None, sa_column=_utc_column())


class ZaloToken(SQLModel, table=True):
    """The tokens of a Zalo Official Account, sealed with the installation's key (see ``knowledge.zalo_tokens``)."""

    __tablename__ = "zalo_token"
    app: str = Field(primary_key=True, max_length=80)
    access: str = Field(sa_column=Column(Text, nullable=False))
    refresh: str = Field(sa_column=Column(Text, nullable=False))
    version: int
    life: int
    ends_at: datetime = Field(sa_column=_utc_column(nullable=False))
    since: datetime = Field(sa_column=_utc_column(nullable=False))
    seeds: list[str] = Field(sa_column=Column(JSON, nullable=False))
    holder: str | None = Field(default=None, max_length=64)
    held_until: datetime | None = Field(default=None, sa_column=_utc_column())
    spent: bool
    not_before: datetime = Field(sa_column=_utc_column(nullable=False))


class Unanswered(SQLModel, table=True):
    """A question we had no answer to, with everything personal masked, for the staff."""

    id: int | None = Field(default=None, primary_key=True)
    question: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    times: int = 1
    first_seen: date
    last_seen: date


class Feedback(SQLModel, table=True):
    """What a person told us about the bot (``/gopy``), masked like an unanswered question."""

    id: int | None = Field(default=None, primary_key=True)
    text: str = Field(sa_column=Column(Text, nullable=False))
    about: str | None = Field(default=None, max_length=48)
    day: date
