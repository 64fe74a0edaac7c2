"""Log lines: where they go, and what never stands in them."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import set_up_logs
from bot.web.webhooks import Outage


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_lines_follow_standard_error_wherever_it_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test runner or a daemon swaps standard error and closes the old one; a log line must not fail over it."""
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", first)
    set_up_logs("INFO")
    log = structlog.get_logger()
    log.info("one")
    monkeypatch.setattr(sys, "stderr", second)
    first.close()

    log.info("two")

    assert "event='two'" in second.getvalue()


def test_of_an_error_only_its_kind_and_place_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    set_up_logs("INFO")
    try:
        raise ValueError("0912345678 đã gửi")
    except ValueError as error:
        structlog.get_logger().error("failed", exc_info=error)

    assert "ValueError" in written.getvalue()
    assert "0912345678" not in written.getvalue()


def test_an_outage_is_told_once_in_a_while_with_how_many_it_hit(capsys: pytest.CaptureFixture[str]) -> None:
    """A platform repeats what was not stored hundreds of times a second; the disk is not for that."""
    at = 0.0
    outage = Outage(seconds=5.0, clock=lambda: at)
    for _ in range(1000):
        outage.tell(ValueError("what a person wrote"))
    at = 6.0
    outage.tell(ValueError("what a person wrote"))
    first, second = capsys.readouterr().err.splitlines()
    assert "count=1 " in f"{first} "
    assert "count=1000 " in f"{second} "
    assert "wrote" not in first + second
