"""Inbox and outbox by themselves: one of a chat at a time, and word of what waits behind it."""

from __future__ import annotations

from knowledge.chats import Turn
from knowledge.knowledge import Knowledge
from knowledge.mailbox import Answered, Mailbox, NewLetter
from tests.conftest import Clock


async def test_one_of_a_chat_at_a_time_and_word_of_what_waits_behind_it(knowledge: Knowledge, clock: Clock) -> None:
    mailbox, told = Mailbox(knowledge.engine, "one"), list[str]()
    events = [NewLetter("t", event, chat, {}) for event, chat in (("1", "a"), ("2", "a"), ("3", "b"))]
    assert await mailbox.receive(events, clock()) == 3
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
