"""Look-ups through the whole path (desk, database, portal over HTTP) with a portal that takes 300 ms, and what that
load does to ordinary questions: their p99 under it, beside their p99 without it, in the same run.

Run: ``make bench-dossiers`` (``--json`` for figures only). The portal is a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bot.app import build
from bot.desk import Desk
from bot.logs import set_up_logs
from bot.settings import Settings
from handlers.messages import Incoming
from knowledge.calendar import now
from knowledge.dossiers import LocalTable
from knowledge.dossiers.portals import BySystem, look_up_for, read_configs
from knowledge.dossiers.services import dossier_services
from tests.fakes.portal_server import CREDENTIALS, Portal, igate_dossier, portal_server

PORTAL_SECONDS = 0.3
IN_FLIGHT = 400
LOOK_UPS = 4_000
QUESTIONS = 400
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


def run_portal(ready: Connection) -> None:
    """The portal's process."""

    async def serve() -> None:
        async with portal_server(Portal(dossiers=Everything(), delay=PORTAL_SECONDS)) as portal:
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


async def questions(desk: Desk, goes_on: Callable[[int], bool]) -> list[float]:
    """Milliseconds of ordinary questions, asked one after the other while ``goes_on``."""
    took: list[float] = []
    while goes_on(len(took)):
        began = time.perf_counter()
        await desk.answer(Incoming("bench", f"asker-{len(took) % 50}", QUESTION))
        took.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(PAUSE)
    return took


async def steady(desk: Desk, first: int, rate: float, seconds: float) -> tuple[float, int]:
    """Look-ups at a steady ``rate`` a second, each 300 ms at the portal."""
    tasks = []
    began = time.perf_counter()
    for n in range(int(rate * seconds)):
        tasks.append(asyncio.create_task(ask(desk, first + n)))
        await asyncio.sleep(max(0.0, began + (n + 1) / rate - time.perf_counter()))
    right = await asyncio.gather(*tasks)
    return time.perf_counter() - began, sum(right)


async def during(work: Awaitable[tuple[float, int]], desk: Desk) -> tuple[float, int, list[float]]:
    """What ``work`` came to, and what questions took meanwhile."""
    task = asyncio.ensure_future(work)
    took = await questions(desk, lambda _: not task.done())
    return *(await task), took


def p99(took: list[float]) -> float:
    return statistics.quantiles(took, n=100)[98]


async def measure(url: str, folder: str) -> dict[str, Any]:
    settings = Settings(database_url=f"sqlite:///{folder}/bench.db", secret_key=SECRET)  # type: ignore[arg-type]
    app = await build(settings)
    configs = read_configs("igate", url, CREDENTIALS)
    services = dossier_services(app.knowledge.engine, SECRET, now)
    look_up = look_up_for(configs, LocalTable(app.knowledge.store, now), now, services.vault)
    desk = Desk(app.knowledge, look_up, (), SECRET, replace(services, miss_step=0.0))
    await many(desk, 0, 50)
    alone = await questions(desk, lambda done: done < QUESTIONS)
    seconds, right = await many(desk, 10_000, LOOK_UPS)
    at_rate: dict[str, Any] = {}
    for rate in (50, 150):
        _, ok, took = await during(steady(desk, 30_000 + rate * 100, rate, 8), desk)
        at_rate[str(rate)] = {"right": ok, "in_flight": round(rate * PORTAL_SECONDS), **figures(took)}
    _, burst_right, burst = await during(many(desk, 70_000, LOOK_UPS), desk)
    if isinstance(look_up, BySystem):
        await look_up.close()
    await app.knowledge.close()
    return {
        "at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "look_ups": {
            "count": LOOK_UPS,
            "right": right,
            "in_flight": IN_FLIGHT,
            "per_second": round(LOOK_UPS / seconds),
        },
        "question_alone": figures(alone),
        "question_beside_look_ups_per_second": at_rate,
        "question_beside_a_burst": {"right": burst_right, "in_flight": IN_FLIGHT, **figures(burst)},
    }


def figures(took: list[float]) -> dict[str, Any]:
    return {"questions": len(took), "median_ms": round(statistics.median(took), 1), "p99_ms": round(p99(took), 1)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    set_up_logs("ERROR")
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    portal = multiprocessing.get_context("spawn").Process(target=run_portal, args=(theirs,), daemon=True)
    portal.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            result = asyncio.run(measure(ours.recv(), str(Path(folder))))
    finally:
        portal.terminate()
    if as_json:
        print(json.dumps(result, indent=2))
        return
    print(f"portal answers in {PORTAL_SECONDS * 1000:.0f} ms")
    for name, value in result.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
