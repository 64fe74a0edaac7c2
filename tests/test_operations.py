"""What those who run it do: back up, restore, pause, put up a notice."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import SQLModel

from bot import app as module
from bot.app import App, running
from bot.desk import Desk
from bot.settings import Settings
from handlers.messages import Incoming
from knowledge import backup, workers
from knowledge.backup import BackupError
from knowledge.calendar import now
from knowledge.chats import Turn
from knowledge.db import open_engine, transact
from knowledge.knowledge import Knowledge
from knowledge.mailbox import Mailbox, NewLetter
from knowledge.workers import Workers
from tests.command_line import motcua
from tests.conftest import Clock


async def everything(engine: AsyncEngine) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables but those of who is running."""
    found = {}
    async with engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            if table.name not in backup.NOT_KEPT:
                rows = await connection.execute(select(table))
                found[table.name] = sorted((tuple(map(backup._plain, row)) for row in rows), key=repr)
    return found


@pytest.fixture
async def lived_in(knowledge: Knowledge, clock: Clock) -> Knowledge:
    """A database with something in nearly every table that a day of work fills."""
    chats = knowledge.chats
    await chats.finish_turn(Turn("a" * 64, {"at": "x", "chữ": "ở đâu"}, clock(), ("web", "1"), unanswered="câu hỏi lạ"))
    await chats.finish_turn(Turn("b" * 64, {"at": "y"}, clock(), ("web", "2"), feedback=("góp ý", "ket-hon")))
    await Mailbox(knowledge.engine, "x").receive([NewLetter("t", "9", "c" * 64, {"text": "chưa trả lời"})], clock())
    await knowledge.noticeboard.announce("Nghỉ lễ", clock())
    return knowledge


@pytest.fixture(params=["sqlite", "postgresql"])
async def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """A new, empty database, of either kind."""
    if request.param == "sqlite":
        engine = open_engine(f"sqlite:///{tmp_path}/elsewhere.db")
        yield engine
        await engine.dispose()
        return
    server = request.getfixturevalue("postgres")
    url = await asyncio.to_thread(server.create)
    engine = open_engine(url)
    yield engine
    await engine.dispose()
    await asyncio.to_thread(server.drop, url)


async def test_a_backup_brings_everything_back_on_either_kind_of_database(
    lived_in: Knowledge, elsewhere: AsyncEngine, tmp_path: Path
) -> None:
    file = tmp_path / "motcua.backup"
    saved = await backup.save(lived_in.engine, file)
    before = await everything(lived_in.engine)
    assert saved == sum(map(len, before.values()))
    assert await backup.restore(elsewhere, file) == saved
    assert await everything(elsewhere) == before
    # New rows get numbers that nobody has.
    letter = NewLetter("t", "10", "d" * 64, {})
    assert (await Mailbox(elsewhere, "x").receive([letter], Clock()())).new == {("t", "10")}
    again = Knowledge(elsewhere, Clock())
    await again.seed()
    assert await again.store.version() == await lived_in.store.version()


async def test_restoring_replaces_what_came_after_the_backup(lived_in: Knowledge, clock: Clock, tmp_path: Path) -> None:
    file = tmp_path / "motcua.backup"
    await backup.save(lived_in.engine, file)
    before = await everything(lived_in.engine)
    await lived_in.noticeboard.announce("Khác", clock())
    await lived_in.chats.finish_turn(Turn("e" * 64, {"at": "z"}, clock(), ("web", "3")))
    await backup.restore(lived_in.engine, file)
    assert await everything(lived_in.engine) == before


