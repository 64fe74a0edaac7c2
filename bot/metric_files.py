"""Counters of all workers together: whichever worker is asked for /metrics answers for all of them.

The workers share one listening socket, so nobody can ask a certain one. prometheus_client keeps the counters in small
files, one for each process, when it finds a folder for them in the environment as it is imported.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
PREFIX = "motcua-metrics-"


def share_counters() -> None:
    """From here on counters are in files. To be called before anything that counts is imported."""
    if VARIABLE in os.environ:
        return
    place = Path(tempfile.gettempdir())
    for old in place.glob(f"{PREFIX}*"):
        number = old.name.removeprefix(PREFIX).partition("-")[0]
        if number.isdecimal() and not Path(f"/proc/{number}").exists():
            # Its process was killed.
            shutil.rmtree(old, ignore_errors=True)
    folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=place)
    os.environ[VARIABLE] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)


def shared() -> bool:
    """Whether counters are in files."""
    return VARIABLE in os.environ


def forget_gauges(number: int) -> None:
    """Worker ``number`` has ended: what it counted stays counted, what it showed does not hold any more."""
    folder = os.environ.get(VARIABLE)
    if folder:
        for file in Path(folder).glob(f"gauge_live*_{number}.db"):
            file.unlink(missing_ok=True)
