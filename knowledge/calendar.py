"""Days and hours in Vietnam. A date in a record means a day there, wherever the server stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

Clock = Callable[[], datetime]


def now() -> datetime:
    """The present moment, with Vietnam's zone."""
    return datetime.now(VIETNAM)


def vietnamese(day: date) -> str:
    """``day`` as people write it: 01/03/2027."""
    return day.strftime("%d/%m/%Y")


def in_vietnam(moment: datetime) -> datetime:
    """``moment`` out of the database: SQLite keeps no zone, and all that we write is Vietnam's time."""
    return moment.astimezone(VIETNAM) if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
