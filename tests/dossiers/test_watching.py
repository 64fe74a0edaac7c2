"""“Báo cho tôi”: told once per change, on the channel it was asked on; nothing lost, nothing told twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.delivery import Delivery, SendError
from bot.desk import Desk
from bot.watching import AT_A_TICK, Watcher
from handlers.messages import Incoming, Message, Reply, plain
from handlers.texts import dossier as words
from knowledge.calendar import VIETNAM
from knowledge.dossiers import Found
from knowledge.dossiers.parts import DossierCode
from knowledge.dossiers.schedule import Before, after_failure, fingerprint, news, next_look
from knowledge.dossiers.services import DossierServices, dossier_services
from knowledge.dossiers.vault import Vault
from knowledge.dossiers.watches import LEASE, MOST_A_CHAT, PER_MINUTE, NewWatch
from knowledge.knowledge import Knowledge
from knowledge.mailbox import Letter, Mailbox
from tests.conftest import TODAY, Clock
from tests.dossiers.conftest import SECRET, a_dossier, press

CODE = "H49.22-261103-0345"


class Office:
    """A system whose dossiers move when the test says so."""

    def __init__(self) -> None:
        self.dossiers: dict[str, dict[str, Any]] = {CODE: {}}
        self.away = False
        self.asked: list[str] = []

    async def find(self, code: DossierCode) -> Found:
        self.asked.append(code.text)
        await asyncio.sleep(0)
        if self.away:
            return Found(code.text, "office", TODAY, error="unavailable")
        changes = self.dossiers.get(code.text)
        return Found(code.text, "office", TODAY, None if changes is None else a_dossier(code.text, **changes))


class Chats:
    """A platform that collects what is sent, and fails when told to. ``dies``: the worker does, right after."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.got: list[tuple[str, str]] = []
        self.error: Exception | None = None
        self.dies = False

    async def read(self, letter: Letter) -> Incoming | None:
        return None

    async def send(self, address: str, message: Message) -> None:
        if self.error:
            raise self.error
        self.got.append((address, plain(message.text)))
        if self.dies:
            raise asyncio.CancelledError


class Worker:
    """A worker's hands, moved by the test: looks at dossiers, sends what is in the outbox."""

    def __init__(self, name: str, desk: Desk, office: Office, platforms: list[Chats], clock: Clock) -> None:
        self.mailbox = Mailbox(desk.knowledge.engine, name)
        self.delivery = Delivery(self.mailbox, desk, SECRET, clock=clock)
        self.watcher = Watcher(desk.services, office, clock)
        self._platforms = platforms
        for platform in platforms:
            self.delivery.serve(platform)

    async def look(self) -> int:
        return await self.watcher.run_once()

    async def send(self) -> None:
        for platform in self._platforms:
            for parcel in await self.delivery._outboxes[platform.name].take(64):
                await self.delivery._send(parcel)

    async def die(self) -> None:
        """What the others do when they see that it is dead."""
        for platform in self._platforms:
            await self.mailbox.let_go_parcels(platform.name, [])


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def chats() -> Chats:
    return Chats("test")


@pytest.fixture
def zalo() -> Chats:
    return Chats("zalo-oa")


@pytest.fixture
def worker(desk: Desk, office: Office, chats: Chats, zalo: Chats, clock: Clock) -> Worker:
    return Worker("one", desk, office, [chats, zalo], clock)


@pytest.fixture
def desk(knowledge: Knowledge, services: DossierServices, office: Office) -> Desk:
    return Desk(knowledge, office, (), SECRET, services)


@pytest.fixture
def ask(desk: Desk) -> Callable[..., Any]:
    async def send(text: str = "", *, chat: str = "one", channel: str = "test", **more: Any) -> Reply:
        reply = await desk.answer(Incoming(channel, chat, text, **more))
        assert reply is not None
        return reply

    return send


@pytest.fixture
def turn_round(worker: Worker, clock: Clock) -> Callable[..., Any]:
    """Some time passes; then the worker looks and sends once."""

    async def run(hours: float = 30) -> None:
        clock.pass_minutes(hours * 60)
        await worker.look()
        await worker.send()

    return run


async def rows(knowledge: Knowledge, query: str) -> Any:
    async with knowledge.engine.connect() as connection:
        return (await connection.exec_driver_sql(query)).all()


