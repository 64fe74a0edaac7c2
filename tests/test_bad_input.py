"""Whatever comes in, a kind answer comes out: never a traceback, a stuck chat or leaked markup."""

from __future__ import annotations

import asyncio
import json
import shutil
import unicodedata
from dataclasses import dataclass

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.app import App
from bot.channels.telegram_messages import to_html, to_keyboard
from bot.channels.webchat import to_json
from bot.desk import Desk
from bot.settings import Settings
from bot.web.server import web_app
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


@dataclass
class Alone:
    """A desk and its loop."""

    loop: asyncio.AbstractEventLoop
    desk: Desk

    def __call__(self, incoming: Incoming) -> Reply | None:
        return self.loop.run_until_complete(self.desk.answer(incoming))


@pytest.fixture(scope="module")
def loop_desk(filled: Filled, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """A desk with a loop of its own, for property tests (which cannot await)."""
    path = tmp_path_factory.mktemp("properties") / "motcua.db"
    shutil.copy(filled.path, path)
    loop = asyncio.new_event_loop()
    clock = Clock()
    opened = Knowledge(open_engine(f"sqlite:///{path}"), clock, filled.snapshot)
    desk = Desk(opened, LocalTable(opened.store, clock), contacts_for("22"), "test", province="22")
    yield Alone(loop, desk)
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


@pytest.fixture(scope="module")
def post(loop_desk, filled: Filled):  # type: ignore[no-untyped-def]
    """``post(body)``: any bytes to ``/api/chat``, by a browser of its own."""
    loop, desk = loop_desk.loop, loop_desk.desk
    knowledge = desk.knowledge
    app = App(Settings(_env_file=None), knowledge, desk, LocalTable(knowledge.store, knowledge.clock))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(web_app(app)), base_url="http://test")
    headers = {"content-type": "application/json"}
    yield lambda body: loop.run_until_complete(client.post("/api/chat", content=body, headers=headers))
    loop.run_until_complete(client.aclose())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
ALMOST = st.fixed_dictionaries(
    {"session": st.just("s") | JSON},
    optional={
        "text": JSON | SENTENCES,
        "data": JSON | st.sampled_from(["m:start", "f:ket-hon:fee", "c:khai-sinh"]),
        "x": JSON,
    },
)


def check_response(response: httpx.Response) -> None:
    """An answer or a refusal in plain words, never a failure and nothing sent back as markup."""
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    if response.status_code != 200:
        assert (response.status_code, body) in ((400, {"error": vi.BAD_REQUEST}), (422, {"error": vi.BAD_REQUEST}))
        return
    assert vi.TROUBLE not in response.text
    for message in body["messages"]:
        assert message["text"].strip()
        assert message["markup"].count("**") % 2 == 0


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=ALMOST | JSON)
def test_any_json_gets_an_answer_or_a_clean_refusal(post, body: object) -> None:  # type: ignore[no-untyped-def]
    check_response(post(json.dumps(body).encode()))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200))
def test_any_bytes_get_a_clean_refusal(post, body: bytes) -> None:  # type: ignore[no-untyped-def]
    check_response(post(body))


@pytest.mark.parametrize(
    "body",
    [b"[" * 30_000, b'{"session":"s","text":"\\ud800 khai sinh"}', b'{"session":"s","text":' + b"9" * 5_000 + b"}"],
    ids=["deep", "half a character", "a long number"],
)
def test_what_breaks_readers_of_json_is_refused_cleanly(post, body: bytes) -> None:  # type: ignore[no-untyped-def]
    check_response(post(body))
