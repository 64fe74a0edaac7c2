"""Trouble around the program while people write: nothing is lost, nothing done twice.

The long form is ``make bench-faults``.
"""

from __future__ import annotations

import pytest

from tests.fakes.postgres_server import PostgresServer
from tests.faults.killing import Report, write_through
from tests.faults.troubles import database_away, platform_fails

PEOPLE = 30


def nothing_went_wrong(report: Report) -> bool:
    return (report.lost, report.processed_twice, report.out_of_order, report.left_over) == (0, 0, 0, 0)


async def test_the_database_is_away_for_a_while(
    database_url: str, engine_kind: str, request: pytest.FixtureRequest
) -> None:
    server: PostgresServer | None = request.getfixturevalue("postgres") if engine_kind == "postgresql" else None
    workers = 1 if engine_kind == "sqlite" else 2
    report = await write_through(database_url, workers, PEOPLE, database_away(database_url, server), 3.0, seed=1)
    assert nothing_went_wrong(report)
    if engine_kind == "sqlite":
        assert report.sent_twice == 0


async def test_the_platform_fails_for_a_while(database_url: str) -> None:
    report = await write_through(database_url, 1, PEOPLE, platform_fails, 3.0, seed=2)
    assert nothing_went_wrong(report)