# Asking for it ----------------------------------------------------------------------------------------------


async def test_after_a_look_up_one_tap_begins_it_and_a_change_is_told_once(
    ask: Any, turn_round: Any, office: Office, chats: Chats
) -> None:
    reply = await ask(CODE)
    assert "sẽ báo khi hồ sơ" in (await ask(data=press(reply, words.WATCH))).text
    await turn_round()
    assert chats.got == []
    office.dossiers[CODE] = {"state": "yeu-cau-bo-sung"}
    await turn_round()
    await turn_round()
    ((address, text),) = chats.got
    assert address == "one"
    assert "có thay đổi" in text
    assert "Yêu cầu bổ sung giấy tờ" in text
    assert CODE in text


async def test_typing_it_works_with_a_code_and_right_after_a_look_up(ask: Any) -> None:
    assert "sẽ báo" in (await ask(f"báo cho tôi {CODE}")).text
    await ask(CODE, chat="two")
    assert "sẽ báo" in (await ask("báo cho tôi nhé", chat="two")).text
    assert (await ask("báo cho tôi", chat="three")).text == words.WATCH_WHICH


async def test_asking_twice_watches_once(ask: Any, knowledge: Knowledge) -> None:
    await ask(f"báo cho tôi {CODE}")
    assert "rồi" in (await ask(f"báo cho tôi {CODE}")).text
    assert await rows(knowledge, "SELECT count(*) FROM watch") == [(1,)]


async def test_ngung_bao_ends_it(ask: Any, turn_round: Any, office: Office, chats: Chats, knowledge: Knowledge) -> None:
    await ask(f"báo cho tôi {CODE}")
    assert "ngừng báo 1 hồ sơ" in (await ask("ngung bao")).text
    office.dossiers[CODE] = {"state": "da-xu-ly-xong"}
    await turn_round()
    assert chats.got == []
    assert await rows(knowledge, "SELECT count(*) FROM watch") == [(0,)]
    assert "không theo dõi" in (await ask("ngừng báo")).text


async def test_deleting_ones_data_ends_it_too(ask: Any, knowledge: Knowledge) -> None:
    await ask(f"báo cho tôi {CODE}")
    await ask("/xoadulieu")
    assert await rows(knowledge, "SELECT count(*) FROM watch") == [(0,)]


async def test_a_chat_watches_only_so_many(ask: Any, services: DossierServices, clock: Clock) -> None:
    for n in range(MOST_A_CHAT + 1):
        new = NewWatch("chat", f"{n:064}", "test", "a", "c", once=False)
        added = await services.watches.add(new, clock(), clock())
    assert added == "too many"


async def test_where_nothing_can_be_pushed_it_says_so(
    ask: Any, knowledge: Knowledge, office: Office, clock: Clock
) -> None:
    assert "chưa nhắn trước được" in (await ask(f"báo cho tôi {CODE}", channel="web")).text
    keyless = Desk(knowledge, office, (), "", dossier_services(knowledge.engine, "", clock, frozenset({"test"})))
    reply = await keyless.answer(Incoming("test", "one", f"báo cho tôi {CODE}"))
    assert reply
    assert "chưa nhắn trước được" in reply.text, "without MOTCUA_SECRET_KEY nothing can be kept safely"


async def test_an_unknown_dossier_is_not_watched(ask: Any, knowledge: Knowledge) -> None:
    assert "không có thông tin" in (await ask("báo cho tôi H49.22-261103-9999")).text
    assert await rows(knowledge, "SELECT count(*) FROM watch") == [(0,)]


async def test_code_address_and_text_are_sealed_at_rest(
    ask: Any, knowledge: Knowledge, office: Office, services: DossierServices, clock: Clock, vault: Vault
) -> None:
    await ask(f"báo cho tôi {CODE}", chat="chat-777")
    office.dossiers[CODE] = {"state": "yeu-cau-bo-sung"}
    clock.pass_minutes(30 * 60)
    await Watcher(services, office, clock).run_once()
    watch, posted = await rows(knowledge, "SELECT * FROM watch"), await rows(knowledge, "SELECT * FROM outbox")
    assert posted
    kept = str(watch) + str(posted)
    for secret in (CODE, "chat-777", "Đăng ký kết hôn"):
        assert secret not in kept
    ((sealed,),) = await rows(knowledge, "SELECT code FROM watch")
    assert vault.open(sealed) == CODE
    assert Vault("another").open(sealed) is None


