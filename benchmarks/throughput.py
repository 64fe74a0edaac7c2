"""Messages a second and the time of one, the whole way: webhook in, stored, answered, stored, handed to Telegram.

On SQLite and on PostgreSQL with 1, 2 and 4 workers, beside a bare python-telegram-bot echo bot on the same far end in
the same run. ``--long``: on SQLite 200,000 messages more, of 100 to 100,000 chats: rate and memory stay as they are.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvloop

from benchmarks.telegram_load import Load, far_end
from tests.fakes.postgres_server import PostgresServer

ROOT = Path(__file__).parent.parent
TOKEN = "123456:BENCH"
SECRET = "a-secret-of-the-benchmark"
PATH = "/telegram/webhook"
CHATS = 500
AT_ONCE = 64
READY_SECONDS = 300
GROWTH = ((100, 30_000), (1000, 30_000), (10_000, 30_000), (100_000, 110_000))
"""(chats, messages said by them), one after the other."""
QUESTIONS = (
    "làm căn cước cho con cần giấy gì",
    "khai sinh mat bao nhieu tien",
    "dang ky tam tru o dau",
    "thế bao lâu có",
    "cảm ơn",
)


@dataclass
class Bot:
    """A running bot. ``pids`` are the processes that answer."""

    name: str
    process: subprocess.Popen[bytes]
    port: int

    @property
    def pids(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(number) for number in children] or [self.process.pid]

    @property
    def megabytes(self) -> tuple[float, float]:
        """(of each worker alone, of all together): what is shared counts once in the second."""
        own = statistics.mean(_memory(pid, "Private_Dirty:") for pid in self.pids)
        return own, sum(_memory(pid, "Pss:") for pid in {self.process.pid, *self.pids})

    @property
    def cpu_seconds(self) -> float:
        """What all its processes have used."""
        ticks = 0
        for pid in {self.process.pid, *self.pids}:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def _memory(pid: int, name: str) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


@contextlib.contextmanager
def echo(port: int, api: str) -> Iterator[Bot]:
    command = [sys.executable, "-m", "benchmarks.echo_bot", str(port), api, str(AT_ONCE)]
    with _running("echo bot", command, port, {}) as bot:
        yield bot


@contextlib.contextmanager
def motcua(port: int, api: str, url: str, workers: int, cache: Path) -> Iterator[Bot]:
    environment = {
        "MOTCUA_DATABASE_URL": url,
        "MOTCUA_PORT": str(port),
        "MOTCUA_WORKERS": str(workers),
        "MOTCUA_CACHE_DIR": str(cache),
        "MOTCUA_PUBLIC_URL": "https://bench.example",
        "MOTCUA_SECRET_KEY": "bench",
        "MOTCUA_LOG_LEVEL": "WARNING",
        "MOTCUA_MESSAGES_PER_MINUTE": "0",
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_URL": api,
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
        "TELEGRAM_MESSAGES_PER_SECOND": "0",
    }
    name = "SQLite" if url.startswith("sqlite") else f"PostgreSQL, {workers} worker{'s' * (workers > 1)}"
    with _running(name, [sys.executable, "-m", "bot", "serve"], port, environment) as bot:
        yield bot


@contextlib.contextmanager
def _running(name: str, command: list[str], port: int, environment: dict[str, str]) -> Iterator[Bot]:
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        wait_ready(port, process)
        yield Bot(name, process, port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def wait_ready(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until the bot at ``port`` says that it can serve."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"ended with status {process.returncode}")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2).read()
            return
        time.sleep(0.02)
    raise RuntimeError("not ready in time")


def free_port() -> int:
    """A port that nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Figures:
    name: str
    rate: float
    p50: float
    p99: float
    half: tuple[float, float]
    cpu: float
    own_before: float
    own: float
    all: float


