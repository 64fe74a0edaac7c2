"""Links: into a procedure, handed on to others; the menu and the greeting in the language of the app; places."""

from __future__ import annotations

import pytest

from bot.desk import Desk
from bot.settings import Settings
from handlers import links
from handlers.facets import FACETS
from handlers.messages import plain
from handlers.texts import en, vi
from tests.conftest import Ask, Filled
from tests.fakes.telegram_inline import payload_in, shared
from tests.fakes.telegram_server import BOT, Chat, TelegramServer
from tests.telegram.conftest import RunningBot

US = str(BOT["username"])

# Deep links


@pytest.mark.parametrize(
    ("payload", "data"),
    [
        ("ket-hon", "f:ket-hon:card"),
        ("ket-hon_fee", "f:ket-hon:fee"),
        ("ket-hon_full", "f:ket-hon:full"),
        ("ket-hon_en-fee", "f:ket-hon:en-fee"),
        ("ket-hon_khong-co-phan-nay", "f:ket-hon:card"),
    ],
)
async def test_a_link_opens_a_procedure_or_one_part_of_it(an: Chat, ask: Ask, payload: str, data: str) -> None:
    an.opens(f"https://t.me/{US}?start={payload}")
    shown = (await an.wait_reply()).text
    assert len(shown) > 40
    assert (await ask(data=data)).text.startswith(shown)  # a full card comes in two messages


async def test_after_a_link_the_conversation_is_about_what_it_led_to(an: Chat, ask: Ask) -> None:
    an.opens(f"https://t.me/{US}?start=ket-hon")
    await an.wait_reply()
    an.say("bao lâu có?")
    assert (await an.wait_reply()).text == (await ask(data="f:ket-hon:time")).text.strip()


@pytest.mark.parametrize(
    "payload",
    [
        "khong-co-thu-tuc-nay",
        "KET-HON",
        "-",
        "_",
        "__fee",
        "x" * 64,
        "xoadulieu",
        "gopy_x' OR 1=1",
        "<b>",
        "../..",
        "ắ",
    ],
)
async def test_a_link_that_leads_nowhere_is_greeted(an: Chat, payload: str) -> None:
    # A changed app sends what Telegram would not let into a link.
    an.say(f"/start {payload}")
    greeted = (await an.wait_reply()).text
    assert greeted in {plain(vi.GREETING), plain(vi.ASK_FEEDBACK)}


async def test_a_link_cannot_erase_a_conversation(an: Chat, ask: Ask) -> None:
    an.say("đăng ký kết hôn nộp ở đâu")
    await an.wait_reply()
    an.opens(f"https://t.me/{US}?start=xoadulieu")
    assert (await an.wait_reply()).text == plain(vi.GREETING)


@pytest.mark.parametrize(("payload", "answer"), [("hoso", vi.ASK_CODE), ("gopy", vi.ASK_FEEDBACK), ("help", vi.HELP)])
async def test_a_link_may_begin_with_a_harmless_command(an: Chat, payload: str, answer: str) -> None:
    an.opens(f"https://t.me/{US}?start={payload}")
    assert (await an.wait_reply()).text == plain(answer)


def test_every_part_of_every_entry_has_a_link_that_fits(filled: Filled) -> None:
    for slug in filled.snapshot.records:
        assert slug not in links.COMMANDS
        for part in ("card", "full", *FACETS, *(f"en-{facet}" for facet in FACETS)):
            payload = links.payload_for(slug, part)
            assert payload
            assert links.read_payload(payload) == (slug, part)


# Sharing


async def test_a_card_can_be_handed_on_by_a_link_that_opens_it(an: Chat, binh: Chat) -> None:
    an.opens(f"https://t.me/{US}?start=ket-hon")
    card = await an.wait_reply()
    (button,) = (button for button in card.buttons if button["text"] == vi.SHARE_BUTTON)
    link, title = shared(button["url"])
    assert payload_in(link, US) == "ket-hon"
    assert "kết hôn" in title.lower()
    binh.opens(link)
    assert (await binh.wait_reply()).text == card.text


async def test_a_single_part_has_no_button_too_many(an: Chat) -> None:
    an.opens(f"https://t.me/{US}?start=ket-hon_fee")
    assert vi.SHARE_BUTTON not in (await an.wait_reply()).labels


# Languages


async def test_the_menu_is_vietnamese_and_english_for_those_whose_app_is(an: Chat, telegram: TelegramServer) -> None:
    await telegram.called("setMyCommands", 4)
    menus = {menu: [(c["command"], c["description"]) for c in telegram.commands[menu]] for menu in telegram.commands}
    assert menus["default", ""] == list(vi.COMMANDS)
    assert menus["default", "en"] == list(en.COMMANDS)
    for language in ("", "en"):
        in_groups = [name for name, _ in menus["all_group_chats", language]]
        assert in_groups == ["help", "canbo"]


def test_both_menus_name_the_same_commands() -> None:
    assert [name for name, _ in vi.COMMANDS] == [name for name, _ in en.COMMANDS]


@pytest.mark.parametrize("command", ["/start", "/help"])
@pytest.mark.parametrize("language", ["en", "en-GB"])
async def test_whose_app_is_english_is_told_that_english_is_understood(an: Chat, command: str, language: str) -> None:
    an.language = language
    an.say(command)
    assert (await an.wait_reply()).text == plain(vi.GREETING if command == "/start" else vi.HELP)
    assert (await an.wait_reply()).text == plain(en.HELLO)


@pytest.mark.parametrize("language", ["vi", "fr", ""])
async def test_nobody_else_is_bothered_with_english(an: Chat, language: str) -> None:
    an.language = language
    an.say("/start")
    await an.wait_reply()
    an.say("/help")
    assert (await an.wait_reply()).text == plain(vi.HELP)


# What an app can send beside words


async def test_a_shared_place_is_answered_with_the_units_near_it(an: Chat) -> None:
    an.post(location={"latitude": 20.95, "longitude": 107.08})
    near = await an.wait_reply()
    assert near.text.startswith(plain(vi.PLACE_NEAR))
    assert near.labels
    await an.press(near.labels[0])
    assert (await an.wait_reply()).text


async def test_a_contact_is_answered_kindly_and_not_repeated(an: Chat) -> None:
    an.post(contact={"phone_number": "0900000000", "first_name": "An", "user_id": an.id})
    answer = await an.wait_reply()
    assert answer.text == plain(vi.EMPTY)
    assert "0900000000" not in answer.text


async def test_feedback_is_still_awaited_after_a_photo(an: Chat) -> None:
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}]
    an.say("/gopy")
    await an.wait_reply()
    an.post(photo=photo)
    assert (await an.wait_reply()).text
    an.say("Lệ phí ghi ở đây đã cũ")
    assert (await an.wait_reply()).text == plain(vi.FEEDBACK_THANKS)


async def test_before_telegram_has_told_our_name_there_is_no_link_but_an_answer(
    desk: Desk, settings: Settings, telegram: TelegramServer
) -> None:
    telegram.fails("getMe", code=500, times=2)
    running, an = RunningBot(desk, settings), telegram.user("An")
    an.say("/start ket-hon")
    await running.start()
    assert (await an.wait_reply()).text
    await running.stop()
