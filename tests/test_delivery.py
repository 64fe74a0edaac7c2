"""Nothing is lost, nothing is answered twice, and every chat keeps its order."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Table, select

from bot.delivery import Delivery, SendError
from bot.desk import Desk, Stored
from bot.envelope import ADDRESS
from handlers.messages import Incoming, Message, Reply, pack
from knowledge.contacts import contacts_for
from knowledge.db import writing
from knowledge.dossiers import LocalTable
from knowledge.dossiers.notices import NewNotice, post
from knowledge.knowledge import Knowledge
from knowledge.mailbox import INBOX, OUTBOX, Letter, Mailbox
from tests.conftest import Clock


class Recorder:
    """A platform that notes what it is asked to send, and fails when it is told to."""

    name = "recorder"

    def __init__(self) -> None:
        self.sent: defaultdict[str, list[str]] = defaultdict(list)
        self.faults: list[Exception] = []
        self.arrived = asyncio.Condition()
        self.failed = asyncio.Event()

    async def read(self, letter: Letter) -> Incoming | None:
        return Incoming(self.name, letter.payload["chat"], letter.payload["text"], event=letter.event)

    async def send(self, address: str, message: Message) -> None:
        if self.faults:
            self.failed.set()
            raise self.faults.pop(0)
        async with self.arrived:
            self.sent[address].append(message.text)
            self.arrived.notify_all()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(20), self.arrived:
            await self.arrived.wait_for(lambda: sum(map(len, self.sent.values())) >= count)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
async def delivery(knowledge: Knowledge, desk: Desk, recorder: Recorder) -> AsyncIterator[Delivery]:
    made = Delivery(Mailbox(knowledge.engine, "one"), desk, "test")
    made.serve(recorder)
    yield made
    await made.stop()


def event(number: int, chat: str, text: str = "cảm ơn") -> tuple[str, str, dict[str, str]]:
    return str(number), chat, {"chat": chat, "text": text}


async def test_an_event_is_answered_and_its_answer_sent(delivery: Delivery, recorder: Recorder) -> None:
    await delivery.start()
    assert await delivery.receive("recorder", [event(1, "a", "xin chào")]) == 1
    await recorder.until(1)
    assert "Xin chào" in recorder.sent["a"][0]


async def test_an_event_delivered_five_times_at_once_is_answered_once(delivery: Delivery, recorder: Recorder) -> None:
    await delivery.start()
    new = await asyncio.gather(*(delivery.receive("recorder", [event(1, "a")]) for _ in range(5)))
    await delivery.receive("recorder", [event(2, "a", "xin chào")])
    await recorder.until(2)
    assert sum(new) == 1
    assert len(recorder.sent["a"]) == 2


async def test_every_chat_keeps_its_order(delivery: Delivery, recorder: Recorder) -> None:
    await delivery.start()
    said = ("xin chào", "cảm ơn", "gặp cán bộ")
    events = [event(n, f"chat {n % 7}", said[n // 7]) for n in range(21)]
    await asyncio.gather(*(delivery.receive("recorder", [one]) for one in events[:7]))
    await delivery.receive("recorder", events[7:])
    await recorder.until(21)
    for texts in recorder.sent.values():
        assert [word in text for word, text in zip(("Xin chào", "không có gì", "liên hệ"), texts, strict=True)] == [
            True
        ] * 3


async def test_every_chat_has_its_own_conversation(delivery: Delivery, recorder: Recorder) -> None:
    await delivery.start()
    chats = {"a": "đăng ký kết hôn", "b": "đăng ký khai sinh", "c": "đăng ký tạm trú", "d": "làm lại căn cước bị mất"}
    await delivery.receive("recorder", [event(n, chat, text) for n, (chat, text) in enumerate(chats.items())])
    await recorder.until(4)
    subjects = {chat: recorder.sent[chat][0].splitlines()[0] for chat in chats}
    assert len(set(subjects.values())) == 4
    await delivery.receive("recorder", [event(n + 10, chat, "nộp ở đâu") for n, chat in enumerate(reversed(chats))])
    await recorder.until(8)
    assert {chat: recorder.sent[chat][1].splitlines()[0] for chat in chats} == subjects


async def test_what_was_received_before_a_crash_is_answered_after_it(
    knowledge: Knowledge, desk: Desk, recorder: Recorder, delivery: Delivery
) -> None:
    dead = Mailbox(knowledge.engine, "dead")
    before = Delivery(dead, desk, "test")
    await before.receive("recorder", [event(1, "a", "xin chào"), event(2, "b", "cảm ơn")])
    assert len(await dead.take(["recorder"], 10)) == 2  # held by a process that is gone now
    await delivery.start()
    await recorder.until(2)
    assert Counter(len(texts) for texts in recorder.sent.values()) == {1: 2}


async def test_a_message_that_could_not_be_sent_is_tried_again(
    delivery: Delivery, recorder: Recorder, clock: Clock
) -> None:
    recorder.faults = [SendError(after=60.0)]
    await delivery.start()
    await delivery.receive("recorder", [event(1, "a", "xin chào")])
    await recorder.failed.wait()
    clock.pass_minutes(2)
    await recorder.until(1)
    assert len(recorder.sent["a"]) == 1


async def test_a_message_that_can_never_arrive_is_given_up_and_forgotten(
    delivery: Delivery, recorder: Recorder, knowledge: Knowledge
) -> None:
    recorder.faults = [SendError(forever=True)]
    await delivery.start()
    await delivery.receive("recorder", [event(1, "a", "xin chào")])
    await delivery.receive("recorder", [event(2, "b", "cảm ơn")])
    await recorder.until(1)
    await delivery.stop()
    assert sum(map(len, recorder.sent.values())) == 1
    assert await Mailbox(knowledge.engine, "x").oldest_unsent() is None


async def test_nothing_of_an_answered_message_is_kept(
    delivery: Delivery, recorder: Recorder, knowledge: Knowledge
) -> None:
    await delivery.start()
    await delivery.receive("recorder", [event(1, "a", "đăng ký kết hôn nộp ở đâu")])
    await recorder.until(1)
    await delivery.stop()
    async with knowledge.engine.connect() as connection:
        inbox = (await connection.execute(select(INBOX.c.payload, INBOX.c.done))).all()
        outbox = (await connection.execute(select(OUTBOX.c.id))).all()
    assert inbox == [({}, True)]
    assert outbox == []


async def test_what_waits_lies_sealed_in_the_database(
    delivery: Delivery, recorder: Recorder, knowledge: Knowledge
) -> None:
    async def lying(table: Table) -> str:
        async with knowledge.engine.connect() as connection:
            return str((await connection.execute(select(table))).all())

    recorder.faults = [SendError(after=600.0)]
    await delivery.receive("recorder", [event(1, "the chat of an", "đăng ký kết hôn nộp ở đâu")])
    inbox = await lying(INBOX)
    await delivery.start()
    await recorder.failed.wait()
    outbox = await lying(OUTBOX)
    assert "sealed" in inbox
    assert "sealed" in outbox
    for secret in ("the chat of an", "kết hôn", r"k\u1ebft"):
        assert secret not in inbox
        assert secret not in outbox


async def test_what_was_sealed_with_a_key_that_is_lost_holds_up_nobody(
    delivery: Delivery, recorder: Recorder, knowledge: Knowledge, clock: Clock
) -> None:
    desk = Desk(knowledge, LocalTable(knowledge.store, clock), contacts_for("22"), "the old key")
    before = Delivery(Mailbox(knowledge.engine, "before"), desk, "test")
    before.serve(Recorder())
    await before.receive("recorder", [event(1, "a", "xin chào")])
    letter = (await before.mailbox.take(["recorder"], 1))[0]
    await desk.answer_letter(Stored(letter, "before"), Incoming("recorder", "a", "xin chào"))
    await before.receive("recorder", [event(2, "a", "xin chào")])
    await delivery.start()
    await delivery.receive("recorder", [event(3, "a", "cảm ơn")])
    await recorder.until(1)
    assert ["không có gì" in text for text in recorder.sent["a"]] == [True]
    assert await delivery.mailbox.dead() == 1


async def test_while_answering_is_paused_news_wait_and_answers_go(
    delivery: Delivery, recorder: Recorder, desk: Desk, knowledge: Knowledge, clock: Clock
) -> None:
    (packed,) = pack(Reply((Message("Hồ sơ của bạn đã xong."),)))
    payload = desk.envelope.close({ADDRESS: "a", **packed})
    async with writing(knowledge.engine) as connection:
        await post(connection, NewNotice("w1:news", "key", recorder.name, payload, clock()), clock())
    await knowledge.noticeboard.pause("thử")
    await knowledge.refresh()
    await delivery.start()
    await delivery.receive(recorder.name, [event(1, "b", "xin chào")])
    await recorder.until(1)
    assert list(recorder.sent) == ["b"]
    await knowledge.noticeboard.resume()
    await knowledge.refresh()
    clock.pass_minutes(2)
    await delivery.receive(recorder.name, [event(2, "b", "xin chào")])
    await recorder.until(3)
    assert "đã xong" in recorder.sent["a"][0]
