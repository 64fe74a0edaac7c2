"""Texts that no keyboard makes, on either kind of database: each gets its own answer, not an apology of ours."""

from __future__ import annotations

import pytest

from handlers.messages import plain
from handlers.texts import vi
from tests.edge.conftest import Serve
from tests.edge.test_telegram_webhook import post
from tests.fakes.telegram_server import TelegramServer

ODD = [
    "một\x00hai",
    "\x00",
    "\ud83d",
    "nửa \udc00 chữ \ud83d",
    "\ufffe\uffff\U0010ffff",
    "\u202e\u2066\u200b\ufeff",
    "a\u0300" * 3000,
    "\x1b[2J\x07\x7f\x85",
    "😀" * 5000,
]


@pytest.mark.parametrize("key", ["test", ""], ids=["sealed", "not sealed"])
async def test_odd_texts_are_answered(serve: Serve, telegram: TelegramServer, key: str) -> None:
    an = telegram.user("An")
    async with serve(secret_key=key, messages_per_minute=0) as served:
        for text in ODD:
            assert await post(served.port, an.say(text)) == 200
            assert (await an.wait_reply()).text != plain(vi.TROUBLE)
            # What nobody understood, and feedback, is kept for the staff.
            assert await post(served.port, an.say(f"zzqq xkcd wvut {text[:50]} 12")) == 200
            assert (await an.wait_reply()).text != plain(vi.TROUBLE)
            assert await post(served.port, an.say("/gopy")) == 200
            assert (await an.wait_reply()).text == plain(vi.ASK_FEEDBACK)
            assert await post(served.port, an.say(f"sai rồi {text[:50]} sửa đi")) == 200
            assert (await an.wait_reply()).text == plain(vi.FEEDBACK_THANKS)
    assert an.unread == 0
