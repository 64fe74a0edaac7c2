"""The Official Account's token: refreshed early, once, stored before it is used; no way to lock ourselves out but one.

Against the fake's own server for tokens, where a refresh token is good for one use and a second use is counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY

from bot.channels import zalo_oa_tokens
from bot.channels.zalo_oa_api import OaOauth
from bot.channels.zalo_oa_tokens import NoTokenError, TokenKeeper
from knowledge.dossiers.vault import Vault
from knowledge.knowledge import Knowledge
from knowledge.zalo_tokens import LEASE, Pair, TokenTable
from tests.conftest import Clock
from tests.fakes.loopback import Answer
from tests.fakes.zalo_oa_server import APP, APP_SECRET, ZaloOaServer, oa_error

HOUR = 60

Worker = Callable[..., TokenKeeper]


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as opened:
        yield opened


@pytest.fixture
def worker(knowledge: Knowledge, client: httpx.AsyncClient, oa_server: ZaloOaServer, clock: Clock) -> Worker:
    """``worker("two")``: a process of its own on the same database."""

    def start(name: str = "one", *, seed: str = "first-refresh-token", secret: str = "test") -> TokenKeeper:
        oauth = OaOauth(client, oa_server.url, APP, APP_SECRET)
        return TokenKeeper(TokenTable(knowledge.engine, Vault(secret), APP), oauth, seed, clock, name)

    return start


async def row(knowledge: Knowledge) -> Any:
    async with knowledge.engine.connect() as connection:
        return (await connection.exec_driver_sql("SELECT * FROM zalo_token")).one()


async def test_the_first_pair_comes_from_the_settings(worker: Worker, oa_server: ZaloOaServer) -> None:
    assert await worker().token() == oa_server.access
    # A restart with the same, now spent, setting changes nothing.
    assert await worker().token() == oa_server.access
    assert await worker(seed="").token() == oa_server.access
    assert (oa_server.refreshed, oa_server.reused) == (1, 0)


async def test_without_a_first_token_there_is_none(worker: Worker) -> None:
    with pytest.raises(NoTokenError):
        await worker(seed="").token()


async def test_the_pair_is_kept_sealed(worker: Worker, oa_server: ZaloOaServer, knowledge: Knowledge) -> None:
    await worker().token()
    kept = str(await row(knowledge))
    assert oa_server.access not in kept
    assert oa_server.refresh not in kept
    assert "first-refresh-token" not in kept


async def test_without_a_key_it_works_all_the_same(worker: Worker, oa_server: ZaloOaServer) -> None:
    assert await worker(secret="").token() == oa_server.access
    assert await worker(secret="").token() == oa_server.access
    assert oa_server.reused == 0


async def test_a_token_is_refreshed_when_a_third_of_its_life_is_left(
    worker: Worker, oa_server: ZaloOaServer, clock: Clock
) -> None:
    one = worker()
    first = await one.token()
    clock.pass_minutes(16 * HOUR)  # of 25
    await one.look()
    assert await one.token() == first
    clock.pass_minutes(1 * HOUR)
    await one.look()
    assert await one.token() == oa_server.access != first


@pytest.mark.parametrize("life", [3600, 90_000])
async def test_its_life_is_what_zalo_says(worker: Worker, oa_server: ZaloOaServer, clock: Clock, life: int) -> None:
    oa_server.life = life
    one = worker()
    await one.token()
    clock.pass_minutes(life / 60)
    assert await one.token() == oa_server.access
    assert oa_server.refreshed == 2


async def test_ten_workers_refresh_once(worker: Worker, oa_server: ZaloOaServer, clock: Clock) -> None:
    workers = [worker(f"worker {number}") for number in range(10)]
    for _ in range(3):
        tokens = await asyncio.gather(*(one.token() for one in workers for _ in range(3)))
        assert set(tokens) == {oa_server.access}
        clock.pass_minutes(26 * HOUR)
    assert (oa_server.refreshed, oa_server.reused) == (3, 0)


async def test_a_worker_whose_token_another_one_renewed_takes_the_new_one(
    worker: Worker, oa_server: ZaloOaServer, clock: Clock
) -> None:
    one, two = worker("one"), worker("two")
    old = await one.token()
    await two.token()
    clock.pass_minutes(20 * HOUR)
    await one.look()
    assert await two.token(refused=old) == oa_server.access
    assert (oa_server.refreshed, oa_server.reused) == (2, 0)


async def test_the_new_pair_is_stored_before_it_is_used(
    worker: Worker, oa_server: ZaloOaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away while Zalo answers: the pair waits in our hands, and nobody gets it before."""
    real, away = TokenTable.store, 2
    used: list[str] = []

    async def store(self: TokenTable, *stored: Any) -> bool:
        nonlocal away
        assert used == []
        if away:
            away -= 1
            raise OSError("database away")
        return await real(self, *stored)

    monkeypatch.setattr(TokenTable, "store", store)
    used.append(await worker().token())
    assert used == [oa_server.access]
    assert await worker("two").token() == oa_server.access


