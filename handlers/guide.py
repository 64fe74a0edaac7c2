"""Questions about the services as a whole: how many are fully online, and the lists that a province publishes."""

from __future__ import annotations

import re
from collections import defaultdict

from handlers.messages import Outcome, Reply, say
from handlers.texts import vi
from handlers.texts.card import VI
from handlers.turn import Turn
from knowledge.record import Record
from knowledge.report import BY_KEY, LEVELS, PublishedList, by_level, level_of, share_of, tiers_of
from knowledge.understanding.normalize import fold

MOST_NAMED = 150
"""A longer list gives numbers by field instead of names: nobody reads two thousand names in a chat."""
_THINGS = r"(thu tuc|dich vu|dvc|procedures?|services?)"
_HOW_MANY = re.compile(rf"\b(bao nhieu|may(?! tinh| moc)|so luong|dem|how many)\b.*\b{_THINGS}\b")
_SHARES = re.compile(rf"\b(ty le|ti le|phan tram|thong ke)\b.*\b{_THINGS}\b")
_WHICH = re.compile(
    rf"\b(danh sach|danh muc|liet ke|list|which)\b.*\b{_THINGS}\b|\b(cac|nhung|het) {_THINGS}\b|\b{_THINGS} (nao|gi)\b"
)
_OLD_LEVEL = re.compile(r"\bmuc( do)? ([1-4])\b")
_TIERS = {
    "xã": re.compile(r"\b(cap|o|cua|tai) (xa|phuong)\b"),
    "tỉnh": re.compile(r"\b(cap|o|cua|tai) (tinh|so)\b"),
    "trung ương": re.compile(r"\b(trung uong|cap bo|cua bo)\b"),
}
_OTHER_QUESTION = re.compile(r"\b(tien|phi|le phi|lau|bao lau|may ngay|la gi|nghia la)\b")
_ONLINE = r"(truc tuyen|online|qua mang|tren mang)"
_TOPICS = {
    "online-only": re.compile(rf"\bchi (duoc |phai )?(nop|nhan|lam|thuc hien|tiep nhan)?( ho so)? ?{_ONLINE}\b"),
    "not-fully-online": re.compile(
        r"\b(chua|khong)( duoc| phai| la| len)* toan trinh\b|\bmot phan\b|\bpartly online\b"
    ),
    "national-portal": re.compile(r"\b(cong|portal)( dich vu cong| dvc)? quoc gia\b|\bnational portal\b"),
    "on-the-spot": re.compile(r"\b(tai cho|lay ngay|lay lien|on the spot)\b"),
    "by-post": re.compile(r"\b(buu dien|buu chinh|vnpost|by post)\b"),
    "fully-online": re.compile(r"\b(toan trinh|fully online)\b"),
}
_FILLERS = re.compile(r"(\b(co|duoc|cho phep|lam|nop|gui|nhan|lay|tra|ket qua|giai quyet|ho so|qua|tren|ve|dang)\b ?)*")
"""What may stand between “thủ tục” and the topic; “thủ tục kết hôn qua bưu điện” is about one procedure."""
_ALL = re.compile(
    r"(\b(hien|nay|ban|em|bot|kho|o day|dang|o|he thong|tat ca|tong cong|biet|co|lam duoc|tra loi duoc|giup duoc)\b ?)*"
    rf"\b(bao nhieu|may|how many)\b {_THINGS}(\b ?(hanh chinh|cong|tat ca|o day|vay|the|a|ban|do you know)\b)*"
)
"""How many there are in all, and nothing else."""
_WHICH_ONLINE = re.compile(rf"(nhung |cac |co )*{_THINGS}( hanh chinh| cong)* (nao|gi)( \w+){{0,4}} {_ONLINE}\b.*")
_BARE = re.compile(rf"^(cho \w+ (xem|biet|hoi) )?{_THINGS}\s")


async def handle(turn: Turn) -> Outcome | None:
    """Count or list the procedures when that is what was asked."""
    if turn.incoming.data is not None:
        return None
    folded = fold(turn.text).strip()
    if _OTHER_QUESTION.search(folded):
        return None
    procedures = turn.snapshot.procedures
    published = _list_asked(folded)
    if published:
        return turn.reply(say(_listed(published, *_of_the_tier(folded, procedures))))
    if _ALL.fullmatch(folded) or _WHICH_ONLINE.fullmatch(folded):
        return turn.reply(say(f"{_table(procedures)}\n{vi.COUNT_NEXT}"))
    shares = bool(_SHARES.search(folded))
    counted = _count_asked(folded, procedures, shares=shares) if shares or _HOW_MANY.search(folded) else None
    return turn.reply(counted) if counted else None


