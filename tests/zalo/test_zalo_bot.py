"""What is particular to the Zalo Bot platform."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.channels import zalo_photo
from bot.channels.zalo_bot_api import ZaloBotApi, ZaloBotError
from bot.channels.zalo_bot_events import read_update
from bot.channels.zalo_photo import NO_PHOTO, PhotoSource
from handlers.messages import MAX_TEXT, Message, pack, plain, say
from handlers.texts import dossier as words
from handlers.texts import vi
from knowledge.dossiers.notices import NewNotice, post
from knowledge.dossiers.photo import MAX_BYTES
from tests.conftest import TODAY, Clock
from tests.dossiers.test_photos import on_paper, qr, saved
from tests.fakes.loopback import Answer
from tests.fakes.zalo_bot_server import Chat, ZaloBotServer
from tests.zalo.conftest import HOOK_SECRET, TOKEN, Serve, Served, eventually

RECEIPT = "H49.105-261110-0004"


@pytest.fixture
def an(bot_server: ZaloBotServer, bot: Served) -> Chat:
    return bot_server.user("An")


@pytest.fixture
async def api(bot_server: ZaloBotServer) -> AsyncIterator[ZaloBotApi]:
    made = ZaloBotApi(bot_server.url, TOKEN)
    yield made
    await made.close()


# What people send


@pytest.mark.parametrize("shape", ["documented", "flat", "nameless"])
async def test_every_shape_of_a_webhook_is_understood(an: Chat, bot_server: ZaloBotServer, shape: Any) -> None:
    bot_server.shape = shape
    await an.say("/help")
    assert (await an.wait_reply()).text == plain(vi.HELP)


@pytest.mark.parametrize("key", ["photo_url", "photo"])
async def test_a_photo_of_the_receipt_is_read(an: Chat, bot_server: ZaloBotServer, key: str) -> None:
    await an.send_photo(bot_server.photo(saved(on_paper(qr(RECEIPT)))), key=key)
    assert RECEIPT in (await an.wait_reply()).text


async def test_the_words_under_a_photo_are_read_too(an: Chat, bot_server: ZaloBotServer) -> None:
    await an.send_photo(bot_server.photo(saved(on_paper(qr("không phải mã")))), caption=f"mã {RECEIPT}")
    assert RECEIPT in (await an.wait_reply()).text


@pytest.mark.parametrize("trouble", ["too big", "no image", "away", "elsewhere", "sent on for ever"])
async def test_a_photo_that_cannot_be_had_gets_a_helpful_answer(
    an: Chat, bot_server: ZaloBotServer, trouble: str
) -> None:
    urls = {
        "too big": bot_server.photo(b"x" * (MAX_BYTES + 1)),
        "no image": bot_server.photo(b"<html>", kind="text/html"),
        "away": bot_server.photo(b"", status=404),
        "elsewhere": "http://192.168.1.1/admin.jpg",
        "sent on for ever": bot_server.url + "/photo/loop",
    }
    bot_server.photos["/photo/loop"] = Answer(b"", 302, "image/png", {"location": "/photo/loop"})
    await an.send_photo(urls[trouble])
    assert (await an.wait_reply()).text == words.PHOTO_TROUBLE["not an image"]


@pytest.mark.parametrize(
    "url",
    [
        "http://photo.zdn.vn/a.jpg",
        "https://127.0.0.1/a.jpg",
        "https://[::1]/a.jpg",
        "https://localhost/a.jpg",
        "https://me:secret@photo.zdn.vn/a.jpg",
        "https://photo.zdn.vn:8443/a.jpg",
        "file:///etc/passwd",
        "https://",
        "//",
        "https://[",
        "",
    ],
)
async def test_a_photo_is_fetched_only_from_a_public_https_address(api: ZaloBotApi, url: str) -> None:
    assert await PhotoSource(api.client).fetch(url) == NO_PHOTO


async def test_a_name_that_leads_inside_is_not_followed(api: ZaloBotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    async def inside(*_: object, **__: object) -> list[Any]:
        return [(None, None, None, "", ("10.0.0.5", 443))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", inside)
    assert await PhotoSource(api.client).fetch("https://photo.zdn.vn/a.jpg") == NO_PHOTO


async def test_a_slow_photo_does_not_hold_the_answer_for_long(
    an: Chat, bot_server: ZaloBotServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zalo_photo, "PHOTO_SECONDS", 0.05)
    url = bot_server.photo(b"late")
    bot_server.holds("photo")
    await an.send_photo(url)
    assert (await an.wait_reply()).text == words.PHOTO_TROUBLE["not an image"]


async def test_a_sticker_gets_a_kind_answer(an: Chat) -> None:
    await an.send("message.sticker.received", sticker="abc")
    assert (await an.wait_reply()).text == plain(vi.EMPTY)


async def test_who_speaks_gets_help_and_telephone_numbers(an: Chat) -> None:
    await an.send("message.voice.received", voice_url="https://x.zdn.vn/a.aac")
    answer = (await an.wait_reply()).text
    assert answer.startswith(plain(vi.SPOKEN))
    assert "1900 558 826" in answer


async def test_what_zalo_hides_is_answered_with_help_and_a_telephone_number(an: Chat, bot: Served) -> None:
    await an.send("message.unsupported.received")
    answer = (await an.wait_reply()).text
    assert answer.startswith(plain(vi.HIDDEN))
    assert bot.app.desk.contacts
    assert all(contact.number in answer for contact in bot.app.desk.contacts)


UNKNOWN = [
    {"event_name": "message.poll.received", "message": {"message_id": "1", "chat": {"id": "a"}}},
    {"event_name": "user.follow", "user": {"id": "a"}},
    {"event_name": "message.text.received", "message": "text"},
    {"event_name": "message.text.received", "message": {"message_id": None, "chat": {"id": "a"}, "text": "a"}},
    {"event_name": "message.text.received", "message": {"message_id": "1", "chat": {"id": ["a"]}, "text": "a"}},
    {"event_name": 5, "message": {"message_id": "1", "chat": {"id": "a"}}},
    {"ok": True, "result": []},
    {"ok": True},
    [],
    None,
    "text",
]


async def test_unknown_events_are_harmless(an: Chat, bot_server: ZaloBotServer) -> None:
    bot_server.shape = "flat"
    for update in UNKNOWN:
        assert read_update(update) is None
        assert await bot_server.deliver(update) == 200  # type: ignore[arg-type]
    await an.say("/help")
    assert (await an.wait_reply()).text == plain(vi.HELP)
    assert an.unread == 0


def test_our_own_messages_are_not_answered() -> None:
    message = {"message_id": "1", "chat": {"id": "a", "chat_type": "PRIVATE"}, "text": "a", "from": {"is_bot": True}}
    assert read_update({"event_name": "message.text.received", "message": message}) is None


async def test_names_with_markup_and_control_characters_go_nowhere(
    bot_server: ZaloBotServer, bot: Served, logs: list[dict[str, Any]]
) -> None:
    evil = bot_server.user("<b>An</b>\x00\r\n\u202e{{x}}")
    await evil.say("xin chào")
    reply = await evil.wait_reply()
    async with bot.app.knowledge.engine.connect() as connection:
        rows = str((await connection.exec_driver_sql("SELECT * FROM inbox")).all())
    assert "An</b>" not in reply.text + rows + str(logs)


def test_a_text_without_end_is_cut() -> None:
    message = {"message_id": "1", "chat": {"id": "a", "chat_type": "PRIVATE"}, "text": "a" * 50_000}
    event = read_update({"event_name": "message.text.received", "message": message})
    assert event
    assert len(event[2]["text"]) == MAX_TEXT


# Groups


async def test_in_a_group_a_mention_is_answered_in_the_group(bot_server: ZaloBotServer, bot: Served) -> None:
    neighbours = bot_server.group()
    await neighbours.say("@Một Cửa /help")
    assert (await neighbours.wait_reply()).text == plain(vi.HELP)


async def test_personal_things_are_not_shown_in_a_group(bot_server: ZaloBotServer, bot: Served) -> None:
    neighbours = bot_server.group()
    await neighbours.say(f"@Một Cửa {RECEIPT}")
    assert (await neighbours.wait_reply()).text == plain(words.PRIVATE_ONLY)


async def test_in_a_group_there_is_silence_about_everything_else(bot_server: ZaloBotServer, bot: Served) -> None:
    neighbours, photo = bot_server.group(), bot_server.photo(saved(on_paper(qr(RECEIPT))))
    await neighbours.send("message.unsupported.received")
    await neighbours.send("message.sticker.received", sticker="abc")
    await neighbours.send_photo(photo)
    await neighbours.say("@Một Cửa")
    await neighbours.say("/help")
    assert (await neighbours.wait_reply()).text == plain(vi.HELP)
    assert neighbours.unread == 0


# Sending


async def test_typing_is_shown(an: Chat, bot_server: ZaloBotServer) -> None:
    await an.say("đăng ký khai sinh")
    await an.wait_reply()
    await bot_server.called("sendChatAction")
    assert bot_server.calls_of("sendChatAction")[0].params == {"chat_id": an.id, "action": "typing"}


async def test_an_event_delivered_five_times_at_once_is_answered_once(an: Chat, bot_server: ZaloBotServer) -> None:
    update = an.update("message.text.received", text="/help")
    assert await asyncio.gather(*(bot_server.deliver(update) for _ in range(5))) == [200] * 5
    await an.wait_reply()
    await an.say("xin chào")
    assert "Xin chào" in (await an.wait_reply()).text
    assert an.unread == 0


@pytest.mark.parametrize("code", [429, 403, 500, 408])
async def test_a_refusal_that_may_pass_is_tried_again(
    an: Chat, bot_server: ZaloBotServer, clock: Clock, code: int
) -> None:
    bot_server.answers("sendMessage", Answer({"ok": False, "error_code": code, "description": "later"}))
    await an.say("/help")
    await bot_server.called("sendMessage")
    while not an.unread:
        clock.pass_minutes(1)
        await asyncio.sleep(0.01)
    assert (await an.wait_reply()).text == plain(vi.HELP)


async def test_a_message_that_can_never_arrive_is_tried_once(an: Chat, bot_server: ZaloBotServer, clock: Clock) -> None:
    bot_server.answers("sendMessage", Answer({"ok": False, "error_code": 400, "description": "chat not found"}))
    await an.say("/help")
    await bot_server.called("sendMessage")
    clock.pass_minutes(60)
    await an.say("xin chào")
    assert "Xin chào" in (await an.wait_reply()).text


async def test_after_a_cut_the_rest_of_a_long_answer_is_sent_and_nothing_twice(
    bot: Served, bot_server: ZaloBotServer, an: Chat
) -> None:
    channel = bot.app.zalo.bot
    assert channel
    long = Message("\n".join(f"Mục {number}: cần bản sao có chứng thực và bản chính." for number in range(120)))
    bot_server.answers("sendMessage", Answer({"ok": True, "result": {"message_id": "x"}}))  # the first piece
    bot_server.cuts("sendMessage")
    with pytest.raises(Exception, match="not delivered now"):
        await channel.send(an.id, long)
    await channel.send(an.id, long)
    shown = "\n".join(piece.text for piece in an.shown)
    assert "Mục 0:" not in shown
    assert shown.count("Mục 119:") == 1


async def test_a_notice_is_written_first(bot: Served, an: Chat) -> None:
    _, (payload,) = bot.app.desk.envelope.close_for(an.id, pack(say("🔔 Hồ sơ **có thay đổi**.")))
    async with bot.app.knowledge.engine.begin() as connection:
        await post(connection, NewNotice("watch:changed", "key", "zalo-bot", payload, bot.app.knowledge.clock()), TODAY)
    assert (await an.wait_reply()).text == "🔔 Hồ sơ có thay đổi."


# The client


@pytest.mark.parametrize(
    "answer",
    [
        Answer({"ok": False, "error_code": 401, "description": f"no bot {TOKEN}"}),
        Answer({"ok": False}, 403),
        Answer({"ok": True, "result": {}}, 500),
        Answer({"result": {}}),
        Answer([]),
        Answer(b"<html>gateway</html>", 502, "text/html"),
    ],
    ids=["ok false with 200", "ok false", "ok with 500", "no ok", "a list", "html"],
)
async def test_what_is_not_ok_is_an_error(api: ZaloBotApi, bot_server: ZaloBotServer, answer: Answer) -> None:
    bot_server.answers("getMe", answer)
    with pytest.raises(ZaloBotError):
        await api.call("getMe")


@pytest.mark.parametrize("trouble", ["refused", "cut", "away"])
async def test_the_token_is_in_no_error(api: ZaloBotApi, bot_server: ZaloBotServer, trouble: str) -> None:
    if trouble == "refused":
        refusal = {"ok": False, "error_code": 401, "description": f"bad token {TOKEN}"}
        bot_server.answers("getMe", Answer(refusal))
    elif trouble == "cut":
        bot_server.cuts("getMe")
    else:
        await bot_server.__aexit__()
    with pytest.raises(ZaloBotError) as caught:
        await api.call("getMe")
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert TOKEN.split(":")[1] not in shown


async def test_nothing_new_is_no_error(api: ZaloBotApi) -> None:
    assert await api.next_update() is None


# Being there


async def test_without_a_public_address_the_bot_asks_for_updates(
    serve: Serve, bot_server: ZaloBotServer, bot_settings: dict[str, Any]
) -> None:
    async with serve(**bot_settings):
        an = bot_server.user()
        for command, answer in (("/help", vi.HELP), ("/hoso", vi.ASK_CODE)):
            await an.say(command)
            assert (await an.wait_reply()).text == plain(answer)


async def test_the_webhook_is_set_with_its_secret(bot: Served, bot_server: ZaloBotServer) -> None:
    assert bot_server.webhook == {"url": f"{bot.url}/zalo/bot/webhook", "secret_token": HOOK_SECRET}


async def test_without_a_secret_of_ones_own_it_is_the_same_after_every_restart(
    serve: Serve, bot_server: ZaloBotServer, bot_settings: dict[str, Any]
) -> None:
    seen = []
    for _ in range(2):
        async with serve(public=True, **bot_settings | {"zalo_bot_webhook_secret": ""}):
            await bot_server.until(lambda: bot_server.webhook["url"], "the webhook")
            seen.append(bot_server.webhook["secret_token"])
            bot_server.webhook = {"url": "", "secret_token": ""}
    assert seen[0] == seen[1]
    assert len(seen[0]) == 64
    assert TOKEN not in seen[0]


async def test_polling_survives_a_bad_hour(
    serve: Serve, bot_server: ZaloBotServer, bot_settings: dict[str, Any], logs: list[dict[str, Any]]
) -> None:
    bot_server.cuts("getMe", times=2)
    bot_server.answers("getUpdates", Answer({"ok": False, "error_code": 500, "description": "x"}), times=2)
    bot_server.answers("getUpdates", Answer(b"<html>", 502, "text/html"))
    async with serve(**bot_settings):
        an = bot_server.user()
        await an.say("/help")
        assert (await an.wait_reply()).text == plain(vi.HELP)
    assert TOKEN.split(":")[1] not in str(logs)


async def test_a_refused_token_is_named_in_the_log(
    serve: Serve, bot_server: ZaloBotServer, bot_settings: dict[str, Any], logs: list[dict[str, Any]]
) -> None:
    async with serve(**bot_settings | {"zalo_bot_token": "1:wrong"}):
        await bot_server.called("getMe")
        await eventually(lambda: asyncio.sleep(0, logs))
    assert "check ZALO_BOT_TOKEN" in logs[0]["event"]


async def test_polling_takes_away_a_webhook_of_before(
    serve: Serve, bot_server: ZaloBotServer, bot_settings: dict[str, Any]
) -> None:
    bot_server.webhook = {"url": "https://old.example/hook", "secret_token": "12345678"}
    async with serve(**bot_settings):
        await bot_server.called("getUpdates")
    assert bot_server.webhook["url"] == ""