async def test_a_backup_shows_one_moment_whatever_is_written_meanwhile(
    lived_in: Knowledge, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await everything(lived_in.engine)
    plain, written = backup._plain, False

    def and_meanwhile(value: object) -> object:
        nonlocal written
        if not written:
            written = True
            _write_from_elsewhere(lived_in)
        return plain(value)

    monkeypatch.setattr(backup, "_plain", and_meanwhile)
    file = tmp_path / "motcua.backup"
    amount = await backup.save(lived_in.engine, file)
    monkeypatch.undo()
    assert amount == sum(map(len, before.values()))
    assert sum(map(len, (await everything(lived_in.engine)).values())) == amount + 1


def _write_from_elsewhere(knowledge: Knowledge) -> None:
    """Another process commits a row while ours reads."""
    url = knowledge.engine.url.render_as_string(hide_password=False)

    async def write() -> None:
        engine = open_engine(url)
        await Mailbox(engine, "other").receive([NewLetter("t", "later", "f" * 64, {})], Clock()())
        await engine.dispose()

    thread = threading.Thread(target=lambda: asyncio.run(write()))
    thread.start()
    thread.join()


def broken(kind: str, file: Path) -> None:
    lines = gzip.decompress(file.read_bytes()).decode().splitlines()
    if kind == "half":
        file.write_bytes(file.read_bytes()[:2000])
    elif kind == "without its end":
        file.write_bytes(gzip.compress("\n".join(lines[:-1]).encode()))
    elif kind == "a row short":
        file.write_bytes(gzip.compress("\n".join([*lines[:-2], lines[-1]]).encode()))
    elif kind == "another thing":
        file.write_text("xin chào")
    elif kind == "newer":
        head = {**json.loads(lines[0]), "revision": "9999"}
        file.write_bytes(gzip.compress("\n".join([json.dumps(head), *lines[1:]]).encode()))


@pytest.mark.parametrize("kind", ["half", "without its end", "a row short", "another thing", "newer"])
async def test_a_broken_backup_is_refused_and_nothing_is_changed(
    lived_in: Knowledge, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / "motcua.backup"
    await backup.save(lived_in.engine, file)
    broken(kind, file)
    before = await everything(lived_in.engine)
    with pytest.raises(BackupError, match=r"motcua\.backup: "):
        await backup.restore(lived_in.engine, file)
    assert await everything(lived_in.engine) == before


async def test_a_backup_of_an_earlier_version_is_brought_up_to_date(
    lived_in: Knowledge, elsewhere: AsyncEngine, tmp_path: Path
) -> None:
    file = tmp_path / "motcua.backup"
    await backup.save(lived_in.engine, file)
    lines = [json.loads(line) for line in gzip.decompress(file.read_bytes()).decode().splitlines()]
    # As the very first version of the schema had it: some tables only.
    first = {"format": backup.FORMAT, "revision": "0001"}
    kept, rows, taken = [first], 0, False
    for line in lines[1:-1]:
        if isinstance(line, dict):
            taken = line["table"] in {"conversation", "inbox", "standing"}
        elif taken:
            rows += 1
        if taken:
            kept.append(line)
    kept.append({"end": rows})
    file.write_bytes(gzip.compress("\n".join(map(json.dumps, kept)).encode()))
    assert await backup.restore(elsewhere, file) == rows
    await transact(elsewhere, lambda connection: connection.execute(select(SQLModel.metadata.tables["watch"])).all())


async def test_a_backup_is_for_its_owner_s_eyes_and_leaves_no_half_file(lived_in: Knowledge, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "motcua.backup"
    with pytest.raises(OSError):
        await backup.save(lived_in.engine, file)
    file.parent.mkdir()
    await backup.save(lived_in.engine, file)
    assert file.stat().st_mode & 0o077 == 0
    assert list(file.parent.iterdir()) == [file]


async def test_the_program_is_seen_to_run_and_to_have_ended(
    knowledge: Knowledge, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "LOOK_SECONDS", 0.01)
    assert not await workers.anybody_at_work(knowledge.engine)
    here = Workers(knowledge.engine, "here")
    await here.join(clock())
    assert not await workers.anybody_at_work(knowledge.engine)  # it counts no more

    asked = asyncio.create_task(workers.anybody_at_work(knowledge.engine))
    while not asked.done():
        await here.look(clock())
    assert await asked


def test_the_commands_back_up_and_restore(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "motcua.backup"
    done = motcua("backup", str(file), url=database_url)
    assert (done.returncode, done.stderr) == (0, "")
    elsewhere = f"sqlite:///{tmp_path}/restored.db"
    done = motcua("restore", str(file), url=elsewhere)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"\d+ rows are back\n", done.stdout)
    with sqlite3.connect(tmp_path / "restored.db") as restored:
        assert restored.execute("SELECT count(*) FROM entry").fetchone()[0] > 100
    done = motcua("restore", str(tmp_path / "none"), url=elsewhere)
    assert done.returncode == 2
    file.write_text("…")
    done = motcua("restore", str(file), url=elsewhere)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


async def test_the_switch_and_the_notice_reach_people_until_they_are_taken_back(
    database_url: str, desk: Desk, knowledge: Knowledge, clock: Clock
) -> None:
    async def told(*arguments: str) -> None:
        done = await asyncio.to_thread(motcua, *arguments, url=database_url)
        assert (done.returncode, done.stderr) == (0, "")
        clock.at = now()  # the commands go by the real one
        knowledge.standing = await knowledge.noticeboard.read(clock())

    async def answer(chat: str) -> str:
        reply = await desk.answer(Incoming("test", chat, "cảm ơn"))
        assert reply
        return reply.text

    await told("notice", "Trung tâm nghỉ ngày 02/9", "--until", "2h")
    assert "Trung tâm nghỉ ngày 02/9" in await answer("a")
    assert "Trung tâm nghỉ" not in await answer("a")
    await told("pause", "--reason", "đang sửa dữ liệu")
    assert "đang sửa dữ liệu" in await answer("b")
    assert "Trung tâm Phục vụ" in await answer("b")
    await told("resume")
    await told("notice", "--remove")
    assert "không có gì" in await answer("c")


@pytest.mark.parametrize(
    "arguments",
    [
        ("pause",),
        ("pause", "--reason", " "),
        ("notice", "x" * 2000),
        ("notice", "a", "--until", "mai"),
        ("notice", "a", "--until", "01/01/2020"),
        ("notice", "a", "--remove"),
    ],
)
def test_unusable_arguments_get_one_clear_line(database_url: str, arguments: tuple[str, ...]) -> None:
    done = motcua(*arguments, url=database_url)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


async def test_while_paused_nothing_is_sent_of_our_own_accord(
    desk: Desk, knowledge: Knowledge, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill switch that still tells people where their dossier stands would be none."""
    done: list[str] = []
    monkeypatch.setattr(module, "TICK_SECONDS", 0.01)
    monkeypatch.setattr(module, "REFRESH_SECONDS", 0.01)

    ran = asyncio.Event()

    async def note(self: object) -> None:
        done.append(type(self).__name__)
        ran.set()

    monkeypatch.setattr(module.Watcher, "run_once", note)
    await knowledge.noticeboard.pause("thử")
    await knowledge.refresh()
    app = App(Settings(database_url=database_url, _env_file=None), knowledge, desk, desk._dossiers)
    async with running(app):
        await asyncio.sleep(0.1)
        assert done == []
        await knowledge.noticeboard.resume()
        await asyncio.wait_for(ran.wait(), 10)
