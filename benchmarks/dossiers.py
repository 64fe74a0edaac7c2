"""Look-ups through the whole path (desk, database, portal over HTTP) with a portal that takes 300 ms, and what that
load does to ordinary questions: their p99 under it, beside their p99 without it, as a ratio.

Both are measured in turn, a few seconds each, round after round: what else the machine does meanwhile hits both. The
program runs as ``motcua serve`` runs it: on uvloop, with all that is loaded out of the garbage collector's sight.

Run: ``make bench-dossiers`` (``--json`` for figures only). The portals are processes of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import uvloop
from pydantic import SecretStr

from bot.app import App, build
from bot.desk import Desk
from bot.logs import set_up_logs
from bot.settings import Settings
from bot.tuning import keep_out_of_sight, share_fairly
from handlers.messages import Incoming
from knowledge.calendar import now
from knowledge.dossiers import LocalTable
from knowledge.dossiers.portals import BySystem, look_up_for, read_configs
from knowledge.dossiers.portals.patient import Patience
from knowledge.dossiers.services import dossier_services
from tests.fakes.portal_server import CREDENTIALS, Portal, igate_dossier, portal_server

PORTAL_SECONDS, SLOW_SECONDS = 0.3, 3.0
IN_FLIGHT = 400
LOOK_UPS = 4_000
ROUNDS = 4
ALONE_SECONDS = 4.0
QUESTION = "làm căn cước cho con cần giấy gì"
PAUSE = 0.01
"""Between two questions: about a hundred a second, twenty times a province's peak."""
SECRET = "benchmark"


def code(number: int) -> str:
    """Codes of many desks and days, so that no budget against guessing is met."""
    day = date(2026, 1, 1) + timedelta(days=number % 300)
    return f"H49.{100 + number // 300 % 800}-{day:%y%m%d}-{1 + number:05}"


class Everything(dict[str, Any]):
    """A portal's table that has every code."""

    def get(self, key: str, default: Any = None) -> Any:
        return igate_dossier(key)

    def __contains__(self, key: object) -> bool:
        return True

    def __getitem__(self, key: str) -> Any:
        return igate_dossier(key)


def run_portal(ready: Connection, seconds: float) -> None:
    """A portal's process."""

    async def serve() -> None:
        async with portal_server(Portal(dossiers=Everything(), delay=seconds)) as portal:
            ready.send(portal.url)
            await asyncio.sleep(3600)

    asyncio.run(serve())


async def ask(desk: Desk, number: int) -> bool:
    reply = await desk.answer(Incoming("bench", f"chat-{number}", code(number), network=f"net-{number}"))
    return reply is not None and "Đang xử lý" in reply.text


async def many(desk: Desk, first: int, count: int) -> tuple[float, int]:
    """(seconds, how many were right) of ``count`` look-ups, ``IN_FLIGHT`` at a time."""
    room = asyncio.Semaphore(IN_FLIGHT)

    async def one(number: int) -> bool:
        async with room:
            return await ask(desk, number)

    began = time.perf_counter()
    right = await asyncio.gather(*(one(first + n) for n in range(count)))
    return time.perf_counter() - began, sum(right)


@dataclass(frozen=True)
class Took:
    """One question: milliseconds by the clock, and of our process's work meanwhile, its own and that of look-ups.
    The second leaves out what other programs take from the processors."""

    clock: float
    work: float


