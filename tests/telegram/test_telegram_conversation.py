"""A resident on Telegram: real python-telegram-bot, long polling, our strict Bot API server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import telegram_platform
from bot.channels.telegram_messages import to_html
from handlers.buttons import choice_buttons
from handlers.messages import Button, Conversation, Message, Outcome, Reply, plain, say
from handlers.texts import vi
from handlers.turn import Turn
from tests.conftest import Ask
from tests.fakes.telegram_rules import parse_html
from tests.fakes.telegram_server import Chat, TelegramServer
from tests.telegram.conftest import RunningBot, send_reply

# The library announces a change of its own types; the value itself is what we use.
pytestmark = pytest.mark.filterwarnings("ignore:.*PTB_TIMEDELTA")

HOSTILE = [
    "<b>&lt;script>",
    "<script>alert(1)</script>",
    "</b></i>",
    "a < b && c > d",
    "&amp;lt;b&amp;gt;",
    "[x](javascript:alert(1)) _y_ `z`",
    '"><a href="https://example.com">bấm</a>',
    "\u202eđảo\u202c ngược",
    "một\x00hai",
]

# Commands


async def test_the_commands_are_announced_each_with_what_it_does(an: Chat, telegram: TelegramServer) -> None:
    announced = telegram.commands["default", ""]
    assert [(c["command"], c["description"]) for c in announced] == list(vi.COMMANDS)
    assert {"start", "help", "hoso", "gopy", "xoadulieu"} <= {c["command"] for c in announced}


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("/start", vi.GREETING),
        ("/help", vi.HELP),
        ("/hoso", vi.ASK_CODE),
        ("/gopy", vi.ASK_FEEDBACK),
        ("/xoadulieu", vi.FORGOTTEN),
        ("/help@motcua_test_bot", vi.HELP),
    ],
)
async def test_each_command_is_answered(an: Chat, command: str, answer: str) -> None:
    an.say(command)
    assert (await an.wait_reply()).text == plain(answer).strip()


async def test_start_offers_questions_to_tap(an: Chat) -> None:
    an.say("/start")
    greeting = await an.wait_reply()
    assert greeting.labels == list(vi.STARTERS)
    await an.press(greeting.labels[0])
    assert (await an.wait_reply()).text


async def test_feedback_is_taken_in_two_steps(an: Chat) -> None:
    an.say("/gopy")
    await an.wait_reply()
    an.say("Lệ phí ghi ở đây đã cũ")
    assert (await an.wait_reply()).text == plain(vi.FEEDBACK_THANKS)


async def test_after_erasing_the_bot_no_longer_knows_the_subject(an: Chat) -> None:
    for text in ("đăng ký kết hôn cần giấy tờ gì", "/xoadulieu"):
        an.say(text)
        await an.wait_reply()
    an.say("thế bao lâu có?")
    assert "kết hôn" not in (await an.wait_reply()).text.lower()


# Questions and buttons (what is right to answer is not looked at here: Telegram shows what the desk says)


async def test_a_question_is_answered_with_the_other_parts_one_tap_away(
    an: Chat, ask: Ask, telegram: TelegramServer
) -> None:
    said = await ask("đăng ký kết hôn mất bao nhiêu tiền")
    an.say("đăng ký kết hôn mất bao nhiêu tiền")
    fee = await an.wait_reply()
    assert fee.text == said.text.strip()
    assert fee.labels == [button.label for button in said.messages[0].buttons]

    await an.press("Giấy tờ")  # returns only when the spinner has stopped

    documents = await an.wait_reply()
    assert documents.text == (await ask(data=f"f:{said.procedure}:documents")).text.strip()
    assert "Lệ phí" in documents.labels
    assert not telegram.open_queries


async def test_a_question_asked_back_is_answered_by_typing_1(
    an: Chat, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    choices = ("ket-hon", "khai-sinh")

    async def ask_back(turn: Turn) -> Outcome:
        buttons = choice_buttons([turn.snapshot.records[slug] for slug in choices])
        return Outcome(say("Trường hợp nào?", *buttons), Conversation(choices=choices))

    with monkeypatch.context() as patch:
        patch.setattr("bot.desk.answer", ask_back)
        an.say("làm giấy tờ")
        assert len((await an.wait_reply()).labels) == 3
    an.say("1")
    chosen = await ask(data="c:ket-hon")
    assert (await an.wait_reply()).text == chosen.text.strip()


async def test_typing_is_shown_when_the_answer_takes_its_time(
    an: Chat, telegram: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_platform, "TYPING_AFTER_SECONDS", 0.0)
    an.say("đăng ký khai sinh")
    await an.wait_reply()
    calls = telegram.calls_of("sendChatAction", "sendMessage")
    assert [call.method for call in calls] == ["sendChatAction", "sendMessage"]
    assert calls[0].params == {"chat_id": an.id, "action": "typing"}


async def test_the_bot_asks_only_for_the_updates_it_uses(an: Chat, telegram: TelegramServer) -> None:
    asked_for = telegram.calls_of("getUpdates")[0].params["allowed_updates"]
    assert asked_for == ["message", "callback_query", "inline_query", "my_chat_member"]


# What Telegram would refuse


@pytest.mark.parametrize("text", HOSTILE)
async def test_whatever_a_person_writes_there_is_an_answer(an: Chat, text: str) -> None:
    for question in (text, f"/hoso {text}", f"khai sinh {text}"):
        an.say(question)
        assert (await an.wait_reply()).text


@pytest.mark.parametrize("text", HOSTILE)
async def test_words_of_strangers_are_shown_as_they_are(
    an: Chat, channel: RunningBot, telegram: TelegramServer, text: str
) -> None:
    await send_reply(channel, an, say(f"**Trích**: {text}"))
    shown = await an.wait_reply()
    assert shown.text == f"Trích: {text}".replace("\x00", " ")
    assert shown.bold == ["Trích"]
    assert [call.refused for call in telegram.calls_of("sendMessage")] == [None]


@given(st.text(st.sampled_from("ab *<>&;\"'/#x\n") | st.characters(codec="utf-8"), max_size=60))
def test_our_html_is_always_valid_and_says_the_same(text: str) -> None:
    shown, _ = parse_html(to_html(text))
    assert shown == plain(text)


async def test_the_full_card_arrives_whole(an: Chat, channel: RunningBot) -> None:
    an.say("/start")
    await an.wait_reply()
    await an.press_data("f:ket-hon:full")
    assert "CĂN CỨ PHÁP LÝ" in (await an.wait_reply()).text


async def test_a_long_answer_is_split_between_lines_with_its_buttons_under_the_last_piece(
    an: Chat, channel: RunningBot
) -> None:
    lines = [f"**Mục {number}**: cần bản sao <có chứng thực> & bản chính." for number in range(400)]
    long = Message("\n".join(lines), (Button("Tiếp", data="m:help"),))
    await send_reply(channel, an, Reply((long,)))
    pieces = an.shown  # the server has refused nothing longer than 4096
    assert len(pieces) > 2
    assert "\n".join(piece.text for piece in pieces) == plain(long.text)
    assert [mark for piece in pieces for mark in piece.bold] == [f"Mục {number}" for number in range(400)]
    assert [piece.labels for piece in pieces] == [[]] * (len(pieces) - 1) + [["Tiếp"]]


async def test_bold_that_runs_over_a_cut_is_bold_on_both_sides(an: Chat, channel: RunningBot) -> None:
    await send_reply(channel, an, say("**" + "chữ đậm " * 800 + "**"))
    assert len(an.shown) == 2
    for piece in an.shown:
        assert piece.bold == [piece.text]


async def test_when_telegram_takes_our_html_for_wrong_the_text_goes_out_plain(
    an: Chat, telegram: TelegramServer
) -> None:
    telegram.fails("sendMessage", code=400, why="Bad Request: can't parse entities: unsupported start tag")
    an.say("/start")
    shown = await an.wait_reply()
    assert (shown.text, shown.bold) == (plain(vi.GREETING), [])
    assert shown.labels == list(vi.STARTERS)


async def test_a_button_that_telegram_refuses_does_not_cost_the_answer(an: Chat, channel: RunningBot) -> None:
    answer = say("Nộp trực tuyến", Button("Mở trang", url="http://khong-co-ten-mien/nop"))
    await send_reply(channel, an, answer)
    assert (await an.wait_reply()).text == "Nộp trực tuyến\nMở trang: http://khong-co-ten-mien/nop"


# What is not a question


@pytest.mark.parametrize(
    "content",
    [
        {
            "sticker": {
                "file_id": "s",
                "file_unique_id": "s",
                "type": "regular",
                "width": 512,
                "height": 512,
                "is_animated": False,
                "is_video": False,
            }
        },
        {"contact": {"phone_number": "0900000000", "first_name": "An"}},
        {"document": {"file_id": "d", "file_unique_id": "d"}},
        {"dice": {"emoji": "🎲", "value": 3}},
        {"something_new_in_2027": {"a": 1}},
    ],
    ids=lambda content: next(iter(content)),
)
async def test_what_the_bot_cannot_read_gets_a_kind_answer(an: Chat, content: dict[str, object]) -> None:
    an.post(**content)
    assert (await an.wait_reply()).text == plain(vi.EMPTY)


async def test_the_words_under_a_photo_are_read(an: Chat) -> None:
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}]
    an.post(photo=photo, caption="/help")
    assert (await an.wait_reply()).text == plain(vi.HELP)


@pytest.mark.parametrize("kind", ["voice", "video_note"])
async def test_who_speaks_gets_help_and_telephone_numbers(an: Chat, kind: str) -> None:
    an.post(**{kind: {"file_id": "v", "file_unique_id": "v", "duration": 3, "length": 240}})
    answer = (await an.wait_reply()).text
    assert answer.startswith(plain(vi.SPOKEN))
    assert "1900 558 826" in answer


async def test_updates_that_nobody_said_to_us_are_passed_over(an: Chat, telegram: TelegramServer) -> None:
    hello = an.message(text="xin chào")
    news, neighbours = telegram.channel(), telegram.group()
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}]
    passed_over = [
        ("edited_message", {**hello, "edit_date": hello["date"]}),
        ("channel_post", news.message(text="thông báo")),
        ("edited_channel_post", {**news.message(text="thông báo"), "edit_date": hello["date"]}),
        ("message", an.message(pinned_message=hello)),
        ("message", an.message(message_auto_delete_timer_changed={"message_auto_delete_time": 60})),
        ("message", neighbours.message(photo=photo)),
        ("message", neighbours.message(new_chat_members=[an.person])),
        ("something_new_in_2027", {"a": 1}),
        (None, None),
    ]
    for kind, content in passed_over:
        # Telegram sends kinds that were not asked for when they arose before the bot said what it wants.
        telegram.update(kind, content, wanted_only=False)
    an.say("/help")
    assert (await an.wait_reply()).text == plain(vi.HELP)
    assert [call.chat for call in telegram.calls_of("sendMessage")] == [an.id]


@pytest.mark.parametrize(
    "data",
    ["x", "f:khong-co:fee", "f:ket-hon:khong-co", "f:ket-hon:fee:thua", "c:", "m:khong-co", "😀" * 16, "<b>", "\x00"],
)
async def test_a_button_we_never_made_is_answered_kindly(an: Chat, data: str) -> None:
    an.say("/start")
    await an.wait_reply()
    await an.press_data(data)
    assert (await an.wait_reply()).text


async def test_a_button_under_a_card_shared_elsewhere_stops_spinning(an: Chat, telegram: TelegramServer) -> None:
    """Such a press names no chat we could answer in."""
    telegram.open_queries.add("77")
    press = {"id": "77", "from": an.person, "chat_instance": "1", "inline_message_id": "abc", "data": "m:help"}
    telegram.update("callback_query", press)
    await telegram.until(lambda: not telegram.open_queries, "the spinner to stop")
    assert telegram.calls_of("sendMessage") == []


async def test_a_press_too_old_for_its_spinner_still_gets_its_answer(an: Chat, telegram: TelegramServer) -> None:
    message = {**an.message(text="cũ"), "from": an.person}
    press = {"id": "78", "from": an.person, "chat_instance": "1", "message": message, "data": "f:ket-hon:documents"}
    telegram.update("callback_query", press)
    assert "Tờ khai đăng ký kết hôn" in (await an.wait_reply()).text
    assert [call.refused for call in telegram.calls_of("answerCallbackQuery")] == [400]


async def test_in_a_group_a_command_is_answered(an: Chat, telegram: TelegramServer) -> None:
    neighbours = telegram.group()
    neighbours.say("/help@motcua_test_bot", by=an)
    assert (await neighbours.wait_reply()).text == plain(vi.HELP)