async def test_nothing_of_what_was_sent_is_kept(
    ask: Any, turn_round: Any, office: Office, knowledge: Knowledge
) -> None:
    await ask(f"báo cho tôi {CODE}")
    office.dossiers[CODE] = {"state": "yeu-cau-bo-sung"}
    await turn_round()
    assert await rows(knowledge, "SELECT count(*) FROM outbox") == [(0,)]
    assert await rows(knowledge, "SELECT count(*) FROM notice") == [(0,)]


# What is told -----------------------------------------------------------------------------------------------


async def test_it_ends_by_itself_when_the_result_is_handed_over(
    ask: Any, turn_round: Any, office: Office, chats: Chats, knowledge: Knowledge
) -> None:
    await ask(f"báo cho tôi {CODE}")
    office.dossiers[CODE] = {"state": "da-xu-ly-xong"}
    await turn_round()
    office.dossiers[CODE] = {"state": "da-tra-ket-qua", "finished_on": date(2026, 11, 25)}
    await turn_round()
    assert len(chats.got) == 2
    assert "ngừng theo dõi" in chats.got[1][1]
    assert await rows(knowledge, "SELECT count(*) FROM watch") == [(0,)]


async def test_back_and_forth_is_told_each_time(ask: Any, turn_round: Any, office: Office, chats: Chats) -> None:
    await ask(f"báo cho tôi {CODE}")
    for state in ("yeu-cau-bo-sung", "dang-xu-ly", "yeu-cau-bo-sung", "dang-xu-ly"):
        office.dossiers[CODE] = {"state": state, "due_on": date(2027, 6, 1)}
        await turn_round(48)
    assert len(chats.got) == 4


def marks(today: date, *told: str, since: date = date(2026, 11, 2), **changes: Any) -> list[str]:
    dossier = a_dossier(CODE, **changes)
    return [one.mark for one in news(Before(fingerprint(dossier), since, told), dossier, today)]


def test_the_day_before_it_is_due_there_is_one_reminder() -> None:
    due = {"due_on": date(2026, 12, 1)}
    assert marks(date(2026, 11, 27), **due) == []
    assert marks(date(2026, 11, 30), **due) == ["near:2026-12-01"]
    assert marks(date(2026, 12, 1), "near:2026-12-01", **due) == []
    assert marks(date(2026, 12, 2), "near:2026-12-01", **due) == ["late:2026-12-01"]
    assert marks(date(2026, 12, 9), "near:2026-12-01", "late:2026-12-01", **due) == []


def test_awaited_papers_are_recalled_every_third_working_day_at_most_three_times() -> None:
    since = date(2026, 11, 2)
    told: list[str] = []
    days = []
    for n in range(60):
        new = marks(since + timedelta(days=n), *told, state="yeu-cau-bo-sung", since=since)
        told += new
        days += [since + timedelta(days=n)] * len(new)
    assert days == [date(2026, 11, 5), date(2026, 11, 10), date(2026, 11, 13)]


# How often --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "due", "hours"),
    [
        ("dang-xu-ly", date(2026, 11, 25), 3),
        ("dang-xu-ly", date(2026, 11, 30), 8),
        ("dang-xu-ly", date(2027, 1, 15), 24),
        ("dang-xu-ly", date(2026, 1, 15), 24),
        ("dang-xu-ly", None, 24),
        ("yeu-cau-bo-sung", date(2026, 11, 25), 12),
        ("da-xu-ly-xong", date(2026, 11, 25), 12),
    ],
)
def test_how_often_depends_on_state_and_due_day(state: str, due: date | None, hours: int) -> None:
    first = next_look(a_dossier(state=state, due_on=due), TODAY, 0.0)
    last = next_look(a_dossier(state=state, due_on=due), TODAY, 1.0)
    assert first - TODAY >= timedelta(hours=hours)
    assert last > first, "the watches of one morning are spread"


def test_nobody_is_woken_at_night() -> None:
    evening = datetime(2026, 11, 23, 20, 0, tzinfo=VIETNAM)
    look = next_look(a_dossier(due_on=date(2026, 11, 25)), evening, 0.5)
    assert (look.date(), look.hour) == (date(2026, 11, 24), 7)