async def measure(bot: Bot, load: Load, messages: int, seconds: float) -> Figures:
    """Full load, then half of it."""
    load.turn_to(bot.port)
    await load.as_fast_as_possible(AT_ONCE * 4, CHATS, AT_ONCE)  # warm
    load.ways.clear()
    before, _ = bot.megabytes
    used = bot.cpu_seconds
    rate = await load.as_fast_as_possible(messages, CHATS, AT_ONCE)
    cpu = (bot.cpu_seconds - used) / messages * 1000
    full = _percentiles(load.ways)
    load.ways.clear()
    await load.at_rate(rate / 2, seconds, CHATS)
    half = _percentiles(load.ways)
    load.ways.clear()
    return Figures(bot.name, rate, *full, half, cpu, before, *bot.megabytes)


def _percentiles(seconds: list[float]) -> tuple[float, float]:
    ordered = sorted(seconds)
    return ordered[len(ordered) // 2] * 1000, ordered[int(len(ordered) * 0.99)] * 1000


def show(found: list[Figures]) -> None:
    """One table."""
    head = (
        "",
        "messages/s",
        "x echo",
        "p50 ms",
        "p99 ms",
        "half load p50",
        "p99 ms",
        "CPU ms",
        "MB a worker",
        "MB in all",
    )
    print("{:24}{:>12}{:>8}{:>9}{:>9}{:>15}{:>9}{:>8}{:>13}{:>11}".format(*head))
    for one in found:
        memory = f"{one.own_before:.0f} → {one.own:.0f}"
        print(
            f"{one.name:24}{one.rate:12.0f}{one.rate / found[0].rate:8.2f}{one.p50:9.1f}{one.p99:9.1f}"
            f"{one.half[0]:15.1f}{one.half[1]:9.1f}{one.cpu:8.2f}{memory:>13}{one.all:11.0f}"
        )


async def growth(bot: Bot, load: Load) -> None:
    """How rate and memory change with the number of messages and of chats."""
    load.turn_to(bot.port)
    print(f"\nGrowth, {bot.name}:", flush=True)
    said = 0
    for chats, messages in GROWTH:
        load.ways.clear()
        rate = await load.as_fast_as_possible(messages, chats, AT_ONCE)
        said += messages
        p50, p99 = _percentiles(load.ways)
        own, _ = bot.megabytes
        way = f"p50 {p50:6.1f} ms   p99 {p99:6.1f} ms"
        print(f"  {said:>7} messages, {chats:>6} chats {rate:8.0f} messages/s   {way}   {own:5.0f} MB", flush=True)
    load.ways.clear()


async def main(options: argparse.Namespace) -> None:
    """Print the figures."""
    load = Load(0, PATH, SECRET, QUESTIONS)
    server = await far_end(load)
    api = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    found: list[Figures] = []

    async def add(make: contextlib.AbstractContextManager[Bot]) -> None:
        # Starting in a thread: the bots call the far end while they start.
        bot = await asyncio.to_thread(make.__enter__)
        try:
            found.append(await measure(bot, load, options.messages, options.seconds))
            print(f"  {bot.name}: {found[-1].rate:.0f}/s", file=sys.stderr)
            if options.long and bot.name == "SQLite":
                await growth(bot, load)
        finally:
            await asyncio.to_thread(make.__exit__, None, None, None)

    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"
        # The first start learns from the knowledge base, and holds on to what that took.
        with contextlib.ExitStack() as first:
            await asyncio.to_thread(
                first.enter_context, motcua(free_port(), api, f"sqlite:///{folder}/first.db", 1, cache)
            )
        await add(echo(free_port(), api))
        await add(motcua(free_port(), api, f"sqlite:///{folder}/bench.db", 1, cache))
        if options.postgres:
            with PostgresServer(safe=True) as postgres:
                for workers in (1, 2, 4):
                    url = await asyncio.to_thread(postgres.create)
                    await add(motcua(free_port(), api, url, workers, cache))
        if options.long:
            await add(echo(free_port(), api))  # once more, to see how steady this machine is
    show(found)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=3000, help="messages at full load")
    parser.add_argument("--seconds", type=float, default=8.0, help="seconds at half load")
    parser.add_argument("--long", action="store_true", help="200,000 messages more, of up to 100,000 chats")
    parser.add_argument("--no-postgres", dest="postgres", action="store_false")
    uvloop.run(main(parser.parse_args()))