def _of_the_tier(folded: str, procedures: list[Record]) -> tuple[list[Record], str]:
    """(the procedures of the tier that is named, how to say so); all of them when none is."""
    tier = next((tier for tier, said in _TIERS.items() if said.search(folded)), None)
    at = f" {vi.COUNT_AT.format(tier=tier)}" if tier else ""
    return [p for p in procedures if tier in (None, p.tier)], at


# Lists


def _list_asked(folded: str) -> PublishedList | None:
    """The list that is asked for. “Thủ tục …” alone only counts when the topic follows at once."""
    asks = _WHICH.search(folded)
    bare = _BARE.match(folded)
    how_many = _HOW_MANY.search(folded)
    for key, topic in _TOPICS.items():
        found = topic.search(folded)
        if not found:
            continue
        at_once = bare and _FILLERS.fullmatch(folded[bare.end() : found.start()])
        # "Bao nhiêu thủ tục toàn trình" is answered with a number, as are the other levels.
        if asks or at_once or (how_many and key not in ("fully-online", "not-fully-online")):
            return BY_KEY[key]
    return None


def _listed(published: PublishedList, procedures: list[Record], at: str = "") -> str:
    chosen = published.of(procedures)
    if not chosen:
        return vi.LIST_NONE
    lines = [vi.LIST_HEAD.format(title=published.title, n=len(chosen), at=at)]
    if len(chosen) <= MOST_NAMED and any(map(published.remark, chosen)):
        lines += [vi.LIST_LINE.format(label=r.label, remark=published.remark(r).rstrip(".")) for r in chosen]
    else:
        lines += _grouped(chosen)
    unknown = sum(published.unknown(record) for record in procedures)
    lines += [vi.LIST_UNKNOWN.format(n=unknown)] if unknown else []
    return "\n".join([*lines, vi.LIST_NEXT])


def _grouped(chosen: list[Record]) -> list[str]:
    fields: dict[str, list[str]] = defaultdict(list)
    for record in chosen:
        fields[record.field].append(record.label)
    if len(chosen) > MOST_NAMED:
        return [vi.LIST_GROUP_COUNT.format(field=field, n=len(labels)) for field, labels in fields.items()]
    return [
        vi.LIST_GROUP.format(field=field, n=len(labels), labels="; ".join(labels)) for field, labels in fields.items()
    ]


# Numbers


def _count_asked(folded: str, procedures: list[Record], *, shares: bool) -> Reply | None:
    of_tier, at = _of_the_tier(folded, procedures)
    lines = []
    for old in sorted(set(_OLD_LEVEL.findall(folded) and re.findall(r"\b[1-4]\b", folded)), reverse=True):
        chosen = [p for p in of_tier if p.level and p.level.old == old]
        lines.append(_counted(chosen, of_tier, f"{at} {vi.COUNT_OLD.format(old=old)}", one_tier=bool(at)))
    for level in () if lines else LEVELS[:3]:
        if fold(level) in folded:
            chosen = [p for p in of_tier if level_of(p) == level]
            lines.append(_counted(chosen, of_tier, f" {level}{at}", one_tier=bool(at)))
    if lines:
        return say("\n".join([*lines, vi.COUNT_NOTE]))
    if at or shares or re.search(rf"\b({_ONLINE}|tat ca|muc)\b", folded):
        return say(_table(of_tier, at))
    return None


def _counted(chosen: list[Record], among: list[Record], what: str, *, one_tier: bool) -> str:
    tiers = "" if one_tier else _tiers(tiers_of(chosen))
    share = _percent(share_of(len(chosen), len(among)))
    tiers = f" ({tiers})" if tiers else ""
    return vi.COUNT_ASKED.format(n=len(chosen), what=what.strip(), tiers=tiers, share=share, total=len(among))


def _table(procedures: list[Record], at: str = "") -> str:
    counts = [count for count in by_level(procedures) if count.total]
    lines = [
        vi.COUNT_LINE.format(
            level=VI.levels[c.name], n=c.total, share=_percent(c.share), tiers="" if at else f" ({_tiers(c.by_tier)})"
        )
        for c in counts
    ]
    return "\n".join([vi.COUNT_HEAD.format(total=len(procedures), at=at), *lines, vi.COUNT_NOTE])


def _tiers(counts: dict[str, int]) -> str:
    return ", ".join(vi.COUNT_TIER.format(tier=tier, n=n) for tier, n in counts.items() if n)


def _percent(share: float) -> str:
    return f"{share:.1f}%".replace(".", ",")
