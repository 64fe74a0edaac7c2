"""The lists a province publishes, counted from the records: levels and tiers with shares, and six lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from knowledge.record import LevelName, Record, Tier
from knowledge.understanding.normalize import fold

LEVELS: tuple[LevelName, ...] = ("toàn trình", "một phần", "thông tin", "chưa rõ")
TIERS: tuple[Tier, ...] = ("xã", "tỉnh", "trung ương")
OLD_LEVELS = ("4", "3", "2", "1")
UNKNOWN_TIER = "chưa rõ"
NO_REASON = "chưa rõ lý do"


@dataclass(frozen=True)
class Count:
    """How many procedures of one level: in all, at each tier, and its share of each in percent."""

    name: str
    total: int
    share: float
    by_tier: dict[str, int]
    share_by_tier: dict[str, float]


def level_of(record: Record) -> LevelName:
    """The online level; an entry that says none is “chưa rõ”, never less."""
    return record.level.name if record.level else "chưa rõ"


def by_level(procedures: Sequence[Record]) -> list[Count]:
    """Today's levels, all four even when empty: a yearly report has a line for each."""
    return [_count(level, [r for r in procedures if level_of(r) == level], procedures) for level in LEVELS]


def by_old_level(procedures: Sequence[Record]) -> list[Count]:
    """The levels 4 to 1 of before 2022, as far as the entries know theirs."""
    return [
        _count(f"mức độ {old}", [r for r in procedures if r.level and r.level.old == old], procedures)
        for old in OLD_LEVELS
    ]


def _count(name: str, chosen: Sequence[Record], procedures: Sequence[Record]) -> Count:
    at, of = tiers_of(chosen), tiers_of(procedures)
    shares = {tier: share_of(at.get(tier, 0), of[tier]) for tier in of}
    return Count(name, len(chosen), share_of(len(chosen), len(procedures)), at, shares)


def share_of(part: int, whole: int) -> float:
    """``part`` in percent of ``whole``, as reports print it: one figure behind the comma."""
    return round(100 * part / whole, 1) if whole else 0.0


def tiers_of(records: Iterable[Record]) -> dict[str, int]:
    """How many of ``records`` at each tier, in the order of :data:`TIERS`; unknown tiers last."""
    listed = list(records)
    counts: dict[str, int] = {tier: sum(record.tier == tier for record in listed) for tier in TIERS}
    unknown = sum(record.tier is None for record in listed)
    return {**counts, **({UNKNOWN_TIER: unknown} if unknown else {})}


@dataclass(frozen=True)
class PublishedList:
    """One list: its key for files, its title, who belongs to it, a remark for each line, and of whom it is unknown."""

    key: str
    title: str
    belongs: Callable[[Record], bool]
    remark: Callable[[Record], str] = lambda record: ""
    unknown: Callable[[Record], bool] = lambda record: False

    def of(self, procedures: Iterable[Record]) -> list[Record]:
        """The procedures on this list, by field and name."""
        chosen = [record for record in procedures if self.belongs(record)]
        return sorted(chosen, key=lambda record: (fold(record.field), fold(record.name), record.slug))


def _by_post(record: Record) -> bool:
    return record.result is not None and "post" in record.result.returned


def _reason(record: Record) -> str:
    return (record.level.reason if record.level else None) or NO_REASON


def _no_level(record: Record) -> bool:
    return level_of(record) == "chưa rõ"


LISTS = (
    PublishedList(
        "fully-online",
        "Thủ tục làm trọn trên mạng (toàn trình)",
        lambda r: level_of(r) == "toàn trình",
        unknown=_no_level,
    ),
    PublishedList(
        "online-only",
        "Thủ tục chỉ nộp trực tuyến",
        lambda r: r.online_only is True,
        unknown=lambda r: r.online_only is None,
    ),
    PublishedList(
        "not-fully-online",
        "Thủ tục chưa làm trọn trên mạng, và lý do",
        lambda r: level_of(r) in ("một phần", "thông tin"),
        _reason,
        _no_level,
    ),
    PublishedList(
        "national-portal",
        "Thủ tục có trên Cổng Dịch vụ công quốc gia",
        lambda r: r.on_national_portal is True,
        unknown=lambda r: r.on_national_portal is None,
    ),
    PublishedList(
        "on-the-spot",
        "Thủ tục làm tại chỗ, lấy ngay (5 tại chỗ)",
        lambda r: r.on_the_spot is True,
        unknown=lambda r: r.on_the_spot is None,
    ),
    PublishedList("by-post", "Thủ tục trả kết quả qua bưu điện", _by_post, unknown=lambda r: r.result is None),
)
BY_KEY = {published.key: published for published in LISTS}
