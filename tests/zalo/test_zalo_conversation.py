"""A resident on Zalo: the same conversation on the Bot platform and on an Official Account."""

from __future__ import annotations

from typing import Any

import pytest

from bot.desk import Desk
from handlers.buttons import choice_buttons
from handlers.messages import Button, Conversation, Incoming, Message, Outcome, Reply, plain, say
from handlers.numbers import numbered, pressed
from handlers.texts import vi
from handlers.turn import Turn
from tests.conftest import Ask
from tests.zalo.conftest import Person, eventually

HOSTILE = [
    "<script>alert(1)</script>",
    "[x](javascript:alert(1)) **_y_** `z`",
    "\u202eđảo\u202c ngược",
    "một\x00hai\x1b[31m",
    "😀" * 1500,
    "khai sinh " * 900,
    "{{7*7}} ${x} %s {0}",
]


COMMANDS = {
    "/start": vi.GREETING,
    "/help": vi.HELP,
    "/hoso": vi.ASK_CODE,
    "/gopy": vi.ASK_FEEDBACK,
    "/canbo": vi.PERSON,
    "/xoadulieu": vi.FORGOTTEN,
}


async def test_each_command_is_answered(an: Person) -> None:
    for command, answer in COMMANDS.items():
        await an.say(command)
        assert (await an.wait_reply()).text.startswith(plain(answer).strip())


async def test_the_greeting_offers_questions_to_choose(an: Person, ask: Ask) -> None:
    await an.say("/start")
    await an.wait_reply()
    await an.press(vi.STARTERS[1])
    assert plain((await ask(data="m:1")).messages[0].text) in (await an.wait_reply()).text


async def test_a_question_is_answered_with_the_other_parts_one_step_away(an: Person, ask: Ask) -> None:
    said = await ask("đăng ký kết hôn mất bao nhiêu tiền")
    await an.say("đăng ký kết hôn mất bao nhiêu tiền")
    assert (await an.wait_reply()).text.startswith(plain(said.messages[0].text).strip())
    await an.press("Giấy tờ")
    documents = await ask(data=f"f:{said.procedure}:documents")
    assert (await an.wait_reply()).text.startswith(plain(documents.messages[0].text).strip())


async def test_a_short_follow_up_keeps_the_subject(an: Person) -> None:
    await an.say("đăng ký kết hôn nộp ở đâu")
    await an.wait_reply()
    await an.say("thế bao lâu có?")
    assert "kết hôn" in (await an.wait_reply()).text.lower()


@pytest.mark.parametrize("word", ["1", "số 1", "cái đầu"])
async def test_a_question_asked_back_is_answered_by_a_number_or_in_words(
    an: Person, ask: Ask, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    choices = ("ket-hon", "khai-sinh")

    async def ask_back(turn: Turn) -> Outcome:
        buttons = choice_buttons([turn.snapshot.records[slug] for slug in choices])
        return Outcome(say("Trường hợp nào?", *buttons), Conversation(choices=choices))

    with monkeypatch.context() as patch:
        patch.setattr("bot.desk.answer", ask_back)
        await an.say("làm giấy tờ")
        await an.wait_reply()
    await an.say(word)
    chosen = await ask(data="c:ket-hon")
    assert (await an.wait_reply()).text.startswith(plain(chosen.messages[0].text).strip())


async def test_feedback_is_taken_in_two_steps(an: Person) -> None:
    await an.say("/gopy")
    await an.wait_reply()
    await an.say("1")  # not the first of anything: the person's own words
    assert (await an.wait_reply()).text == plain(vi.FEEDBACK_THANKS)


async def test_after_erasing_the_bot_no_longer_knows_the_subject(an: Person) -> None:
    for text in ("đăng ký kết hôn cần giấy tờ gì", "/xoadulieu"):
        await an.say(text)
        await an.wait_reply()
    await an.say("thế bao lâu có?")
    assert "kết hôn" not in (await an.wait_reply()).text.lower()


async def test_a_receipt_code_is_looked_up(an: Person) -> None:
    await an.say("hồ sơ H49.105-261110-0004 tới đâu rồi")
    assert "Đang xử lý" in (await an.wait_reply()).text


async def test_a_dossier_can_be_watched_and_no_longer(an: Person) -> None:
    await an.say("H49.105-261110-0004")
    await an.wait_reply()
    await an.press("Báo cho tôi khi có thay đổi")
    assert "tôi sẽ báo khi hồ sơ H49.105-261110-0004 có thay đổi" in (await an.wait_reply()).text
    await an.say("ngừng báo")
    assert "Đã ngừng báo 1 hồ sơ" in (await an.wait_reply()).text


async def test_the_full_card_arrives_whole_in_pieces_that_zalo_takes(an: Person, ask: Ask) -> None:
    await an.say("đăng ký kết hôn cần giấy tờ gì")
    await an.wait_reply()
    await an.press("Xem đầy đủ")
    whole = plain((await ask(data="f:ket-hon:full")).messages[0].text)
    arrived: list[str] = []
    while whole.splitlines()[-1] not in "\n".join(arrived):
        arrived.append((await an.wait_reply()).text)
    assert len(arrived) > 1
    assert [line for line in whole.splitlines() if line not in "\n".join(arrived)] == []


async def test_whatever_a_person_writes_there_is_an_answer(an: Person) -> None:
    for text in HOSTILE:
        await an.say(text)
        assert (await an.wait_reply()).text


async def test_nothing_that_was_written_is_kept(an: Person, desk: Desk) -> None:
    await an.say("đăng ký kết hôn ở đâu vậy em")
    await an.wait_reply()
    await eventually(lambda: _none(desk, "outbox"))  # what has arrived is deleted a moment later
    kept = [await _rows(desk, table) for table in ("inbox", "conversation", "unanswered")]
    assert "vậy em" not in str(kept)
    assert an.id not in str(kept)


async def _none(desk: Desk, table: str) -> bool:
    return not await _rows(desk, table)


async def _rows(desk: Desk, table: str) -> list[Any]:
    async with desk.knowledge.engine.connect() as connection:
        return list((await connection.exec_driver_sql(f"SELECT * FROM {table}")).all())


async def test_links_can_be_reached(an: Person, ask: Ask) -> None:
    said = await ask("đăng ký kết hôn nộp ở đâu")
    link = next(button.url for button in said.messages[0].buttons if button.url)
    await an.say("đăng ký kết hôn nộp ở đâu")
    shown = await an.wait_reply()
    assert link in shown.text or link in str(getattr(shown, "buttons", ""))


def test_a_reply_with_two_lists_has_one_row_of_numbers(desk: Desk) -> None:
    """Choices that number themselves keep their numbers; the buttons above them go on counting."""
    first = Message("Lệ phí: 0 đồng", (Button("Giấy tờ", data="f:a:documents"), Button("Mở trang", url="https://x.vn")))
    second = Message(
        "Nơi nào ạ?\n1. Phường A\n2. Phường B", (Button("Phường A", data="u:1"), Button("Phường B", data="u:2"))
    )
    turn = desk._turn(Incoming("zalo-bot", "c", "2", numbered=True), Conversation(), desk.knowledge.clock(), "k")
    outcome = numbered(turn, Outcome(Reply((first, second))))
    texts = [message.text for message in outcome.reply.messages]
    assert texts[0] == f"Lệ phí: 0 đồng\nMở trang: https://x.vn\n{vi.TYPE_A_NUMBER}\n3. Giấy tờ"
    assert texts[1] == second.text
    turn = desk._turn(turn.incoming, outcome.conversation, desk.knowledge.clock(), "k")
    assert pressed(turn).incoming.data == "u:2"
