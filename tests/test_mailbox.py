"""Inbox and outbox by themselves: one of a chat at a time, and word of what waits behind it."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import make_url

from knowledge import mailbox as module
from knowledge.chats import Turn
from knowledge.knowledge import Knowledge
from knowledge.mailbox import Answered, Mailbox, NewLetter, Outlet, Parcel
from tests.conftest import Clock


async def test_one_of_a_chat_at_a_time_and_word_of_what_waits_behind_it(knowledge: Knowledge, clock: Clock) -> None:
    mailbox, told = Mailbox(knowledge.engine, "one"), list[str]()
    events = [NewLetter("t", event, chat, {}) for event, chat in (("1", "a"), ("2", "a"), ("3", "b"))]
    assert len((await mailbox.receive(events, clock())).new) == 3
    letters = await mailbox.take(["t"], 10)
    assert [letter.event for letter in letters] == ["1", "3"]
    assert await mailbox.take(["t"], 10) == []
    messages = [{"text": "một"}, {"text": "hai"}]
    for letter in letters:
        mail = Answered(letter, "one", "address", messages, lambda event=letter.event: told.append(event))
        assert await knowledge.chats.finish_turn(Turn(letter.key, {"of": letter.key}, clock(), mail=mail))
    assert told == ["1"]
    behind = await mailbox.take(["t"], 10)
    assert [(letter.event, letter.state) for letter in behind] == [("2", {"of": "a"})]
    assert not await mailbox.drop(behind[0].number)

    parcels = await mailbox.take_out("t", clock(), 1)
    parcels += await mailbox.take_out("t", clock(), 10)
    assert [(parcel.event, parcel.payload["text"]) for parcel in parcels] == [("1", "một"), ("3", "một")]
    assert [await mailbox.sent(parcel.number) for parcel in parcels] == [True, True]
    parcels = await mailbox.take_out("t", clock(), 10)
    assert [(parcel.event, parcel.payload["text"]) for parcel in parcels] == [("1", "hai"), ("3", "hai")]
    assert [await mailbox.sent(parcel.number) for parcel in parcels] == [False, False]
    assert await mailbox.unsent() == 0


class Room(Outlet):
    """Has room for everything."""

    def __init__(self) -> None:
        self.handed: list[Parcel | None] = []

    def keep_place(self) -> bool:
        return True

    def fill_place(self, parcel: Parcel | None) -> None:
        self.handed.append(parcel)


async def test_what_comes_is_held_at_once_where_there_is_a_place_and_nothing_of_its_chat_waits(
    knowledge: Knowledge, clock: Clock
) -> None:
    mailbox = Mailbox(knowledge.engine, "one")
    events = [NewLetter("t", event, chat, {"of": event}) for event, chat in (("1", "a"), ("2", "a"), ("3", "b"))]
    received = await mailbox.receive([*events, NewLetter("t", "4", "c", {})], clock(), places=2)
    assert len(received.new) == 4
    assert [(letter.event, letter.payload) for letter in received.held] == [("1", {"of": "1"}), ("3", {"of": "3"})]
    again = await mailbox.receive([events[0], NewLetter("t", "5", "b", {})], clock(), places=2)
    assert (len(again.new), again.held) == (1, [])
    assert [letter.event for letter in await mailbox.take(["t"], 10)] == ["4"]


async def test_an_answer_is_handed_over_as_it_is_stored_unless_another_of_its_chat_waits(
    knowledge: Knowledge, clock: Clock
) -> None:
    mailbox, room = Mailbox(knowledge.engine, "one"), Room()
    for event in ("1", "2"):
        (letter,) = (await mailbox.receive([NewLetter("t", event, "a", {})], clock(), places=1)).held
        mail = Answered(letter, "one", "address", [{"text": "một"}, {"text": "hai"}], outlet=room)
        assert await knowledge.chats.finish_turn(Turn("a", {"of": event}, clock(), mail=mail))
    first, second = room.handed
    assert first is not None
    assert (first.event, first.address, first.payload, second) == ("1", "address", {"text": "một"}, None)
    assert await mailbox.take_out("t", clock(), 10) == []
    assert await mailbox.sent(first.number)
    assert [parcel.payload for parcel in await mailbox.take_out("t", clock(), 10)] == [{"text": "hai"}]


async def test_an_answer_of_one_who_was_taken_for_dead_is_not_handed_over(knowledge: Knowledge, clock: Clock) -> None:
    mailbox, room = Mailbox(knowledge.engine, "slow"), Room()
    (letter,) = (await mailbox.receive([NewLetter("t", "1", "a", {})], clock(), places=1)).held
    await mailbox.let_go_letters([])
    mail = Answered(letter, "slow", "address", [{"text": "một"}], outlet=room)
    assert not await knowledge.chats.finish_turn(Turn("a", {}, clock(), mail=mail))
    assert room.handed == [None]


STATEMENTS = {
    "store": module._storing("sqlite"),
    "take": module._taking(frozenset(["t"])),
    "mark": module._marking(),
    "post": module._posting(),
    "take out": module._taking_out(),
    "forget": module._forgetting(),
}


@pytest.mark.parametrize("name", STATEMENTS)
@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_a_message_costs_the_same_however_many_there_were(name: str, database_url: str) -> None:
    """SQLite reads no table, and no index of all rows, from end to end. (PostgreSQL learns from its own counts.)"""
    dialect = sqlite.dialect(paramstyle="named")
    # Lists get their places only when they are known.
    words = re.sub(r"__\[POSTCOMPILE_\w+\]", "1", str(STATEMENTS[name].compile(dialect=dialect)))
    with closing(sqlite3.connect(str(make_url(database_url).database))) as connection:
        names = dict.fromkeys(re.findall(r":(\w+)", words))
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {words}", names)]
    harmless = ("SCAN chosen", "SCAN inbox USING INDEX ix_inbox_free")
    assert [step for step in plan if step.startswith("SCAN") and step not in harmless] == []
    assert [step for step in plan if re.search(r"inbox_1 \(channel=|rowid>", step)] == []
