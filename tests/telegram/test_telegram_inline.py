"""Inline mode: “@our_bot can cuoc” in any chat offers cards to send there."""

from __future__ import annotations

import pytest

from bot.channels import telegram_inline
from handlers import finding
from handlers.messages import plain
from handlers.texts import vi
from knowledge.standing import Standing
from tests.conftest import Ask, Filled
from tests.fakes.telegram_inline import payload_in
from tests.fakes.telegram_server import BOT, Chat, TelegramServer
from tests.telegram.conftest import RunningBot

US = str(BOT["username"])


async def test_what_is_named_is_offered_first_with_a_title_and_a_short_description(an: Chat) -> None:
    answer = await an.types("đăng ký kết hôn")
    assert 1 <= len(answer.results) <= finding.MOST
    assert answer.results[0].id == "ket-hon"
    for card in answer.results:
        assert card.title
        assert 0 < len(card.description) <= finding.SHORT


@pytest.mark.parametrize("typed", ["can cuoc", "căn cư", "CAN CUOC", "  cắn cước "])
async def test_without_marks_or_half_typed_the_name_is_found(an: Chat, typed: str) -> None:
    assert any("căn cước" in title.lower() for title in (await an.types(typed)).titles)


@pytest.mark.parametrize("typed", ["kết", "khai s", "giay phep xay"])
async def test_while_a_word_is_being_typed_names_that_begin_so_are_offered(an: Chat, typed: str) -> None:
    assert (await an.types(typed)).results


async def test_a_half_typed_word_is_not_read_as_another_one(an: Chat) -> None:
    assert "khai sinh" in (await an.types("khai s")).titles[0]


async def test_who_types_english_gets_english_cards(an: Chat, ask: Ask) -> None:
    card = (await an.types("marriage registration")).results[0]
    assert card.text == (await ask(data="f:ket-hon:en-card")).text.strip()


async def test_a_card_says_what_the_bot_would_say(an: Chat, ask: Ask) -> None:
    card = (await an.types("đăng ký kết hôn")).results[0]
    assert card.text == (await ask(data="f:ket-hon:card")).text.strip()
    assert [entity["type"] for entity in card.entities].count("bold") > 1


async def test_when_a_part_is_asked_the_card_is_that_part(an: Chat, ask: Ask) -> None:
    card = (await an.types("lệ phí đăng ký kết hôn")).results[0]
    assert card.text == (await ask(data="f:ket-hon:fee")).text.strip()


async def test_the_buttons_under_a_card_lead_into_a_private_chat(an: Chat, binh: Chat, ask: Ask) -> None:
    card = (await an.types("đăng ký kết hôn")).results[0]
    assert payload_in(card.buttons["Giấy tờ"], US) == "ket-hon_documents"
    binh.opens(card.buttons["Giấy tờ"])
    assert (await binh.wait_reply()).text == (await ask(data="f:ket-hon:documents")).text.strip()


async def test_nothing_typed_offers_what_is_asked_most(an: Chat, filled: Filled) -> None:
    answer = await an.types("")
    assert [card.id for card in answer.results] == list(finding.MOST_ASKED)
    assert set(finding.MOST_ASKED) <= set(filled.snapshot.records)


async def test_the_same_answer_serves_everybody_for_a_while(an: Chat) -> None:
    answer = await an.types("khai sinh")
    assert (answer.cache_time, answer.is_personal) == (telegram_inline.CACHE_SECONDS, False)


async def test_where_nothing_is_found_a_button_leads_to_us(an: Chat) -> None:
    answer = await an.types("công thức làm bánh flan")
    assert answer.results == []
    assert answer.button == {"text": vi.INLINE_NOTHING, "start_parameter": "help"}


@pytest.mark.parametrize("typed", ["H49.22-261118-0001", "hồ sơ H49.22-261118-0001 tới đâu", "001088012345"])
async def test_nothing_personal_is_looked_up_or_kept_by_telegram(an: Chat, typed: str) -> None:
    answer = await an.types(typed)
    assert answer.results == []
    assert answer.button == {"text": vi.INLINE_DOSSIER, "start_parameter": "hoso"}
    assert (answer.cache_time, answer.is_personal) == (0, True)


@pytest.mark.parametrize(
    "typed",
    [
        "<b>",
        "</b>&lt;",
        "\u202e\u200b\x00",
        "😀" * 60,
        "a" * 256,
        "khai sinh " * 25,
        "%_';--",
        "[x](y) *_`",
        "\n\n",
        "/start",
    ],
)
async def test_whatever_is_typed_there_is_an_answer_that_telegram_takes(
    an: Chat, telegram: TelegramServer, typed: str
) -> None:
    await an.types(typed)
    assert [call.refused for call in telegram.calls_of("answerInlineQuery")] == [None]


async def test_every_entry_makes_a_card_that_telegram_takes(
    an: Chat, filled: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    slugs = list(filled.snapshot.records)
    monkeypatch.setattr(finding, "MOST", 50)
    for start in range(0, len(slugs), 50):
        monkeypatch.setattr(finding, "MOST_ASKED", tuple(slugs[start : start + 50]))
        assert len((await an.types("")).results) == len(slugs[start : start + 50])


async def test_a_query_that_is_too_old_disturbs_nobody(an: Chat, telegram: TelegramServer) -> None:
    telegram.update("inline_query", {"id": "1", "from": an.person, "query": "khai sinh", "offset": ""})
    await telegram.called("answerInlineQuery")
    assert (await an.types("khai sinh")).results


async def test_queries_are_not_stored_and_keep_no_message_waiting(an: Chat, channel: RunningBot) -> None:
    for end in range(1, 10):
        await an.types("khai sinh"[:end])
    assert await channel.delivery.mailbox.waiting() == 0
    an.say("/help")
    assert (await an.wait_reply()).text == plain(vi.HELP)


async def test_a_card_sent_into_the_private_chat_is_not_taken_for_a_question(
    an: Chat, telegram: TelegramServer
) -> None:
    card = (await an.types("khai sinh")).results[0]
    an.post(text=card.text, via_bot=BOT)
    an.say("/help")
    assert (await an.wait_reply()).text == plain(vi.HELP)


async def test_one_person_who_types_without_end_is_asked_to_wait_and_nobody_else_is(
    an: Chat, binh: Chat, telegram: TelegramServer
) -> None:
    for _ in range(telegram_inline.A_MINUTE):
        await an.types("")
    plea = await an.types("")
    assert plea.results == []
    assert plea.button
    assert plea.button["text"] == vi.INLINE_SLOWER
    telegram.update("inline_query", {"id": "1", "from": an.person, "query": "khai sinh", "offset": ""})
    assert (await binh.types("khai sinh")).results
    an.say("/help")  # a message is no query
    assert (await an.wait_reply()).text == plain(vi.HELP)
    assert len(telegram.calls_of("answerInlineQuery")) == telegram_inline.A_MINUTE + 2


async def test_while_answering_is_paused_nothing_is_offered(
    an: Chat, channel: RunningBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel.delivery.desk.knowledge, "standing", Standing(paused="bảo trì"))
    answer = await an.types("khai sinh")
    assert (answer.results, answer.cache_time) == ([], 0)