def test_after_failures_the_pauses_grow_to_six_hours() -> None:
    pauses = [after_failure(n, TODAY, 0) - TODAY for n in (1, 2, 3, 20)]
    assert pauses == [timedelta(minutes=m) for m in (10, 20, 40, 360)]


async def test_the_load_on_portals_is_bounded_for_all_workers_together(
    services: DossierServices, office: Office, clock: Clock
) -> None:
    for n in range(PER_MINUTE + 50):
        new = NewWatch(f"chat-{n}", f"{n:064}", "test", "a", services.vault.seal(CODE), once=False)
        await services.watches.add(new, clock(), clock())
    looked = 0
    for _ in range(20):
        looked += sum([await Watcher(services, office, clock).run_once() for _ in range(3)])
    assert looked == PER_MINUTE
    clock.pass_minutes(1)
    assert await Watcher(services, office, clock).run_once() == AT_A_TICK


# Nothing lost, nothing twice --------------------------------------------------------------------------------


async def test_a_portal_that_was_away_for_days_loses_no_notice(
    ask: Any, turn_round: Any, office: Office, chats: Chats
) -> None:
    await ask(f"báo cho tôi {CODE}")
    office.away = True
    for _ in range(10):
        await turn_round(8)
    office.away, office.dossiers[CODE] = False, {"state": "yeu-cau-bo-sung"}
    await turn_round(8)
    assert len(chats.got) == 1


async def test_a_system_that_does_not_answer_is_asked_again_and_the_person_told(
    ask: Any, turn_round: Any, office: Office, chats: Chats, knowledge: Knowledge
) -> None:
    office.away = True
    assert "Tôi sẽ thử lại và nhắn" in (await ask(CODE)).text
    await turn_round(1)
    office.away = False
    await turn_round(1)
    ((_, text),) = chats.got
    assert "Đã tra lại được" in text
    assert "Đăng ký kết hôn" in text
    assert await rows(knowledge, "SELECT count(*) FROM watch") == [(0,)], "one answer, not a watch nobody asked for"


async def watched_by_many(services: DossierServices, clock: Clock, count: int) -> None:
    for n in range(count):
        address, code = services.vault.seal(str(n)), services.vault.seal(CODE)
        new = NewWatch(f"chat-{n}", services.vault.mark(str(n)), "test", address, code, once=False, seen="old")
        await services.watches.add(new, clock(), clock())


@pytest.fixture
def workers(desk: Desk, office: Office, chats: Chats, clock: Clock) -> list[Worker]:
    return [Worker(f"worker {n}", desk, office, [chats], clock) for n in range(6)]


async def test_many_workers_tell_each_change_once(
    services: DossierServices, chats: Chats, clock: Clock, workers: list[Worker]
) -> None:
    await watched_by_many(services, clock, 40)
    for _ in range(4):
        await asyncio.gather(*(worker.look() for worker in workers), *(worker.send() for worker in workers))
    assert Counter(address for address, _ in chats.got) == {str(n): 1 for n in range(40)}


async def test_workers_that_die_at_any_step_lose_no_notice_and_send_none_twice(
    services: DossierServices, chats: Chats, clock: Clock, desk: Desk, office: Office, workers: list[Worker]
) -> None:
    """One dies with watches in its hands, one with notices in its hands, one before it looked."""
    await watched_by_many(services, clock, 40)
    await services.watches.claim(clock(), 10)
    await workers[1].look()
    assert await workers[1].mailbox.take_out("test", clock(), 15)
    await workers[1].die()
    for _ in range(3):
        clock.at += LEASE + timedelta(seconds=1)
        await asyncio.gather(*(worker.look() for worker in workers[2:]), *(worker.send() for worker in workers[2:]))
        await workers[5].send()
    assert Counter(address for address, _ in chats.got) == {str(n): 1 for n in range(40)}
    assert not any(plain(words.NEWS_MAYBE_TWICE) in text for _, text in chats.got)


