"""What is particular to a Zalo Official Account."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from bot.channels.zalo_facts import OA_ERRORS
from bot.channels.zalo_oa import to_messages
from bot.channels.zalo_oa_api import OaSendError
from bot.channels.zalo_oa_events import button_payload, read_button, read_event
from bot.settings import Settings
from handlers.messages import Button, Message, pack, plain, say
from handlers.texts import dossier as words
from handlers.texts import vi
from knowledge.calendar import in_vietnam
from knowledge.dossiers.notices import NewNotice, post
from knowledge.dossiers.services import REPLY_WINDOWS
from knowledge.dossiers.watches import WATCH
from tests.conftest import Ask, Clock
from tests.dossiers.test_photos import on_paper, qr, saved
from tests.fakes.loopback import Answer
from tests.fakes.zalo_oa_server import OA, OA_SECRET, Person, ZaloOaServer, oa_error
from tests.zalo.conftest import Served, count, eventually

RECEIPT = "H49.105-261110-0004"
HERE = {"latitude": "20.9517", "longitude": "107.0748"}  # Hạ Long


@pytest.fixture
def an(oa_server: ZaloOaServer, oa: Served) -> Person:
    return oa_server.user("An")


# What people send


async def test_whoever_begins_to_follow_is_greeted(an: Person) -> None:
    assert await an.follow() == 200
    assert (await an.wait_reply()).text == plain(vi.GREETING)


async def test_of_whoever_leaves_nothing_is_kept(an: Person, oa: Served, oa_server: ZaloOaServer) -> None:
    await an.say(RECEIPT)
    await an.wait_reply()
    await an.press(words.WATCH)
    await an.wait_reply()
    assert await an.follow("unfollow") == 200

    async def nothing() -> bool:
        return await count(oa, "watch") + await count(oa, "conversation") == 0

    await eventually(nothing)
    assert an.unread == 0
    assert len(oa_server.calls_of("send")) == 2


@pytest.mark.parametrize("form", ["attachment", "message"])
async def test_a_shared_location_is_answered_with_the_nearest_places(an: Person, form: str) -> None:
    shared: dict[str, Any] = {"location": HERE}
    if form == "attachment":
        shared = {"attachments": [{"type": "location", "payload": {"coordinates": HERE}}], "text": "Bãi Cháy"}
    await an.does("user_send_location", **shared)
    assert "1. Phường Hà Lầm" in (await an.wait_reply()).text


async def test_a_location_that_is_nowhere_gets_a_kind_answer(an: Person) -> None:
    for latitude in ("nan", "inf", "91", "north", None, ["1"]):
        where = {"coordinates": {"latitude": latitude, "longitude": "107.0"}}
        await an.does("user_send_location", attachments=[{"type": "location", "payload": where}])
        assert (await an.wait_reply()).text == plain(vi.EMPTY)


async def test_a_photo_of_the_receipt_is_read(an: Person, oa_server: ZaloOaServer) -> None:
    url = oa_server.photo(saved(on_paper(qr(RECEIPT))))
    await an.does("user_send_image", attachments=[{"type": "image", "payload": {"url": url, "thumbnail": url}}])
    assert RECEIPT in (await an.wait_reply()).text


async def test_what_the_bot_cannot_read_gets_a_kind_answer(an: Person) -> None:
    for kind in ("sticker", "gif", "video", "file", "business_card", "link"):
        await an.does(f"user_send_{kind}", attachments=[{"type": kind, "payload": {"id": "1"}}])
        assert (await an.wait_reply()).text == plain(vi.EMPTY)


async def test_who_speaks_gets_help_and_telephone_numbers(an: Person) -> None:
    await an.does("user_send_audio", attachments=[{"type": "audio", "payload": {"url": "https://x.zdn.vn/a.amr"}}])
    answer = (await an.wait_reply()).text
    assert answer.startswith(plain(vi.SPOKEN))
    assert "1900 558 826" in answer


ECHOES = ("oa_send_text", "oa_send_anonymous_text", "user_received_message", "user_seen_message", "new_in_2027")


async def test_echoes_are_never_answered(an: Person, oa_server: ZaloOaServer) -> None:
    for name in ECHOES:
        said = {"msg_id": name, "text": "/help"}
        echo = oa_server.event(name, sender={"id": an.id}, recipient={"id": OA}, message=said)
        assert await oa_server.deliver(echo) == 200
    await an.say("xin chào")
    assert "Xin chào" in (await an.wait_reply()).text
    assert an.unread == 0


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"sender": "me", "message": "hi"},
        {"sender": {"id": "1"}, "message": {"msg_id": ["x"], "text": "a"}},
        {"sender": {"id": "1"}, "message": {"text": "a"}},
        {"sender": {"id": "a" * 200}, "message": {"msg_id": "1", "text": "a"}},
        {"sender": {"id": "1\n2"}, "message": {"msg_id": "1", "text": "a"}},
    ],
    ids=range(6),
)
def test_events_without_what_an_answer_needs_are_passed_over(event: dict[str, Any]) -> None:
    assert read_event({"event_name": "user_send_text", **event}, OA_SECRET) is None


# Buttons


async def test_only_our_own_buttons_can_be_pressed(an: Person) -> None:
    """The payload comes back as if it had been typed; typed words must not become data."""
    await an.say("m:1")
    typed = (await an.wait_reply()).text
    await an.say(button_payload("m:1", "another secret"))
    forged = (await an.wait_reply()).text
    await an.say(button_payload("m:1", OA_SECRET))
    assert (await an.wait_reply()).text not in {typed, forged}


def test_a_payload_is_read_only_as_it_was_made() -> None:
    made = button_payload("f:ket-hon:fee", OA_SECRET)
    assert read_button(made, OA_SECRET) == "f:ket-hon:fee"
    assert read_button(made + "x", OA_SECRET) is None
    assert read_button("f:ket-hon:fee", OA_SECRET) is None
    assert read_button("", OA_SECRET) is None
    assert read_button("# \ud800", OA_SECRET) is None


async def test_more_than_five_buttons_go_into_a_second_message(an: Person, ask: Ask) -> None:
    await an.say("đăng ký kết hôn")
    card = await an.wait_reply()
    said = await ask("đăng ký kết hôn")
    data = [button.label for button in said.messages[0].buttons if button.data]
    links = [button.url for button in said.messages[0].buttons if button.url]
    assert card.labels == data[:5]
    assert all(str(link) in card.text for link in links)
    rest = await an.wait_reply()
    assert (rest.text, rest.labels) == (vi.MORE_BUTTONS, data[5:])


def test_a_few_buttons_are_all_buttons() -> None:
    made = to_messages(Message("Nộp", (Button("Mở trang", url="https://x.gov.vn"), Button("a" * 150, data="m:1"))), "s")
    (message,) = made
    first, second = message["attachment"]["payload"]["buttons"]
    assert first == {"title": "Mở trang", "type": "oa.open.url", "payload": {"url": "https://x.gov.vn"}}
    assert (len(second["title"]), second["type"]) == (100, "oa.query.hide")


async def test_buttons_that_zalo_refuses_do_not_cost_the_answer(an: Person, oa: Served) -> None:
    channel = oa.app.zalo.oa
    assert channel
    await an.follow()
    await an.wait_reply()
    await channel.send(an.id, Message("Nộp trực tuyến", (Button("Mở trang", url="http://no-https.vn"),)))
    shown = await an.wait_reply()
    assert (shown.text, shown.labels) == ("Nộp trực tuyến\nMở trang: http://no-https.vn", [])


# What can go wrong when sending


async def test_an_access_token_that_ended_early_is_renewed_once(
    an: Person, oa_server: ZaloOaServer, clock: Clock
) -> None:
    await an.say("/help")
    await an.wait_reply()
    clock.pass_minutes(10)
    oa_server.access = "revoked"
    await an.say("xin chào")
    assert "Xin chào" in (await an.wait_reply()).text
    assert oa_server.refreshed == 2
    assert oa_server.reused == 0


async def test_a_token_that_is_refused_for_ever_does_not_burn_refresh_tokens(
    an: Person, oa_server: ZaloOaServer
) -> None:
    oa_server.answers("send", oa_error(-216), times=20)
    for _ in range(3):
        await an.say("/help")
        await oa_server.called("send")
    await asyncio.sleep(0.1)
    assert oa_server.refreshed == 1


@pytest.mark.parametrize(("code", "wait"), [(-32, 1), (-211, 11), (-9999, 1), (-209, 11)])
async def test_a_refusal_that_may_pass_is_tried_again(
    an: Person, oa_server: ZaloOaServer, clock: Clock, code: int, wait: int
) -> None:
    oa_server.answers("send", oa_error(code))
    await an.say("/help")
    await oa_server.called("send")
    async with asyncio.timeout(10):
        while not an.unread:
            clock.pass_minutes(wait)
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("answer", [Answer(b"<html>", 502, "text/html"), Answer([]), Answer({"error": "x"})])
async def test_an_answer_that_is_none_is_tried_again(
    an: Person, oa_server: ZaloOaServer, clock: Clock, answer: Answer
) -> None:
    oa_server.answers("send", answer)
    await an.say("/help")
    await oa_server.called("send")
    async with asyncio.timeout(10):
        while not an.unread:
            clock.pass_minutes(1)
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("code", sorted(code for code, why in OA_ERRORS.items() if why in {"gone", "window"}))
async def test_a_message_that_can_never_arrive_is_tried_once(an: Person, oa_server: ZaloOaServer, code: int) -> None:
    oa_server.answers("send", oa_error(code))
    await an.say("/help")
    await oa_server.called("send")
    await an.say("xin chào")
    assert "Xin chào" in (await an.wait_reply()).text
    assert an.unread == 0


async def test_no_token_is_in_an_error_or_in_the_log(
    an: Person, oa: Served, oa_server: ZaloOaServer, logs: list[dict[str, Any]]
) -> None:
    await an.say("/help")
    await an.wait_reply()
    oa_server.answers("send", oa_error(-32, f"token {oa_server.access}"))
    channel = oa.app.zalo.oa
    assert channel
    with pytest.raises(OaSendError) as caught:
        await channel.send(an.id, Message("a"))
    assert oa_server.access not in str(caught.value) + str(logs)
    assert oa_server.refresh not in str(logs)


# The reply window


async def test_a_notice_after_48_hours_waits_until_its_owner_writes_again(
    an: Person, oa: Served, oa_server: ZaloOaServer, clock: Clock
) -> None:
    await _watch(an)
    clock.pass_minutes(49 * 60)
    await _notice(oa, an)
    assert await count(oa, "notice") == 1
    assert len(oa_server.calls_of("send")) == 2  # Zalo was not even asked
    await an.say("xin chào")
    heard = {(await an.wait_reply()).text, (await an.wait_reply()).text}
    assert "🔔 Hồ sơ có thay đổi." in heard
    assert await count(oa, "notice") == 0


async def test_its_owner_was_told_so_when_the_watch_began(an: Person) -> None:
    assert words.WATCHING_WINDOW.format(hours=48) in await _watch(an)


@pytest.mark.parametrize("code", [-230, -305])
async def test_a_window_that_zalo_closed_earlier_keeps_the_notice_too(
    an: Person, oa: Served, oa_server: ZaloOaServer, clock: Clock, code: int
) -> None:
    await _watch(an)
    oa_server.answers("send", oa_error(code))
    await _notice(oa, an)
    await _until(oa, "notice", 1)
    clock.pass_minutes(60)
    await an.say("xin chào")
    heard = [(await an.wait_reply()).text, (await an.wait_reply()).text]
    assert any(text.startswith("🔔 Hồ sơ có thay đổi.") for text in heard)


async def test_a_notice_for_somebody_who_left_ends_the_watch(an: Person, oa: Served, oa_server: ZaloOaServer) -> None:
    await _watch(an)
    an.follows = False
    await _notice(oa, an)
    await _until(oa, "watch", 0)
    assert await count(oa, "watch") == 0


async def _watch(an: Person) -> str:
    await an.say(RECEIPT)
    await an.wait_reply()
    await an.press(words.WATCH)
    return (await an.wait_reply()).text


async def _notice(oa: Served, an: Person) -> None:
    """News of the watched dossier, as a worker that looked at it posts it."""
    knowledge = oa.app.knowledge
    _, (payload,) = oa.app.desk.envelope.close_for(an.id, pack(say("🔔 Hồ sơ **có thay đổi**.")))
    async with knowledge.engine.begin() as connection:
        chat, heard = (await connection.execute(select(WATCH.c.chat, WATCH.c.heard_at))).one()
        news = NewNotice("watch:changed", chat, "zalo-oa", payload, knowledge.clock(), REPLY_WINDOWS["zalo-oa"])
        await post(connection, news, in_vietnam(heard))


async def _until(oa: Served, table: str, number: int) -> None:
    async with asyncio.timeout(10):
        while await count(oa, table) != number:
            await asyncio.sleep(0.02)


# Settings


def test_an_account_without_its_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="ZALO_OA_SECRET"):
        Settings(_env_file=None, zalo_oa_app_id="1")
