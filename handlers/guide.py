"""Questions about the services as a whole: how many are fully online, by level and tier."""

from __future__ import annotations

import re
from collections import Counter

from handlers.messages import Outcome, Reply, say
from handlers.texts import vi
from handlers.turn import Turn
from knowledge.record import Record, Tier
from knowledge.understanding.normalize import fold

LEVELS = ("toàn trình", "một phần", "thông tin", "chưa rõ")
TIERS: tuple[Tier, ...] = ("xã", "tỉnh", "trung ương")
_HOW_MANY = re.compile(r"\b(bao nhieu|may|so luong|dem|how many)\b.*\b(thu tuc|dich vu|dvc|procedures?|services?)\b")
_OLD_LEVEL = re.compile(r"\bmuc( do)? ([1-4])\b")
_FEES = re.compile(r"\b(tien|phi|le phi|ngay|lau|bao lau)\b")


async def handle(turn: Turn) -> Outcome | None:
    """Count the knowledge base when that is what was asked."""
    if turn.incoming.data is not None:
        return None
    folded = fold(turn.text)
    if not _HOW_MANY.search(folded) or _FEES.search(folded):
        return None
    procedures = turn.snapshot.procedures
    old = _OLD_LEVEL.search(folded)
    if old:
        return turn.reply(_counted(procedures, old.group(2)))
    for level in LEVELS[:3]:
        if fold(level) in folded:
            chosen = [p for p in procedures if p.level and p.level.name == level]
            return turn.reply(_asked(chosen, level))
    if "truc tuyen" in folded or "online" in folded or "tat ca" in folded or "muc" in folded:
        return turn.reply(say(_table(procedures)))
    return None


def _counted(procedures: list[Record], old: str) -> Reply:
    chosen = [p for p in procedures if p.level and p.level.old == old]
    return _asked(chosen, vi.COUNT_OLD.format(old=old))


def _asked(chosen: list[Record], what: str) -> Reply:
    tiers = _tiers(chosen)
    line = vi.COUNT_ASKED.format(n=len(chosen), what=what, tiers=f" ({tiers})" if tiers else "")
    return say(f"{line}\n{vi.COUNT_NOTE}")


def _table(procedures: list[Record]) -> str:
    lines = [vi.COUNT_HEAD.format(total=len(procedures))]
    for level in LEVELS:
        chosen = [p for p in procedures if (p.level.name if p.level else "chưa rõ") == level]
        if chosen:
            lines.append(vi.COUNT_LINE.format(level=level, n=len(chosen), tiers=_tiers(chosen)))
    return "\n".join([*lines, vi.COUNT_NOTE])


def _tiers(chosen: list[Record]) -> str:
    counts = Counter(p.tier for p in chosen)
    return ", ".join(vi.COUNT_TIER.format(tier=tier, n=counts[tier]) for tier in TIERS if counts[tier])
