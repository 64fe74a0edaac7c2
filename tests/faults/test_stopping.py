"""Asked to stop, and a new version beside the old one: nobody notices."""

from __future__ import annotations

import asyncio

import pytest

from knowledge.calendar import now
from knowledge.db import open_engine
from knowledge.mailbox import Mailbox, NewLetter
from tests.fakes.telegram_server import TelegramServer
from tests.faults.crowd import Crowd
from tests.faults.program import TOKEN, Program


@pytest.mark.parametrize("engine_kind", ["postgresql"], indirect=True)
async def test_a_new_version_starts_beside_the_old_one_which_then_stops(database_url: str) -> None:
    async with TelegramServer(TOKEN) as telegram:
        old, new = Program(database_url, telegram.url, 2), Program(database_url, telegram.url, 2)
        ports = [old.port]
        crowd = Crowd(telegram, ports, 60, seed=7, pause=0.5)
        try:
            old.start()
            await old.ready()
            crowd.start()
            new.start()
            await new.ready()
            ports.append(new.port)
            await asyncio.sleep(1.0)  # both at work
            ports.remove(old.port)
            status = await old.stop()
            await asyncio.sleep(0.5)
            await crowd.finish()
        finally:
            old.end()
            new.end()
    assert status == 0
    assert (crowd.sent_twice, crowd.disorder) == (0, {})


async def test_asked_to_stop_the_program_finishes_what_is_in_hand_and_takes_nothing_new(database_url: str) -> None:
    async with TelegramServer(TOKEN) as telegram:
        program = Program(database_url, telegram.url)
        crowd = Crowd(telegram, [program.port], 5, seed=7)
        an, binh = crowd.people[0].chat, crowd.people[1].chat
        sending = telegram.holds("sendMessage", chat=an.id)
        try:
            program.start()
            await program.ready()
            assert await crowd.call({"update_id": 1, "message": an.message(text="/help")}) == 200
            await sending.reached()
            stopping = asyncio.create_task(program.stop())
            while await crowd.call({"update_id": 2, "message": binh.message(text="/help")}) == 200:
                await asyncio.sleep(0.05)
            sending.open()
            assert await stopping == 0
        finally:
            program.end()
    assert len(an.shown) == 1


async def test_asked_to_stop_it_takes_nothing_new_even_while_a_slow_caller_is_still_there(database_url: str) -> None:
    async with TelegramServer(TOKEN) as telegram:
        program = Program(database_url, telegram.url)
        crowd = Crowd(telegram, [program.port], 2, seed=7)
        an, binh = crowd.people[0].chat, crowd.people[1].chat
        engine = open_engine(database_url)
        try:
            program.start()
            await program.ready()
            _, slow = await asyncio.open_connection("127.0.0.1", program.port)
            slow.write(b"POST /api/chat HTTP/1.1\r\nHost: motcua\r\nContent-Length: 99\r\n\r\n{")
            await slow.drain()
            assert await crowd.call({"update_id": 1, "message": an.message(text="/help")}) == 200
            await an.wait_reply()
            stopping = asyncio.create_task(program.stop())
            while await crowd.call({"update_id": 2, "message": an.message(text="/help")}) == 200:
                await asyncio.sleep(0.05)
            late = {"update_id": 3, "message": binh.message(text="/help")}
            await Mailbox(engine, "elsewhere").receive([NewLetter("telegram", "1:3", "key", late)], now())
            assert await stopping == 0
            slow.close()
            # That one, and perhaps the second of An.
            assert await Mailbox(engine, "elsewhere").waiting() in {1, 2}
        finally:
            program.end()
            await engine.dispose()
    assert binh.shown == []


@pytest.mark.parametrize("engine_kind", ["postgresql"], indirect=True)
async def test_one_call_that_reaches_all_workers_at_once_is_answered_once(database_url: str) -> None:
    async with TelegramServer(TOKEN) as telegram:
        program = Program(database_url, telegram.url, 4)
        crowd = Crowd(telegram, [program.port], 3, seed=7)
        an = crowd.people[0].chat
        try:
            program.start()
            await program.ready()
            update = {"update_id": 1, "message": an.message(text="/help")}
            assert await asyncio.gather(*(crowd.call(update) for _ in range(20))) == [200] * 20
            await crowd.call({"update_id": 2, "message": an.message(text="/canbo")})
            await an.wait_reply()
            await an.wait_reply()
            async with asyncio.timeout(20):
                while (await program.metrics())["motcua_workers"] < 4:
                    await asyncio.sleep(0.1)  # the last ones may still be starting
            # Whichever worker answers, it counts for all.
            figures = [await program.metrics() for _ in range(8)]
            assert await program.stop() == 0
        finally:
            program.end()
    assert len(an.shown) == 2
    assert [one['motcua_messages_total{channel="telegram",decision="unknown"}'] for one in figures] == [2.0] * 8
    assert {one["motcua_workers"] for one in figures} == {4.0}
    assert figures[-1]['motcua_webhook_calls_total{path="/telegram/webhook",status="200"}'] == 21.0
