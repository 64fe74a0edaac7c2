"""Feedback is written in the message after “/gopy”; what cannot be read in between does not end the waiting."""

from __future__ import annotations

import pytest

from bot.desk import Desk
from handlers.messages import Incoming, Reply, plain
from handlers.texts import vi

WORDS = "Lệ phí ghi ở đây đã cũ"


async def say(desk: Desk, text: str = "", photo: bytes | None = None) -> Reply:
    reply = await desk.answer(Incoming("test", "one", text, photo=photo))
    assert reply
    return reply


async def test_a_photo_is_asked_to_be_put_into_words(desk: Desk) -> None:
    await say(desk, "/gopy")
    assert (await say(desk, photo=b"\x89PNG")).text == plain(vi.FEEDBACK_IN_WORDS)
    assert (await say(desk, WORDS)).text == plain(vi.FEEDBACK_THANKS)


async def test_the_words_under_a_photo_are_the_feedback(desk: Desk) -> None:
    await say(desk, "/gopy")
    assert (await say(desk, WORDS, photo=b"\x89PNG")).text == plain(vi.FEEDBACK_THANKS)


@pytest.mark.parametrize("unreadable", ["", "👍", "..."])
async def test_what_says_nothing_does_not_end_the_waiting(desk: Desk, unreadable: str) -> None:
    await say(desk, "/gopy")
    assert (await say(desk, unreadable)).text == plain(vi.EMPTY)
    assert (await say(desk, WORDS)).text == plain(vi.FEEDBACK_THANKS)


async def test_a_photo_without_a_code_still_awaits_the_code(desk: Desk) -> None:
    await say(desk, "/hoso")
    await say(desk, photo=b"no image")
    assert "không phải mã hồ sơ" in (await say(desk, "1.001193")).text
