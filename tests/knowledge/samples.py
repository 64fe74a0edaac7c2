"""Small records for tests, complete in every part unless a test takes something away."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from handlers.messages import Conversation, Incoming
from handlers.turn import Turn
from knowledge.calendar import VIETNAM
from knowledge.record import Record
from knowledge.snapshot import Snapshot, build_snapshot

TODAY = date(2026, 11, 23)
SURE = {"source": "luat", "confidence": "sure"}


def fields(slug: str = "ket-hon", **changes: Any) -> dict[str, Any]:
    """A complete procedure as plain data."""
    return {
        "slug": slug,
        "name": f"Đăng ký {slug}",
        "label": f"Đăng ký {slug}",
        "code": "1.000894",
        "field": "Hộ tịch",
        "tier": "xã",
        "agency": {"name": "Ủy ban nhân dân cấp xã", **SURE},
        "level": {"name": "toàn trình", "old": "4", **SURE},
        "audience": ["Công dân Việt Nam"],
        "summary": "Hai bạn nộp tờ khai tại xã.",
        "where": {"text": "Xã nơi cư trú.", "offices": ["ubnd-xa"], **SURE},
        "documents": [{"case": "Mọi người", "items": [{"name": "Tờ khai", "originals": 1}], **SURE}],
        "steps_desk": ["Mang giấy tờ đến xã."],
        "channels": [
            {
                "kind": "desk",
                "times": [{"value": 3, "unit": "ngày làm việc", **SURE}],
                "fees": [{"name": "Lệ phí", "amount": 0, **SURE}],
            }
        ],
        "online_payment": False,
        "on_national_portal": True,
        "online_only": False,
        "on_the_spot": False,
        "result": {"name": "Giấy chứng nhận", "returned": ["desk", "post"], **SURE},
        "legal": [{"number": "60/2014/QH13", "title": "Luật Hộ tịch", **SURE}],
        "questions": [f"{slug} câu hỏi thứ {number}" for number in range(8)],
        "english": {"name": "Marriage", "summary": "Both register at the commune."},
        "sources": {"luat": {"title": "Luật Hộ tịch", "checked_on": TODAY}},
        "checked_on": TODAY,
        "confidence": "sure",
        **changes,
    }


def record(slug: str = "ket-hon", **changes: Any) -> Record:
    """A complete procedure."""
    return Record.model_validate(fields(slug, **changes))


def fee(**changes: Any) -> list[dict[str, Any]]:
    """Channels with one fee."""
    desk = fields()["channels"][0]
    return [{**desk, "fees": [{"name": "Lệ phí", "amount": 20000, **SURE, **changes}]}]


def snapshot(*records: Record, day: date = TODAY) -> Snapshot:
    """What is published on ``day``."""
    return build_snapshot(1, day, records)


def unindexed(*records: Record, day: date = TODAY) -> Snapshot:
    """The same without a search index, for what asks no question of it."""
    index: Any = None
    return Snapshot(1, day, {r.slug: r for r in records}, {}, index, {})


def turn(text: str, published: Snapshot) -> Turn:
    """``text`` as a message to somebody who knows ``published``."""
    at = datetime(published.day.year, published.day.month, published.day.day, 9, tzinfo=VIETNAM)
    return Turn(Incoming("test", "one", text), Conversation(), published, None, (), at)  # type: ignore[arg-type]
