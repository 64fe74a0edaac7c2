"""Whatever comes in, a kind answer comes out: never a traceback, a stuck chat or leaked markup."""

from __future__ import annotations

import asyncio
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.telegram_messages import to_html, to_keyboard
from bot.channels.webchat import to_json
from bot.desk import Desk
from handlers.messages import Incoming, Reply, plain
from handlers.texts import vi
from knowledge.contacts import contacts_for
from knowledge.db import open_engine
from knowledge.dossiers import LocalTable
from knowledge.knowledge import Knowledge
from tests.conftest import Ask, Clock, Filled

HOSTILE = [
    "x" * 10_000,
    "làm căn cước " * 1_000,
    "😀😀😀🎉",
    "\u200b\u200d\ufeff\x00\x07",
    "\u202eđảo ngược chữ\u202c",
    unicodedata.normalize("NFD", "Đăng ký kết hôn cần giấy tờ gì?"),
    "<b>khai sinh</b><script>alert(1)</script>",
    "**khai sinh** [a](javascript:alert(1)) `x`",
    "'; DROP TABLE entry; --",
    "{{7*7}} ${7*7} %s %n {0}",
    "/khongcolenhnay",
    "/",
    "\n\n\n",
    "0" * 40,
    "ket hon" + "̂" * 500,
]


def check_reply(reply: Reply) -> None:
    """What every reply must be, whatever it answers."""
    assert reply.messages
    assert plain(reply.text).strip()
    assert vi.TROUBLE not in reply.text
    for message in reply.messages:
        assert "<script" not in to_html(message.text)
        assert to_html(message.text).count("<b>") == to_html(message.text).count("</b>")
        to_keyboard(message)
    assert to_json(reply)["messages"]


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_messages_get_a_kind_answer(ask: Ask, text: str) -> None:
    check_reply(await ask(text))


@pytest.mark.parametrize(
    "data",
    [
        "",
        "f:",
        "f:khong-co:fee",
        "f:ket-hon:khong-co",
        "c:../../etc",
        "m:99",
        "m:-1",
        "x" * 64,
        "f:ket-hon:en-fee:1",
    ],
)
async def test_unknown_buttons_get_a_kind_answer(ask: Ask, data: str) -> None:
    check_reply(await ask(data=data))


async def test_the_chat_goes_on_after_a_hostile_message(ask: Ask) -> None:
    await ask(HOSTILE[0])
    assert (await ask("đăng ký kết hôn nộp ở đâu")).procedure == "ket-hon"


async def test_composed_and_decomposed_letters_are_the_same_question(ask: Ask) -> None:
    question = "đăng ký kết hôn cần giấy tờ gì"
    composed = await ask(unicodedata.normalize("NFC", question), chat="nfc")
    decomposed = await ask(unicodedata.normalize("NFD", question), chat="nfd")
    assert composed == decomposed


async def test_the_same_event_is_answered_once(desk: Desk) -> None:
    first = await desk.answer(Incoming("test", "one", "xin chào", event="42"))
    again = await desk.answer(Incoming("test", "one", "xin chào", event="42"))
    assert first is not None
    assert again is None


async def test_the_same_event_five_times_at_once_is_answered_once(desk: Desk) -> None:
    replies = await asyncio.gather(
        *(desk.answer(Incoming("test", f"chat {n}", "xin chào", event="43")) for n in range(5))
    )
    assert sum(reply is not None for reply in replies) == 1


@pytest.mark.parametrize("number", ["079204012345", "012 345 678", "0912345678"])
async def test_identity_and_telephone_numbers_are_not_echoed(ask: Ask, number: str) -> None:
    reply = await ask(number)
    assert number not in reply.text
    assert "không cần" in reply.text


async def test_an_unanswered_question_is_kept_without_personal_numbers(ask: Ask, knowledge: Knowledge) -> None:
    await ask("cách nấu phở bò ngon, gọi tôi 0912 345 678 hoặc a.b@example.com")
    kept = await knowledge.chats.unanswered()
    assert kept == [("cách nấu phở bò ngon, gọi tôi [số] hoặc [thư điện tử]", 1)]


async def test_deleting_leaves_nothing_of_the_conversation(ask: Ask, knowledge: Knowledge) -> None:
    await ask("đăng ký kết hôn nộp ở đâu")
    await ask("/xoadulieu")
    reply = await ask("thế bao lâu có?")
    assert reply.procedure is None


@pytest.fixture(scope="module")
def loop_desk(filled: Filled, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """A desk with a loop of its own, for property tests (which cannot await)."""
    import shutil

    path = tmp_path_factory.mktemp("properties") / "motcua.db"
    shutil.copy(filled.path, path)
    loop = asyncio.new_event_loop()
    clock = Clock()
    opened = Knowledge(open_engine(f"sqlite:///{path}"), clock, filled.snapshot)
    desk = Desk(opened, LocalTable(opened.store, clock), contacts_for("22"), "test")
    yield lambda incoming: loop.run_until_complete(desk.answer(incoming))
    loop.run_until_complete(opened.close())
    loop.close()


WORDS = st.sampled_from(
    [
        "đăng",
        "ký",
        "kết",
        "hôn",
        "khai",
        "sinh",
        "căn",
        "cước",
        "mất",
        "bao",
        "nhiêu",
        "tiền",
        "ở",
        "đâu",
        "giấy",
        "tờ",
        "gì",
        "bao",
        "lâu",
        "H49.22-261118-0001",
        "1.000894",
        "**",
        "<b>",
        "079204012345",
        "1",
        "2",
        "cái",
        "đầu",
        "không",
        "phải",
        "/start",
        "/gopy",
        "😀",
        "\u200b",
    ]
)
SENTENCES = st.lists(WORDS, max_size=30).map(" ".join)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.one_of(st.text(max_size=300), SENTENCES), min_size=1, max_size=3))
def test_any_conversation_gets_replies(loop_desk, texts: list[str]) -> None:  # type: ignore[no-untyped-def]
    for text in texts:
        check_reply(loop_desk(Incoming("test", "property", text)))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.text(max_size=64))
def test_any_button_data_gets_a_reply(loop_desk, data: str) -> None:  # type: ignore[no-untyped-def]
    check_reply(loop_desk(Incoming("test", "property", data=data)))