async def test_killed_between_sent_and_written_down_it_comes_once_more_and_says_so(
    ask: Any, office: Office, chats: Chats, clock: Clock, workers: list[Worker], knowledge: Knowledge
) -> None:
    """No platform tells afterwards whether a message arrived: not lost, and not told as news a second time."""
    await ask(f"báo cho tôi {CODE}")
    office.dossiers[CODE] = {"state": "yeu-cau-bo-sung"}
    clock.pass_minutes(30 * 60)
    await workers[0].look()
    chats.dies = True
    with pytest.raises(asyncio.CancelledError):
        await workers[0].send()
    chats.dies = False
    await workers[1].send()
    assert len(chats.got) == 1, "held by the dead one until it is known to be dead"
    await workers[0].die()
    await workers[1].send()
    (_, first), (_, second) = chats.got
    assert second == f"{first}\n{words.NEWS_MAYBE_TWICE}"
    await workers[0].look()
    await workers[2].send()
    assert len(chats.got) == 2
    assert await rows(knowledge, "SELECT count(*) FROM outbox") == [(0,)]


async def test_a_worker_that_was_taken_for_dead_sends_nothing_more(
    ask: Any, office: Office, chats: Chats, clock: Clock, workers: list[Worker]
) -> None:
    await ask(f"báo cho tôi {CODE}")
    office.dossiers[CODE] = {"state": "yeu-cau-bo-sung"}
    clock.pass_minutes(30 * 60)
    await workers[0].look()
    (parcel,) = await workers[0].mailbox.take_out("test", clock(), 5)
    await workers[0].die()  # ... it only stood still, and others have taken over
    await workers[1].send()
    await workers[0].delivery._send(parcel)
    assert len(chats.got) == 1


async def test_a_worker_that_dies_before_writing_leaves_its_work_to_another(
    ask: Any, services: DossierServices, office: Office, chats: Chats, clock: Clock, worker: Worker
) -> None:
    await ask(f"báo cho tôi {CODE}")
    office.dossiers[CODE] = {"state": "yeu-cau-bo-sung"}
    clock.pass_minutes(30 * 60)
    await services.watches.claim(clock(), 10)  # ... and the worker dies here
    assert await worker.look() == 0
    clock.at += LEASE + timedelta(seconds=1)
    assert await worker.look() == 1
    await worker.send()
    assert len(chats.got) == 1


async def test_a_worker_that_was_overtaken_writes_nothing(
    ask: Any, services: DossierServices, office: Office, clock: Clock, knowledge: Knowledge
) -> None:
    await ask(f"báo cho tôi {CODE}")
    clock.pass_minutes(30 * 60)
    slow, (row,) = await services.watches.claim(clock(), 10)
    clock.at += LEASE + timedelta(seconds=1)
    await Watcher(services, office, clock).run_once()
    assert not await services.watches.finish(row.id, slow, {"seen": "x"})
    assert await rows(knowledge, "SELECT count(*) FROM watch WHERE seen = 'x'") == [(0,)]


@pytest.mark.parametrize("error", [ConnectionError(), SendError(), SendError(after=20)])
async def test_a_notice_that_did_not_arrive_is_sent_again_later(
    ask: Any, turn_round: Any, office: Office, chats: Chats, error: Exception
) -> None:
    await ask(f"báo cho tôi {CODE}")
    office.dossiers[CODE] = {"state": "yeu-cau-bo-sung"}
    chats.error = error
    for hours in (30, 1, 5, 20):
        await turn_round(hours)
    chats.error = None
    await turn_round(1)
    assert len(chats.got) == 1


async def test_a_platform_that_is_away_for_a_day_loses_no_notice(
    ask: Any, worker: Worker, office: Office, chats: Chats, clock: Clock
) -> None:
    await ask(f"báo cho tôi {CODE}")
    office.dossiers[CODE] = {"state": "yeu-cau-bo-sung"}
    clock.pass_minutes(30 * 60)
    await worker.look()
    chats.error = SendError()
    for _ in range(24 * 12):
        clock.pass_minutes(5)
        await worker.send()
    chats.error = None
    clock.pass_minutes(6)
    await worker.send()
    assert len(chats.got) == 1


async def test_whoever_blocked_us_is_not_watched_for_any_more(
    ask: Any, turn_round: Any, office: Office, chats: Chats, knowledge: Knowledge
) -> None:
    await ask(f"báo cho tôi {CODE}")
    office.dossiers[CODE] = {"state": "yeu-cau-bo-sung"}
    chats.error = SendError(forever=True, gone=True)
    await turn_round()
    assert await rows(knowledge, "SELECT count(*) FROM watch") == [(0,)]
    assert await rows(knowledge, "SELECT payload, address FROM outbox WHERE NOT dead") == []


