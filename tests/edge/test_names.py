"""Names of people and groups are whatever somebody has typed: they go nowhere."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from handlers.messages import plain
from handlers.texts import vi
from tests.edge.conftest import Serve, Served
from tests.edge.test_telegram_webhook import US, post
from tests.fakes.telegram_server import Chat, TelegramServer

NAMES = [
    "<b>Zebra</b><script>alert(1)</script>",
    "Zebra\x00\x07\x1b[31m\r\nlevel=error",
    "\u202eZebra\u2066\u200b",
    "**Zebra** [x](https://example.com) {user} %s {{7*7}}",
    "Zebra'; DROP TABLE inbox; --",
    "Zebra\ud83d",
    "Zebra" * 2000,
]


@pytest.mark.parametrize("sealed", ["test", ""], ids=["sealed", "not sealed"])
async def test_names_with_markup_and_control_characters_go_nowhere(
    serve: Serve, telegram: TelegramServer, capfd: pytest.CaptureFixture[str], sealed: str
) -> None:
    numbers = count(900)
    async with serve(secret_key=sealed) as served:
        for name in NAMES:
            evil, group = telegram.user(name), telegram.group(name)
            for message in _everything(evil, group, name):
                assert await post(served.port, {"update_id": next(numbers), "message": message}) == 200
            answers = [(await evil.wait_reply()).text for _ in range(3)]
            assert answers == [plain(vi.GREETING), plain(vi.HELP), plain(vi.EMPTY)]
            assert (await group.wait_reply()).text == plain(vi.HELP)
        kept = "".join([await _rows(served, table) for table in ("inbox", "outbox", "conversation")])
    sent = str([(call.method, call.params) for call in telegram.calls])
    assert "Zebra" not in sent + kept + "".join(capfd.readouterr())


async def _rows(served: Served, table: str) -> str:
    async with served.app.knowledge.engine.connect() as connection:
        return str((await connection.exec_driver_sql(f"SELECT * FROM {table}")).all())


def _everything(evil: Chat, group: Chat, name: str) -> list[dict[str, Any]]:
    said = evil.message(text="/start")
    said["from"] |= {"last_name": name, "username": name}
    said["chat"] |= {"last_name": name, "username": name}
    contact = evil.message(contact={"phone_number": name, "first_name": name})
    forwarded = evil.message(text="/help", forward_origin={"type": "hidden_user", "sender_user_name": name, "date": 1})
    answered = group.message(text="/help@" + US, entities=[{"type": "bot_command", "offset": 0, "length": 6 + len(US)}])
    answered["from"] = said["from"]
    return [said, forwarded, contact, answered]
