"""Chats that change under us: blocked, moved, edited, long ago; and groups that take few messages."""

from __future__ import annotations

import asyncio

import pytest
from telegram.error import RetryAfter

from bot import hands
from bot.channels import telegram_limits
from bot.channels.telegram_groups import Address
from bot.channels.telegram_limits import Told
from bot.channels.telegram_messages import CHANNEL
from bot.desk import Desk
from bot.rate import Rate
from handlers.messages import plain
from handlers.texts import dossier as words
from handlers.texts import vi
from knowledge.contacts import contacts_for
from knowledge.dossiers import LocalTable
from knowledge.dossiers.services import dossier_services
from knowledge.knowledge import Knowledge
from tests.conftest import Clock
from tests.fakes.telegram_server import BOT, Chat, TelegramServer
from tests.telegram.conftest import RunningBot

US = str(BOT["username"])
CODE = "H49.22-261118-0001"

# The library announces a change of its own types; the value itself is what we use.
pytestmark = pytest.mark.filterwarnings("ignore:.*PTB_TIMEDELTA")


@pytest.fixture
def desk(knowledge: Knowledge, clock: Clock) -> Desk:
    """One that may write first, so that dossiers can be watched."""
    services = dossier_services(knowledge.engine, "test", clock, frozenset({CHANNEL}))
    return Desk(knowledge, LocalTable(knowledge.store, clock), contacts_for("22"), "test", services, "22")


async def watched(desk: Desk) -> int:
    async with desk.knowledge.engine.connect() as connection:
        return int((await connection.exec_driver_sql("SELECT count(*) FROM watch")).scalar_one())


@pytest.fixture
async def watching(an: Chat, desk: Desk) -> Chat:
    """A person who is told when a dossier changes."""
    an.say(CODE)
    await an.wait_reply()
    await an.press(words.WATCH)
    await an.wait_reply()
    assert await watched(desk) == 1
    return an


# Blocked


async def test_when_somebody_blocks_the_bot_nothing_is_watched_for_them_any_more(
    watching: Chat, binh: Chat, desk: Desk
) -> None:
    watching.blocks()
    binh.say("/help")
    await binh.wait_reply()
    await until_nothing_is_watched(desk)


async def test_an_answer_that_finds_itself_blocked_ends_it_too_and_is_not_tried_again(
    watching: Chat, binh: Chat, desk: Desk, telegram: TelegramServer, channel: RunningBot
) -> None:
    watching.blocked = True  # and Telegram's word of it was lost
    watching.say("/help")
    await until_nothing_is_watched(desk)
    binh.say("/help")
    await binh.wait_reply()
    assert [call.refused for call in telegram.calls_of("sendMessage") if call.refused] == [403]
    await channel.stop()
    assert await channel.delivery.mailbox.oldest_unsent() is None


async def test_who_comes_back_is_answered(watching: Chat) -> None:
    watching.blocks()
    watching.blocked = False
    watching.say("/start")
    assert (await watching.wait_reply()).text == plain(vi.GREETING)


async def until_nothing_is_watched(desk: Desk) -> None:
    async with asyncio.timeout(10):
        while await watched(desk):
            await asyncio.sleep(0.01)


# Moved


async def test_an_answer_follows_a_group_to_its_new_number(an: Chat, telegram: TelegramServer) -> None:
    group = telegram.group()
    sending = telegram.holds("sendMessage", chat=group.id)
    group.say(f"/help@{US}", by=an)
    await sending.reached()
    moved = telegram.upgrade(group)
    sending.open()
    answer = await moved.wait_reply()
    assert answer.text == plain(vi.HELP)
    assert answer.answers is None  # the message that was answered has another number there


async def test_what_is_stored_for_the_old_number_arrives_too(
    an: Chat, telegram: TelegramServer, channel: RunningBot
) -> None:
    group = telegram.group()
    telegram.fails("sendMessage", code=500, times=1, chat=group.id)
    group.say(f"/help@{US}", by=an)
    await telegram.called("sendMessage")
    moved = telegram.upgrade(group)
    assert (await moved.wait_reply()).text == plain(vi.HELP)
    await channel.stop()
    assert await channel.delivery.mailbox.oldest_unsent() is None


# Edited, and long ago


async def test_an_edited_message_is_not_answered_again(an: Chat, telegram: TelegramServer) -> None:
    hello = an.say("/help")["message"]
    await an.wait_reply()
    telegram.update("edited_message", {**hello, "text": "/hoso", "edit_date": hello["date"]}, wanted_only=False)
    an.say("/canbo")
    assert plain(vi.PERSON) in (await an.wait_reply()).text
    assert an.unread == 0


