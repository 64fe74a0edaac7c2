"""What goes wrong around the delivery: the database, the disk, the clock, a platform. Nothing is lost by it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from bot import delivery as module
from bot import hands
from bot.delivery import Delivery, SendError
from bot.desk import Desk, Stored
from handlers.messages import Incoming, Message
from knowledge import db
from knowledge.db import transact
from knowledge.knowledge import Knowledge
from knowledge.mailbox import Letter, Mailbox
from knowledge.workers import Workers
from tests.conftest import Clock
from tests.fakes.postgres_server import PostgresServer
from tests.test_delivery import Recorder, event


class Another(Recorder):
    """A second platform."""

    name = "another"


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(hands, "LOOK_ROUND_SECONDS", 0.05)
    monkeypatch.setitem(db.SQLITE_OPTIONS, "timeout", 0.1)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
async def delivery(knowledge: Knowledge, desk: Desk, recorder: Recorder) -> AsyncIterator[Delivery]:
    made = Delivery(Mailbox(knowledge.engine, "one"), desk, "test")
    made.serve(recorder)
    await made.start()
    yield made
    await made.stop()


async def sent(recorder: Recorder, *texts: str) -> list[bool]:
    """Whether chat ``a`` got answers with these words, in this order and no others."""
    await recorder.until(len(texts))
    assert len(recorder.sent["a"]) == len(texts)
    return [words in answer for words, answer in zip(texts, recorder.sent["a"], strict=True)]


async def over(delivery: Delivery, recorder: Recorder) -> None:
    """Until the first message is sent, and that is written down: before, it might be sent twice."""
    await recorder.until(1)
    async with asyncio.timeout(10):
        while await delivery.mailbox.unsent():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
async def test_while_another_program_locks_the_database_nothing_is_confirmed_and_nothing_lost(
    delivery: Delivery, recorder: Recorder, database_url: str
) -> None:
    await delivery.receive("recorder", [event(1, "a", "xin chào")])
    await over(delivery, recorder)
    with closing(sqlite3.connect(str(make_url(database_url).database))) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(OperationalError):  # the platform is told so, and calls again
            await delivery.receive("recorder", [event(2, "a", "cảm ơn")])
        other.rollback()
    await delivery.receive("recorder", [event(2, "a", "cảm ơn")])
    assert await sent(recorder, "Xin chào", "không có gì") == [True, True]


@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
async def test_on_a_full_disk_nothing_is_confirmed_and_when_there_is_room_again_all_goes_on(
    delivery: Delivery, recorder: Recorder, knowledge: Knowledge
) -> None:
    async def room(pages: int) -> None:
        await transact(knowledge.engine, lambda c: c.exec_driver_sql(f"PRAGMA max_page_count = {pages}"))

    await room(1)  # SQLite takes the present size for the least
    with pytest.raises(OperationalError, match="full"):
        await delivery.receive("recorder", [(str(n), "a", {"chat": "a", "text": "x" * 9000}) for n in range(9)])
    await room(1_000_000)
    await delivery.receive("recorder", [event(1, "a", "xin chào")])
    assert await sent(recorder, "Xin chào") == [True]


@pytest.mark.parametrize("engine_kind", ["postgresql"], indirect=True)
async def test_while_the_database_is_away_nothing_is_confirmed_and_when_it_is_back_all_goes_on(
    delivery: Delivery, recorder: Recorder, database_url: str, postgres: PostgresServer
) -> None:
    name = make_url(database_url).database
    await delivery.receive("recorder", [event(1, "a", "xin chào")])
    await over(delivery, recorder)
    await asyncio.to_thread(
        postgres.run,
        f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
    )
    with pytest.raises(Exception, match=r"not currently accepting|terminat|closed|in progress"):
        await delivery.receive("recorder", [event(2, "a", "cảm ơn")])
    await asyncio.to_thread(postgres.run, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    await delivery.receive("recorder", [event(2, "a", "cảm ơn")])
    assert await sent(recorder, "Xin chào", "không có gì") == [True, True]


@pytest.mark.parametrize("back", [timedelta(minutes=10), timedelta(days=1)])
async def test_a_clock_that_is_set_back_keeps_no_message_waiting(
    delivery: Delivery, recorder: Recorder, clock: Clock, back: timedelta
) -> None:
    recorder.faults = [SendError(after=600.0)]
    await delivery.receive("recorder", [event(1, "a", "xin chào")])
    await recorder.failed.wait()
    clock.at -= back
    await delivery.receive("recorder", [event(2, "a", "cảm ơn")])
    assert await sent(recorder, "Xin chào", "không có gì") == [True, True]


async def test_a_clock_that_was_set_back_while_nothing_ran_keeps_no_message_waiting(
    delivery: Delivery, desk: Desk, knowledge: Knowledge, recorder: Recorder, clock: Clock
) -> None:
    recorder.faults = [SendError(after=600.0)]
    await delivery.receive("recorder", [event(1, "a", "xin chào")])
    await recorder.failed.wait()
    await delivery.stop()
    clock.at -= timedelta(hours=5)
    again = Delivery(Mailbox(knowledge.engine, "two"), desk, "test")
    again.serve(recorder)
    await again.start()
    assert await sent(recorder, "Xin chào") == [True]
    await again.stop()


async def test_a_platform_that_is_away_gets_everything_later_in_order_and_keeps_no_other_waiting(
    delivery: Delivery, desk: Desk, knowledge: Knowledge, recorder: Recorder, clock: Clock
) -> None:
    await delivery.stop()
    another = Another()
    delivery.serve(another)
    await delivery.start()
    # A minute of “too many requests”, errors and timeouts, as the clock of this test passes.
    recorder.faults = [SendError(after=20.0), SendError(), ConnectionError(), SendError(after=5.0)]
    await delivery.receive("recorder", [event(1, "a", "xin chào"), event(2, "a", "cảm ơn")])
    await recorder.failed.wait()
    await delivery.receive("another", [event(1, "b", "xin chào")])
    await another.until(1)
    assert recorder.sent == {}
    for _ in range(6):
        clock.pass_minutes(0.5)
        await asyncio.sleep(0.1)
    assert await sent(recorder, "Xin chào", "không có gì") == [True, True]


async def test_a_letter_that_always_fails_gets_an_apology_and_holds_up_nobody(
    delivery: Delivery, desk: Desk, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: object) -> None:
        raise OSError("a part of ours")

    monkeypatch.setattr("bot.desk.answer", broken)
    await delivery.receive("recorder", [event(1, "a", "xin chào")])
    assert await sent(recorder, "trục trặc") == [True]


async def test_what_a_worker_that_is_taken_for_dead_answers_does_not_count(
    desk: Desk, knowledge: Knowledge, recorder: Recorder, clock: Clock
) -> None:
    slow, quick = Mailbox(knowledge.engine, "slow"), Delivery(Mailbox(knowledge.engine, "quick"), desk, "test")
    await Workers(knowledge.engine, "slow").join(clock())
    await quick.receive("recorder", [event(1, "a", "xin chào")])
    letter = (await slow.take(["recorder"], 1))[0]
    async with knowledge.engine.begin() as connection:
        await connection.execute(text("DELETE FROM worker"))  # the others took it for dead
    quick.serve(recorder)
    await quick.start()
    await recorder.until(1)
    incoming = Incoming("recorder", "a", "xin chào")
    assert await desk.answer_letter(Stored(letter, "slow"), incoming) is False
    await quick.stop()
    assert len(recorder.sent["a"]) == 1


class Deaf:
    """A platform that reads nothing of what comes."""

    name = "deaf"

    async def read(self, letter: Letter) -> Incoming | None:
        return None

    async def send(self, address: str, message: Message) -> None:
        raise AssertionError("nothing is to be sent")


async def test_what_needs_no_answer_is_done_with(delivery: Delivery, knowledge: Knowledge) -> None:
    await delivery.stop()
    delivery.serve(Deaf())
    await delivery.start()
    await delivery.receive("deaf", [event(1, "a")])
    async with asyncio.timeout(10):
        while await delivery.mailbox.waiting():
            await asyncio.sleep(0.01)
