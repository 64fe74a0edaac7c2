"""Killed at any instruction: nothing is lost, nothing is answered twice, every chat keeps its order.

The long form, with dozens of kills, is ``make bench-faults``.
"""

from __future__ import annotations

import sys

import pytest

from bot.delivery import AT_ONCE
from tests.faults.killing import kill_while_they_write


async def test_workers_killed_while_hundreds_write(
    database_url: str, engine_kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    workers = 1 if engine_kind == "sqlite" else 4
    report = await kill_while_they_write(database_url, workers, people=200, kills=6, seed=2, everything=0.2)
    with capsys.disabled():
        sys.stdout.write(f"\n{engine_kind}, {workers} worker(s): {report}\n")
    assert (report.lost, report.processed_twice, report.out_of_order, report.left_over) == (0, 0, 0, 0)
    # Only what was being sent at that moment may go out once more.
    assert report.sent_twice <= report.kills * AT_ONCE