# Dying half-way


async def test_killed_before_the_request_left_nothing_is_lost(
    worker: Worker,
    oa_server: ZaloOaServer,
    knowledge: Knowledge,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(zalo_oa_tokens, "WAITS", 5)
    table = TokenTable(knowledge.engine, Vault("test"), APP)
    await table.adopt("first-refresh-token", clock())
    assert await table.lease("dead", clock(), 1)  # written down: about to spend; then the power went
    with pytest.raises(NoTokenError):
        async with asyncio.timeout(10):
            await worker("two").token()
    assert oa_server.refreshed == 0
    clock.pass_minutes(LEASE.total_seconds() / 60 + 1)
    assert await worker("two").token() == oa_server.access
    assert oa_server.reused == 0


async def test_killed_after_zalo_spent_the_token_the_old_access_works_on_and_it_is_said(
    worker: Worker, oa_server: ZaloOaServer, clock: Clock, logs: list[dict[str, Any]], knowledge: Knowledge
) -> None:
    """The one case nobody can mend: Zalo has given the new pair, and it is gone. Eight hours are left to consent."""
    await worker().token()
    old = oa_server.access
    clock.pass_minutes(17 * HOUR)
    oa_server.cuts("token", after=True)
    await worker("dying").look()
    assert await worker("two").token() == old
    clock.pass_minutes(2)
    await worker("two").look()  # the same token again: it might not have been spent
    assert oa_server.reused == 1
    assert any("administrator must consent" in line["event"] for line in logs)
    assert await worker("two").token() == old
    # The new token of the settings sets it right, whatever stands in the database.
    assert await worker("three", seed=oa_server.consent()).token() == oa_server.access
    assert oa_server.access != old


async def test_a_lost_answer_to_a_request_that_never_arrived_costs_nothing(
    worker: Worker, oa_server: ZaloOaServer, clock: Clock
) -> None:
    oa_server.cuts("token")
    one = worker()
    with pytest.raises(NoTokenError):
        await one.token()
    clock.pass_minutes(1)
    assert await one.token() == oa_server.access
    assert oa_server.reused == 0


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<html>", 502, "text/html"),
        Answer({"access_token": "a"}),
        Answer([]),
        Answer({"access_token": 1, "refresh_token": 2}),
    ],
    ids=["html", "half", "a list", "numbers"],
)
async def test_an_answer_that_is_none_is_tried_again_later(
    worker: Worker, oa_server: ZaloOaServer, clock: Clock, answer: Answer
) -> None:
    oa_server.answers("token", answer)
    one = worker()
    with pytest.raises(NoTokenError):
        await one.token()
    with pytest.raises(NoTokenError):
        await one.token()  # not at once
    assert len(oa_server.calls_of("token")) == 1
    clock.pass_minutes(1)
    assert await one.token() == oa_server.access