async def test_a_button_under_a_message_that_telegram_no_longer_has_still_works(
    an: Chat, telegram: TelegramServer
) -> None:
    lost = {"chat": an.as_json, "message_id": 3, "date": 0}
    press = {"id": "9", "from": an.person, "chat_instance": "1", "message": lost, "data": "f:ket-hon:fee"}
    telegram.update("callback_query", press)
    assert "Lệ phí" in (await an.wait_reply()).text


async def test_a_button_of_an_entry_that_is_gone_is_kindly_refused(an: Chat) -> None:
    an.say("/start")
    await an.wait_reply()
    await an.press_data("f:thu-tuc-da-bai-bo:fee")
    assert (await an.wait_reply()).text == plain(vi.UNREADABLE_BUTTON)


# Floods


async def test_when_one_chat_is_told_to_wait_the_others_are_not_kept_waiting(
    an: Chat, binh: Chat, telegram: TelegramServer
) -> None:
    telegram.floods("sendMessage", retry_after=1, chat=an.id)
    an.say("/help")
    await telegram.called("sendMessage")
    binh.say("/help")
    await binh.wait_reply()
    assert an.unread == 0
    assert (await an.wait_reply()).text == plain(vi.HELP)


@pytest.mark.parametrize("seconds", [3_700, 30_000, 200_000])
async def test_a_chat_that_is_told_to_wait_for_hours_is_left_alone_for_hours(
    an: Chat, binh: Chat, telegram: TelegramServer, seconds: int
) -> None:
    telegram.floods("sendMessage", retry_after=seconds, chat=an.id, times=1000)
    an.say("/help")
    await telegram.called("sendMessage")
    for _ in range(5):
        binh.say("/help")
        await binh.wait_reply()
    to_an = [call.refused for call in telegram.calls_of("sendMessage") if str(call.chat) == str(an.id)]
    assert to_an == [429]


async def test_when_many_are_told_to_wait_nobody_is_written_to(telegram: TelegramServer, channel: RunningBot) -> None:
    """The limit is ours then, not theirs: to go on would make it worse."""
    telegram.floods("sendMessage", retry_after=3_600, times=1000)
    for told in range(1, telegram_limits.MANY + 1):
        telegram.user().say("/help")
        await telegram.called("sendMessage", told)
    another = telegram.user("Bình")
    another.say("/help")
    mailbox = channel.delivery.mailbox
    async with asyncio.timeout(10):
        while await mailbox.unsent() <= telegram_limits.MANY:
            await asyncio.sleep(0.01)
    await asyncio.sleep(2 * hands.LOOK_ROUND_SECONDS)
    assert len(telegram.calls_of("sendMessage")) == telegram_limits.MANY


def test_only_many_private_chats_at_the_same_time_mean_everybody() -> None:
    now = 0.0
    told = Told(lambda: now)
    assert [told.wait(chat, 10) for chat in (1, 1, 2, -5, -6, 3)] == [False, False, False, False, False, True]
    now = 10.0
    assert not told.wait(4, 10)


@pytest.mark.parametrize("a_second", [None, 30])
def test_a_rate_that_is_held_has_no_room_and_then_has_it_again(a_second: float | None) -> None:
    now = 0.0
    rate = Rate(a_second, lambda: now)
    assert rate.room(10) == 10
    rate.hold(5)
    rate.hold(2)
    assert (rate.room(10), rate.pause) == (0, 5)
    now = 5.0
    assert rate.room(10) == 10


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, channel: RunningBot) -> None:
    """Groups take two messages a minute."""
    monkeypatch.setattr(channel.bot.rate_limiter, "_group_max_rate", 2)
    monkeypatch.setattr(telegram_limits, "RETRY_SECONDS", 60)


@pytest.mark.usefixtures("few")
async def test_a_group_that_has_had_its_messages_waits_in_the_outbox_and_keeps_nobody_waiting(
    an: Chat, telegram: TelegramServer, channel: RunningBot
) -> None:
    group = telegram.group()
    for _ in range(3):
        group.say(f"/help@{US}", by=an)
    for _ in range(2):
        await group.wait_reply()
    an.say("/help")
    await an.wait_reply()
    assert group.unread == 0
    assert await channel.delivery.mailbox.oldest_unsent() is not None


@pytest.mark.usefixtures("few")
async def test_what_a_group_cannot_take_is_refused_at_once_and_typing_counts_nowhere(
    telegram: TelegramServer, channel: RunningBot
) -> None:
    group = telegram.group()
    for _ in range(5):
        await channel.bot.send_chat_action(group.id, "typing")
    for _ in range(2):
        await channel.bot.send_message(group.id, "x")
    with pytest.raises(RetryAfter):
        await asyncio.wait_for(channel.bot.send_message(group.id, "x"), 5)


def test_an_address_of_a_private_chat_is_its_number() -> None:
    assert Address.read("5") == Address(5)