@pytest.mark.parametrize("how", ["ngừng báo", "/xoadulieu"])
async def test_what_waits_to_be_told_ends_with_the_watch(
    ask: Any, turn_round: Any, office: Office, chats: Chats, how: str
) -> None:
    await ask(f"báo cho tôi {CODE}")
    office.dossiers[CODE] = {"state": "yeu-cau-bo-sung"}
    chats.error = SendError()
    await turn_round()
    await ask(how)
    chats.error = None
    await turn_round()
    assert chats.got == []


async def test_zalos_window_holds_a_notice_until_the_person_writes_again(
    ask: Any, turn_round: Any, office: Office, zalo: Chats, knowledge: Knowledge
) -> None:
    reply = await ask(f"báo cho tôi {CODE}", channel="zalo-oa")
    assert "48 giờ" in reply.text
    await turn_round(72)
    office.dossiers[CODE] = {"state": "yeu-cau-bo-sung"}
    await turn_round(30)
    await turn_round(30)
    assert zalo.got == []
    assert CODE not in str(await rows(knowledge, "SELECT * FROM notice"))
    await ask("/help", channel="zalo-oa")
    await turn_round(0.1)
    assert len(zalo.got) == 1
    await ask("/help", channel="zalo-oa")
    await turn_round(0.1)
    assert len(zalo.got) == 1


async def test_a_window_that_zalo_says_is_closed_holds_it_too(
    ask: Any, turn_round: Any, office: Office, zalo: Chats, knowledge: Knowledge
) -> None:
    """Our clock and Zalo's need not agree."""
    await ask(f"báo cho tôi {CODE}", channel="zalo-oa")
    office.dossiers[CODE] = {"state": "yeu-cau-bo-sung"}
    zalo.error = SendError(forever=True, unheard=True)
    await turn_round(30)
    zalo.error = None
    await turn_round(8)
    assert zalo.got == []
    await ask("/help", channel="zalo-oa")
    await turn_round(0.1)
    assert len(zalo.got) == 1
    assert await rows(knowledge, "SELECT count(*) FROM notice") == [(0,)]


async def test_a_person_who_writes_while_we_look_is_told_at_once(
    ask: Any, office: Office, zalo: Chats, clock: Clock, worker: Worker, services: DossierServices
) -> None:
    """The window counts as it stands when the news is written down, not as it stood when the look began."""
    await ask(f"báo cho tôi {CODE}", channel="zalo-oa")
    office.dossiers[CODE] = {"state": "yeu-cau-bo-sung"}
    clock.pass_minutes(72 * 60)
    find = office.find

    async def meanwhile(code: DossierCode) -> Found:
        await ask("/help", channel="zalo-oa")
        return await find(code)

    office.find = meanwhile  # type: ignore[method-assign]
    await worker.look()
    await worker.send()
    assert len(zalo.got) == 1


async def test_a_changed_key_ends_watches_that_nobody_can_read(
    ask: Any, knowledge: Knowledge, office: Office, clock: Clock
) -> None:
    await ask(f"báo cho tôi {CODE}")
    clock.pass_minutes(30 * 60)
    rekeyed = dossier_services(knowledge.engine, "another key", clock, frozenset({"test"}))
    await Watcher(rekeyed, office, clock).run_once()
    assert office.asked == [CODE]
    assert await rows(knowledge, "SELECT count(*) FROM watch") == [(0,)]


async def test_a_changed_key_leaves_no_notice_that_nobody_can_read(
    ask: Any, knowledge: Knowledge, office: Office, chats: Chats, clock: Clock, worker: Worker
) -> None:
    await ask(f"báo cho tôi {CODE}")
    office.dossiers[CODE] = {"state": "yeu-cau-bo-sung"}
    clock.pass_minutes(30 * 60)
    await worker.look()
    rekeyed = dossier_services(knowledge.engine, "another key", clock, frozenset({"test"}))
    await Worker("new", Desk(knowledge, office, (), "another key", rekeyed), office, [chats], clock).send()
    assert chats.got == []
    assert await rows(knowledge, "SELECT count(*) FROM outbox WHERE NOT dead") == [(0,)]