async def test_a_refusal_is_not_repeated_every_second(
    worker: Worker, oa_server: ZaloOaServer, clock: Clock, logs: list[dict[str, Any]]
) -> None:
    oa_server.answers("token", oa_error(-14014), times=2)
    one = worker()
    for _ in range(5):
        with pytest.raises(NoTokenError):
            await one.token()
    assert len(oa_server.calls_of("token")) == 1
    assert [line["code"] for line in logs if "code" in line] == [-14014]
    clock.pass_minutes(11)
    with pytest.raises(NoTokenError):
        await one.token()
    clock.pass_minutes(11)
    assert await one.token() == oa_server.access


async def test_a_worker_that_slept_through_its_lease_cannot_overwrite_a_newer_pair(
    worker: Worker, oa_server: ZaloOaServer, knowledge: Knowledge, clock: Clock
) -> None:
    await worker().token()
    table = TokenTable(knowledge.engine, Vault("test"), APP)
    assert not await table.store(Pair("stale", "stale", 3600), 1, clock())
    assert await worker("two").token() == oa_server.access


async def test_stopping_waits_for_a_refresh_under_way(
    worker: Worker, oa_server: ZaloOaServer, knowledge: Knowledge
) -> None:
    """The sender is cancelled, as at shutdown; the refresh is not, and its pair is stored."""
    gate = oa_server.holds("token")
    one = worker()
    sending = asyncio.create_task(one.token())
    await gate.reached()
    sending.cancel()
    resting = asyncio.create_task(one.rest())
    gate.open()
    await resting
    assert await worker("after the restart").token() == oa_server.access
    assert (oa_server.refreshed, oa_server.reused) == (1, 0)


# Settings, clocks, alarms


async def test_an_old_setting_never_takes_the_place_of_a_newer_pair(
    worker: Worker, oa_server: ZaloOaServer, clock: Clock
) -> None:
    """While a new version starts beside the old one, one has the old setting and one the new."""
    await worker("old").token()
    renewed = oa_server.consent()
    assert await worker("new", seed=renewed).token() == oa_server.access
    assert await worker("old, started again").token() == oa_server.access
    clock.pass_minutes(26 * HOUR)
    assert await worker("old, started again").token() == oa_server.access
    assert oa_server.reused == 0


async def test_with_another_key_the_setting_is_needed_again(worker: Worker, oa_server: ZaloOaServer) -> None:
    await worker().token()
    with pytest.raises(NoTokenError):
        await worker(secret="changed").token()
    assert await worker(secret="changed", seed=oa_server.consent()).token() == oa_server.access


async def test_a_clock_that_jumps_back_does_not_hold_the_token_up(
    worker: Worker, oa_server: ZaloOaServer, knowledge: Knowledge, clock: Clock
) -> None:
    table = TokenTable(knowledge.engine, Vault("test"), APP)
    await table.adopt("first-refresh-token", clock())
    await table.lease("dead", clock(), 1)
    await table.failed(1, clock() + zalo_oa_tokens.AFTER_REFUSAL, spent=True)
    await table.lease("dead", clock(), 1)
    clock.at -= timedelta(days=2)
    assert await worker("two").token() == oa_server.access


async def test_the_metrics_say_how_long_the_tokens_last_and_the_log_when_it_is_late(
    worker: Worker, oa_server: ZaloOaServer, clock: Clock, logs: list[dict[str, Any]]
) -> None:
    one = worker()
    await one.token()
    await one.look()
    assert _left("access") == 90_000
    assert _left("refresh") == timedelta(days=90).total_seconds()
    clock.pass_minutes(22 * HOUR)
    oa_server.answers("token", Answer(b"", 500), times=9)
    await one.look()
    assert _left("access") == 3 * 3600
    assert any(line["event"].startswith("zalo oa: the token ends soon") for line in logs)


def _left(token: str) -> float | None:
    return REGISTRY.get_sample_value("motcua_zalo_oa_token_seconds", {"token": token})
