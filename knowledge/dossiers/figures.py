"""The office's numbers, as the officials report them (Tình hình, kết quả giải quyết thủ tục hành chính): carried
over, received by channel, settled before, on or after the due day, in hand in time or overdue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from knowledge.dossiers.states import states
from knowledge.dossiers.working_days import next_working_day
from knowledge.models import Dossier
from knowledge.understanding.normalize import fold

NO_FIELD = "Chưa rõ lĩnh vực"
LABELS = {
    "carried_over": "Từ kỳ trước",
    "online": "Nhận trực tuyến",
    "desk": "Nhận trực tiếp",
    "post": "Nhận bưu chính",
    "unknown_channel": "Nhận, chưa rõ cách",
    "settled_early": "Giải quyết trước hạn",
    "settled_on_time": "Giải quyết đúng hạn",
    "settled_late": "Giải quyết quá hạn",
    "settled_no_due": "Giải quyết, không có hạn",
    "in_time": "Đang giải quyết, trong hạn",
    "overdue": "Đang giải quyết, quá hạn",
    "paused": "Tạm dừng (chờ người nộp)",
    "refused": "Không được tiếp nhận",
}


@dataclass
class Figures:
    """One line of the report. ``refused`` holds those that were not taken, which count as neither. A withdrawn one is
    settled, as the national portal counts (9, 10 and 7)."""

    carried_over: int = 0
    online: int = 0
    desk: int = 0
    post: int = 0
    unknown_channel: int = 0
    settled_early: int = 0
    settled_on_time: int = 0
    settled_late: int = 0
    settled_no_due: int = 0
    in_time: int = 0
    overdue: int = 0
    paused: int = 0
    refused: int = 0

    @property
    def received(self) -> int:
        return self.online + self.desk + self.post + self.unknown_channel

    @property
    def settled(self) -> int:
        return self.settled_early + self.settled_on_time + self.settled_late + self.settled_no_due

    @property
    def in_hand(self) -> int:
        return self.in_time + self.overdue + self.paused

    def plus(self, other: Figures) -> Figures:
        """The sum of two lines."""
        return Figures(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)})

    def as_json(self) -> dict[str, int]:
        """All figures with their sums: carried over + received = settled + in hand + refused."""
        sums = {"received": self.received, "settled": self.settled, "in_hand": self.in_hand}
        return {f.name: getattr(self, f.name) for f in fields(self)} | sums


def count(dossiers: Iterable[Dossier], start: date, end: date) -> dict[str, Figures]:
    """The lines of the report from ``start`` to ``end`` (both included), by field, in alphabetical order."""
    lines: dict[str, Figures] = {}
    for dossier in dossiers:
        closed = _closed_on(dossier)
        if dossier.received_on is None or dossier.received_on > end or (closed and closed < start):
            continue
        line = lines.setdefault(dossier.field or NO_FIELD, Figures())
        _count_in(line, dossier, start)
        _count_out(line, dossier, closed, end)
    return dict(sorted(lines.items(), key=lambda item: fold(item[0])))


def total(lines: dict[str, Figures]) -> Figures:
    """All lines together."""
    result = Figures()
    for line in lines.values():
        result = result.plus(line)
    return result


def _closed_on(dossier: Dossier) -> date | None:
    """When it was closed; one that is closed without a day counts as closed when it came in."""
    state = states().get(dossier.state)
    if dossier.finished_on:
        return dossier.finished_on
    return dossier.received_on if state and state.finished else None


def _count_in(line: Figures, dossier: Dossier, start: date) -> None:
    if dossier.received_on and dossier.received_on < start:
        line.carried_over += 1
        return
    name = dossier.channel if dossier.channel in {"online", "desk", "post"} else "unknown_channel"
    setattr(line, name, getattr(line, name) + 1)


def _count_out(line: Figures, dossier: Dossier, closed: date | None, end: date) -> None:
    state = states().get(dossier.state)
    due = next_working_day(dossier.due_on) if dossier.due_on else None
    if closed and closed <= end:
        if dossier.state == "khong-duoc-tiep-nhan":
            line.refused += 1
        elif due is None:
            line.settled_no_due += 1
        elif closed < due:
            line.settled_early += 1
        elif closed == due:
            line.settled_on_time += 1
        else:
            line.settled_late += 1
    elif state and state.paused:
        line.paused += 1
    elif due and due < end:
        line.overdue += 1
    else:
        line.in_time += 1
