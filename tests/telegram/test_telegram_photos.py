"""A photo of the receipt on Telegram: fetched, read, and kept nowhere."""

from __future__ import annotations

import logging

import pytest

from handlers.messages import plain
from handlers.texts import dossier as words
from handlers.texts import vi
from knowledge.dossiers.photo import MAX_BYTES
from tests.dossiers.test_photos import on_paper, qr, saved
from tests.fakes.telegram_server import Chat, TelegramServer
from tests.telegram.conftest import TOKEN, Logs

RECEIPT = "H49.22-261118-0001"


@pytest.fixture(scope="module")
def receipt() -> bytes:
    return saved(on_paper(qr(RECEIPT)))


async def test_the_largest_size_of_a_photo_is_read(an: Chat, telegram: TelegramServer, receipt: bytes) -> None:
    an.post(photo=telegram.photo(b"small", b"medium", receipt))
    assert RECEIPT in (await an.wait_reply()).text
    assert [call.params["file_id"] for call in telegram.calls_of("file")] == ["AgAC-2"]


async def test_a_picture_sent_as_a_file_is_read_too(an: Chat, telegram: TelegramServer, receipt: bytes) -> None:
    an.post(document={**telegram.file(receipt), "mime_type": "image/jpeg", "file_name": "giay hen.jpg"})
    assert RECEIPT in (await an.wait_reply()).text


async def test_other_files_are_left_where_they_are(an: Chat, telegram: TelegramServer) -> None:
    an.post(document={**telegram.file(b"%PDF"), "mime_type": "application/pdf"})
    assert (await an.wait_reply()).text == plain(vi.EMPTY)
    assert telegram.calls_of("getFile") == []


async def test_the_words_under_a_photo_are_read_too(an: Chat, telegram: TelegramServer) -> None:
    an.post(photo=telegram.photo(saved(on_paper(qr("không phải mã")))), caption=f"mã {RECEIPT}")
    assert RECEIPT in (await an.wait_reply()).text


@pytest.mark.parametrize("trouble", ["unknown", "server error", "lost", "cut off", "too big", "no picture"])
async def test_a_photo_that_cannot_be_had_gets_a_helpful_answer(
    an: Chat, telegram: TelegramServer, receipt: bytes, trouble: str
) -> None:
    content = {"too big": b"x" * (MAX_BYTES + 1), "no picture": b"<html>"}.get(trouble, receipt)
    photo = telegram.photo(content)
    if trouble == "unknown":
        telegram.files.clear()
    elif trouble == "server error":
        telegram.fails("getFile", code=500)
    elif trouble == "lost":
        telegram.fails("file", code=404)
    elif trouble == "cut off":
        telegram.cuts("file")
    an.post(photo=photo)
    assert (await an.wait_reply()).text == words.PHOTO_TROUBLE["not an image"]
    assert bool(telegram.calls_of("file")) == (trouble in {"lost", "cut off", "no picture"})


async def test_when_a_photo_cannot_be_had_the_words_under_it_are_answered(an: Chat, telegram: TelegramServer) -> None:
    telegram.fails("getFile", code=400)
    an.post(photo=telegram.photo(b"x"), caption="/help")
    assert (await an.wait_reply()).text == plain(vi.HELP)


async def test_its_address_holds_the_token_and_is_in_no_log(
    an: Chat, telegram: TelegramServer, receipt: bytes, logs: Logs, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    telegram.cuts("file")
    for _ in range(2):
        an.post(photo=telegram.photo(receipt))
        await an.wait_reply()
    assert TOKEN not in caplog.text + str(logs)
    assert TOKEN.partition(":")[2] not in caplog.text + str(logs)
