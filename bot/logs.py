"""Structured logs on stderr. What people write never goes in; ids of messages do."""

from __future__ import annotations

import logging
import sys
from io import TextIOBase
from typing import TextIO, cast

import structlog

# httpx logs whole URLs at INFO, and a Telegram URL holds the token.
_QUIET = ("httpx", "httpcore", "telegram", "apscheduler", "aiosqlite", "alembic")


class _Stderr(TextIOBase):
    """Whatever standard error is when a line is written: a terminal, a test runner or a daemon may change it."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def set_up_logs(level: str) -> None:
    """Log as key=value lines (colours only on a terminal)."""
    logging.basicConfig(format="%(message)s", stream=_Stderr(), level=level, force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            _without_values,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Stderr())),
        cache_logger_on_first_use=True,
    )


def _without_values(_: object, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Of an exception only its kind and place: its message may quote what a person wrote."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        trace = error.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        event["error"] = type(error).__name__
        event["at"] = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
    return event
