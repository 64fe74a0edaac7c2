"""One parent that loads everything once, and workers forked from it.

The workers share what the parent has loaded, so that each costs little memory, and one that dies is replaced at once:
the parent keeps the listening socket, and whoever calls meanwhile waits in its queue instead of being refused.
The parent itself answers nothing, so there is little in it that could fail.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable

import structlog

from bot.metric_files import forget_gauges

STOP_SECONDS = 12.0
"""A worker needs at most ten to finish what is in hand."""
LOOK_SECONDS = 1.0
YOUNG_SECONDS = 5.0
CALM_SECONDS = 1.0
MANY_DEATHS = 10
STOPS = {signal.SIGINT, signal.SIGTERM}
WATCHED = {*STOPS, signal.SIGCHLD}

log = structlog.get_logger()


class Supervisor:
    """Keeps ``count`` workers alive until it is told to stop. ``work(first)`` runs in each and returns its exit
    status; ``first`` is true in the very first."""

    def __init__(self, work: Callable[[bool], int], count: int) -> None:
        self._work = work
        self._count = count
        self._born: dict[int, float] = {}
        self._deaths: deque[float] = deque(maxlen=MANY_DEATHS)
        self._stop_by: float | None = None
        self._status = 0
        self._grown_up = False

    def run(self) -> int:
        """Returns the exit status of the program."""
        # Signals are waited for, never interrupting anything.
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        for number in range(self._count):
            self._fork(first=number == 0)
        while self._born:
            came = signal.sigtimedwait(WATCHED, LOOK_SECONDS)
            if came and came.si_signo in STOPS:
                self._stop(0)
            if self._stop_by is not None and time.monotonic() > self._stop_by:
                self._signal(signal.SIGKILL)
            self._reap()
        return self._status

    def _reap(self) -> None:
        for number in list(self._born):
            ended, status = os.waitpid(number, os.WNOHANG)
            if ended:
                forget_gauges(number)
                lived = time.monotonic() - self._born.pop(number)
                if self._stop_by is None:
                    self._replace(os.waitstatus_to_exitcode(status), lived)

    def _replace(self, status: int, lived: float) -> None:
        self._grown_up = self._grown_up or lived >= YOUNG_SECONDS or status < 0
        if status > 0 and not self._grown_up:
            # It cannot even start: another one could not either.
            self._stop(status)
            return
        log.warning("worker ended, another one starts", status=status, lived=round(lived))
        now = time.monotonic()
        self._deaths.append(now)
        often = len(self._deaths) == MANY_DEATHS and now - self._deaths[0] < MANY_DEATHS * CALM_SECONDS
        if often or (status > 0 and lived < YOUNG_SECONDS):
            time.sleep(CALM_SECONDS)
        self._fork(first=False)

    def _fork(self, *, first: bool) -> None:
        number = os.fork()
        if number:
            self._born[number] = time.monotonic()
            return
        status = 1
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
            status = self._work(first)
        except SystemExit as error:
            status = error.code if isinstance(error.code, int) else 1
        except BaseException as error:
            log.error("worker failed", exc_info=error)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            # Not exit(): what the parent registered to be done at its end is not for us to do.
            os._exit(status)

    def _stop(self, status: int) -> None:
        if self._stop_by is None:
            self._status = status
            self._stop_by = time.monotonic() + STOP_SECONDS
            self._signal(signal.SIGTERM)

    def _signal(self, what: signal.Signals) -> None:
        for number in self._born:
            os.kill(number, what)
