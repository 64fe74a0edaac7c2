"""The whole program as processes of its own, to be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent.parent
TOKEN = "123456:AAE-token_of_ours"
SECRET = "a-secret-of-sixteen-signs"
READY_SECONDS = 300.0
STOP_SECONDS = 20.0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Program:
    """``motcua serve`` with ``workers`` workers, its webhook called on ``port``, Telegram at ``api``."""

    url: str
    api: str
    workers: int = 1
    port: int = field(default_factory=free_port)
    extra: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "MOTCUA_DATABASE_URL": self.url,
            "MOTCUA_PORT": str(self.port),
            "MOTCUA_WORKERS": str(self.workers),
            "MOTCUA_PUBLIC_URL": "https://motcua.example",
            "MOTCUA_SECRET_KEY": "test",
            "MOTCUA_LOG_LEVEL": "ERROR",
            "MOTCUA_MESSAGES_PER_MINUTE": "0",
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API_URL": self.api,
            "TELEGRAM_WEBHOOK_SECRET": SECRET,
            "TELEGRAM_MESSAGES_PER_SECOND": "0",
            **self.extra,
        }

    @property
    def pids(self) -> list[int]:
        """The workers; the parent only looks after them."""
        assert self._process
        number = self._process.pid
        return [int(child) for child in Path(f"/proc/{number}/task/{number}/children").read_text().split()]

    def start(self) -> None:
        """Begin; :meth:`ready` says when it can serve."""
        command = [sys.executable, "-m", "bot", "serve"]
        self._process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL)

    async def ready(self) -> float:
        """Seconds until it can serve."""
        began = time.monotonic()
        async with httpx.AsyncClient(timeout=2.0) as client:
            while time.monotonic() < began + READY_SECONDS:
                assert self._process
                assert self._process.poll() is None, "the program has ended"
                try:
                    answer = await client.get(f"http://127.0.0.1:{self.port}/readyz")
                except httpx.HTTPError:
                    answer = None
                if answer is not None and answer.status_code == 200:
                    return time.monotonic() - began
                await asyncio.sleep(0.01)
        raise AssertionError("not ready in time")

    async def metrics(self) -> dict[str, float]:
        """What /metrics says, by its names with labels; on a new connection, so from any worker."""
        async with httpx.AsyncClient(timeout=20.0) as client:
            text = (await client.get(f"http://127.0.0.1:{self.port}/metrics")).text
        lines = [line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#")]
        return {name: float(value) for name, _, value in lines}

    async def kill_worker(self, number: int) -> float:
        """SIGKILL one worker; seconds until another one serves in its place."""
        victim = self.pids[number % len(self.pids)]
        os.kill(victim, signal.SIGKILL)
        began = time.monotonic()
        while victim in (living := self.pids) or len(living) < self.workers:
            await asyncio.sleep(0.002)
        await self.ready()
        return time.monotonic() - began

    async def kill_all(self) -> float:
        """SIGKILL everything, and start anew; seconds until it serves again."""
        assert self._process
        for number in (self._process.pid, *self.pids):
            os.kill(number, signal.SIGKILL)
        self._process.wait()
        self.start()
        return await self.ready()

    async def stop(self) -> int:
        """Ask it to stop, as systemd does; its exit status."""
        assert self._process
        self._process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self._process.wait, STOP_SECONDS)

    def end(self) -> None:
        """Whatever happened, leave nothing running."""
        if self._process and self._process.poll() is None:
            for number in (self._process.pid, *self.pids):
                os.kill(number, signal.SIGKILL)
            self._process.wait()
