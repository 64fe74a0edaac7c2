"""A flood from one person, or one network: slowed, politely; the others do not notice."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from bot import pace
from bot.pace import A_NETWORK, Pace
from handlers.messages import plain
from handlers.texts import vi
from tests.edge.conftest import Serve
from tests.edge.test_telegram_webhook import US, post
from tests.fakes.telegram_server import TelegramServer
from tests.fakes.zalo_bot_server import ZaloBotServer
from tests.fakes.zalo_oa_server import ZaloOaServer

LIMIT = 5
FLOOD = 30


class Watch:
    """A clock of a test's own."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def watch() -> Watch:
    return Watch()


# How much


def test_beyond_the_limit_the_first_is_asked_to_wait_and_the_rest_of_the_minute_is_dropped(watch: Watch) -> None:
    limit = Pace(3, watch)
    assert [limit.of("an") for _ in range(6)] == ["go", "go", "go", "ask to wait", "drop", "drop"]
    assert limit.of("bình") == "go"
    watch.at = 59.9
    assert limit.of("an") == "drop"
    watch.at = 60.0
    assert limit.of("an") == "go"


def test_a_network_may_say_more_than_a_person_and_has_its_own_limit(watch: Watch) -> None:
    limit = Pace(3, watch)
    said = [limit.of(f"session {number}", "office") for number in range(3 * A_NETWORK + 2)]
    assert said == ["go"] * 3 * A_NETWORK + ["ask to wait", "drop"]
    assert limit.of("session of another", "village") == "go"
    assert limit.of("somebody on a platform") == "go"


def test_without_a_limit_everything_goes() -> None:
    limit = Pace(0)
    assert {limit.of("an", "office") for _ in range(1000)} == {"go"}


def test_it_remembers_only_so_many(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "MOST_REMEMBERED", 100)
    limit = Pace(3, watch)
    for number in range(1000):
        limit.of(f"stranger {number}")
        limit.of("an")
    assert len(limit._said) == 100
    assert limit.of("an") == "drop"  # who speaks is not forgotten for those who do not


# On each platform


async def test_on_telegram(serve: Serve, telegram: TelegramServer) -> None:
    an, binh, group = telegram.user("An"), telegram.user("Bình"), telegram.group()
    async with serve(messages_per_minute=LIMIT) as served:
        for _ in range(FLOOD):
            assert await post(served.port, an.say("/help")) == 200
        assert await post(served.port, binh.say("/help")) == 200
        assert (await binh.wait_reply()).text == plain(vi.HELP)
        assert await heard(an) == [plain(vi.HELP)] * LIMIT + [vi.SLOWER]
        for _ in range(LIMIT + 3):
            await post(served.port, group.say(f"/help@{US}", by=an))
        await post(served.port, group.say(f"/canbo@{US}", by=binh))
        said = [(await group.wait_reply()).text for _ in range(LIMIT + 2)]
        assert said[:-1] == [plain(vi.HELP)] * LIMIT + [vi.SLOWER]
        assert plain(vi.PERSON) in said[-1]
    assert an.unread == 0


@pytest.mark.parametrize("platform", ["bot", "account"])
async def test_on_zalo(serve: Serve, zalo_bot: ZaloBotServer, zalo_oa: ZaloOaServer, platform: str) -> None:
    there: Any = zalo_bot if platform == "bot" else zalo_oa
    an, binh = there.user("An"), there.user("Bình")
    async with serve(messages_per_minute=LIMIT):
        for _ in range(FLOOD):
            await an.say("/help")
        await binh.say("/help")
        assert (await binh.wait_reply()).text == plain(vi.HELP)
        assert await heard(an) == [plain(vi.HELP)] * LIMIT + [vi.SLOWER]
    assert an.unread == 0


async def heard(person: Any) -> list[str]:
    return [(await person.wait_reply()).text for _ in range(LIMIT + 1)]


# On the web


async def say(client: httpx.AsyncClient, session: str, address: str = "203.0.113.7") -> str:
    asked = {"session": session, "text": "/help"}
    answer = await client.post("/api/chat", json=asked, headers={"X-Forwarded-For": address})
    assert answer.status_code == 200
    return str(answer.json()["messages"][0]["text"])


async def test_on_the_web_each_is_told_to_wait(serve: Serve) -> None:
    async with serve(messages_per_minute=LIMIT) as served, httpx.AsyncClient(base_url=served.url) as client:
        said = [await say(client, "an") for _ in range(LIMIT + 3)]
        assert said == [plain(vi.HELP)] * LIMIT + [vi.SLOWER] * 3
        assert await say(client, "binh") == plain(vi.HELP)


async def test_a_network_is_slowed_however_many_sessions_it_opens(serve: Serve) -> None:
    async with serve(messages_per_minute=1) as served, httpx.AsyncClient(base_url=served.url) as client:
        said = [await say(client, f"s{number}", f"203.0.113.{number}") for number in range(A_NETWORK + 2)]
        assert said == [plain(vi.HELP)] * A_NETWORK + [vi.SLOWER] * 2
        assert await say(client, "t", "198.51.100.9") == plain(vi.HELP)
        assert await say(client, "u", "2001:db8:1::1") == plain(vi.HELP)


async def test_a_network_cannot_be_made_up_by_those_who_come_without_a_proxy(serve: Serve) -> None:
    chosen = {"messages_per_minute": 1, "trusted_proxies": "192.0.2.1"}
    async with serve(**chosen) as served, httpx.AsyncClient(base_url=served.url) as client:
        said = [await say(client, f"s{number}", f"203.0.{number}.1") for number in range(A_NETWORK + 1)]
        assert said[-1] == vi.SLOWER


async def test_during_a_flood_others_are_answered_while_it_lasts(serve: Serve, telegram: TelegramServer) -> None:
    an, binh = telegram.user("An"), telegram.user("Bình")
    async with serve(messages_per_minute=LIMIT) as served:
        flooding = asyncio.create_task(_flood(served.port, an))
        for _ in range(3):
            assert await post(served.port, binh.say("/help")) == 200
            assert (await binh.wait_reply()).text == plain(vi.HELP)
        assert not flooding.done()
        flooding.cancel()
    assert len(an.shown) <= LIMIT + 1


async def _flood(port: int, an: Any) -> None:
    while True:
        await asyncio.gather(*(post(port, an.say("/help")) for _ in range(10)))