async def questions(desk: Desk, goes_on: Callable[[], bool]) -> list[Took]:
    """What ordinary questions take, asked one after the other while ``goes_on``."""
    took: list[Took] = []
    while goes_on():
        began, worked = time.perf_counter(), time.process_time()
        await desk.answer(Incoming("bench", f"asker-{len(took) % 50}", QUESTION))
        took.append(Took((time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000))
        await asyncio.sleep(PAUSE)
    return took


async def alone(desk: Desk) -> list[Took]:
    """The same while nothing else is to be done."""
    end = time.perf_counter() + ALONE_SECONDS
    return await questions(desk, lambda: time.perf_counter() < end)


async def steady(desk: Desk, first: int, rate: float, seconds: float) -> tuple[float, int]:
    """Look-ups at a steady ``rate`` a second, each 300 ms at the portal."""
    tasks = []
    began = time.perf_counter()
    for n in range(int(rate * seconds)):
        tasks.append(asyncio.create_task(ask(desk, first + n)))
        await asyncio.sleep(max(0.0, began + (n + 1) / rate - time.perf_counter()))
    right = await asyncio.gather(*tasks)
    return time.perf_counter() - began, sum(right)


async def during(work: Awaitable[tuple[float, int]], desk: Desk) -> tuple[int, list[Took]]:
    """How many look-ups of ``work`` were right, and what questions took meanwhile."""
    task = asyncio.ensure_future(work)
    took = await questions(desk, lambda: not task.done())
    return (await task)[1], took


def p99(took: list[float]) -> float:
    return statistics.quantiles(took, n=100)[98]


class Bench:
    """The program, with a desk for each portal and pace."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._closing: list[BySystem] = []

    def desk(self, url: str, a_second: float) -> Desk:
        knowledge = self._app.knowledge
        services = dossier_services(knowledge.engine, SECRET, now)
        table, configs = LocalTable(knowledge.store, now), read_configs("igate", url, CREDENTIALS)
        look_up = look_up_for(configs, table, now, services.vault, Patience(a_second=a_second))
        assert isinstance(look_up, BySystem)
        self._closing.append(look_up)
        return Desk(knowledge, look_up, (), SECRET, replace(services, miss_step=0.0))

    async def close(self) -> None:
        for look_up in self._closing:
            await look_up.close()
        await self._app.knowledge.close()


async def measure(url: str, slow_url: str, folder: str) -> dict[str, Any]:
    settings = Settings(database_url=f"sqlite:///{folder}/bench.db", secret_key=SecretStr(SECRET))
    share_fairly()
    bench = Bench(await build(settings))
    gc.collect()
    keep_out_of_sight()
    unpaced, paced, slow = bench.desk(url, 1e6), bench.desk(url, 100), bench.desk(slow_url, 100)
    await many(unpaced, 0, 50)
    await alone(paced)
    seconds, right = await many(unpaced, 10_000, LOOK_UPS)
    result: dict[str, Any] = {
        "look_ups": {"of": LOOK_UPS, "right": right, "in_flight": IN_FLIGHT, "a_second": round(LOOK_UPS / seconds)}
    }
    loads: dict[str, Load] = {
        "50 look-ups a second": lambda first: steady(paced, first, 50, 4),
        "270 in flight at a slow portal": lambda first: steady(slow, first, 90, 6),
        "a crowd of 400 at the same instant": lambda first: many(paced, first, IN_FLIGHT),
    }
    for number, (name, load) in enumerate(loads.items()):
        result[name] = await in_turn(paced, load, 20_000 + 20_000 * number)
    await bench.close()
    return result


Load = Callable[[int], Awaitable[tuple[float, int]]]


async def in_turn(desk: Desk, load: Load, first: int) -> dict[str, Any]:
    """Questions without and with ``load``, in turn; ``first`` is where its codes begin."""
    without: list[Took] = []
    beside: list[Took] = []
    right = 0
    for number in range(ROUNDS):
        without += await alone(desk)
        found, took = await during(load(first + 1_000 * number), desk)
        right += found
        beside += took
    return {
        "look_ups_right": right,
        "questions": (len(without), len(beside)),
        **compared("ms", [one.clock for one in without], [one.clock for one in beside]),
        **compared("ms_of_work", [one.work for one in without], [one.work for one in beside]),
    }


def compared(unit: str, without: list[float], beside: list[float]) -> dict[str, Any]:
    """Median and 99th percentile, (without the load, beside it, their ratio)."""
    figures = {}
    for name, measure in (("median", statistics.median), ("p99", p99)):
        pair = measure(without), measure(beside)
        figures[f"{name}_{unit}"] = (round(pair[0], 1), round(pair[1], 1), round(pair[1] / pair[0], 2))
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    set_up_logs("ERROR")
    context = multiprocessing.get_context("spawn")
    portals, urls = [], []
    for seconds in (PORTAL_SECONDS, SLOW_SECONDS):
        ours, theirs = context.Pipe()
        portals.append(context.Process(target=run_portal, args=(theirs, seconds), daemon=True))
        portals[-1].start()
        urls.append(ours.recv())
    try:
        with tempfile.TemporaryDirectory() as folder:
            result = uvloop.run(measure(urls[0], urls[1], str(Path(folder))))
    finally:
        for portal in portals:
            portal.terminate()
    if as_json:
        print(json.dumps(result, indent=2))
        return
    print(f"portals answer in {PORTAL_SECONDS} s and {SLOW_SECONDS} s")
    for name, value in result.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
