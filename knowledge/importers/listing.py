"""One line of a list of procedures: a ministry's catalogue, a province's Excel file, or our own export."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.importers.tables import Row, TableError, header_key, read_date, read_table
from knowledge.record import Confidence, LevelName, Tier

# Headers as offices write them, without marks; the first one is how our own export writes it.
HEADERS: dict[str, tuple[str, ...]] = {
    "slug": ("khóa", "slug"),
    "code": ("mã thủ tục", "mã TTHC", "mã số TTHC", "mã số thủ tục", "mã thủ tục hành chính", "mã số", "code"),
    "name": ("tên thủ tục", "tên TTHC", "tên thủ tục hành chính", "tên dịch vụ công", "thủ tục hành chính", "name"),
    "label": ("tên gọi ngắn", "label"),
    "field": ("lĩnh vực", "tên lĩnh vực", "field"),
    "tier": ("cấp thực hiện", "cấp giải quyết", "cấp", "level", "tier"),
    "agency": ("cơ quan giải quyết", "cơ quan thực hiện", "cơ quan", "đơn vị giải quyết", "agency"),
    "level": ("mức trực tuyến", "mức độ", "mức độ DVC", "mức độ dịch vụ công", "mức độ dịch vụ công trực tuyến"),
    "old_level": ("mức độ cũ",),
    "reason": ("lý do chưa toàn trình", "lý do"),
    "online_only": ("chỉ nộp trực tuyến",),
    "on_national_portal": ("trên Cổng quốc gia", "tích hợp Cổng quốc gia"),
    "on_the_spot": ("giải quyết tại chỗ", "5 tại chỗ"),
    "online_payment": ("thanh toán trực tuyến",),
    "summary": ("tóm tắt",),
    "checked_on": ("ngày kiểm tra",),
    "confidence": ("độ tin cậy",),
    "link": ("đường dẫn", "url"),
    "decision": ("quyết định công bố", "số quyết định", "decision"),
    "issuer": ("bộ, ngành", "issuer"),
}
FLAGS = ("online_only", "on_national_portal", "on_the_spot", "online_payment")
CONFIDENCE: dict[Confidence, str] = {"sure": "chắc chắn", "likely": "có thể", "unverified": "chưa kiểm chứng"}
_KEYS = {name: [header_key(header) for header in headers] for name, headers in HEADERS.items()}
_KNOWN = {key for keys in _KEYS.values() for key in keys}
_CODE = re.compile(r"^(\d)\.(\d{1,6})(?:\.[0-9A-Z]{2,3})*$")
_SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
_OTHER_CODE = re.compile(r"^C\d{2}_[A-Z]+$")
_GROUP = re.compile(r"^(?:[IVXLC]+|[A-ZĐ]|\d+)[.)]\s*|^lĩnh vực\s*:?\s*|\s*\([^)]*\)\s*$", re.IGNORECASE)
_NOTHING = "khong co thong tin"


@dataclass(frozen=True)
class Listing:
    """What a list says of one procedure. ``None`` is an empty cell: it never takes anything away."""

    place: str
    code: str | None = None
    slug: str | None = None
    name: str | None = None
    label: str | None = None
    field: str | None = None
    tier: Tier | None = None
    agency: str | None = None
    level: LevelName | None = None
    old_level: str | None = None
    reason: str | None = None
    flags: tuple[tuple[str, bool], ...] = ()
    summary: str | None = None
    checked_on: date | None = None
    confidence: Confidence | None = None
    link: str | None = None
    decision: str | None = None
    national: bool = False


def read_listings(path: Path) -> tuple[list[Listing], list[str]]:
    """The procedures in the table at ``path``, and what is wrong with its other lines.

    Raises:
        TableError: the file is no table, or has no column with names of procedures.
    """
    listings: list[Listing] = []
    problems: list[str] = []
    group: str | None = None
    for row in _rows(path):
        heading = _heading(row)
        if heading:
            group = heading
            continue
        try:
            listings.append(_listing(row, group))
        except ValueError as error:
            problems.append(f"line {row.number}: {error}")
    return listings, problems


def _rows(path: Path) -> Iterator[Row]:
    rows = list(read_table(path, _KNOWN, set()))
    if rows and not any(key in rows[0].cells for key in _KEYS["name"]):
        raise TableError(f"{path}: no column with the names of procedures (“Tên thủ tục”) in the first 20 lines")
    return iter(rows)


def _heading(row: Row) -> str | None:
    """The field that a line such as “I. LĨNH VỰC HỘ TỊCH (12)” opens; such lines are often merged cells."""
    said = {cell for cell in row.cells.values() if cell}
    text = said.pop() if len(said) == 1 else ""
    if not text or _SLUG.match(text) or _CODE.match(text):
        return None
    bare = _GROUP.sub("", _GROUP.sub("", _GROUP.sub("", text))).strip(" .:")
    return bare[:1].upper() + bare[1:].lower() if bare else None


def _listing(row: Row, group: str | None) -> Listing:
    cells = {name: unguarded(_cell(row, keys)) for name, keys in _KEYS.items()}
    slug = cells["slug"] or None
    code = read_code(cells["code"])
    if code is None and slug is None:
        raise ValueError("has neither a procedure code nor a key of ours")
    level, old_level = read_level(cells["level"])
    flags = ((name, read_flag(cells[name])) for name in FLAGS)
    return Listing(
        place=f"line {row.number}",
        code=code,
        slug=slug,
        name=cells["name"] or None,
        label=cells["label"] or None,
        field=cells["field"] or group,
        tier=read_tier(cells["tier"]),
        agency=cells["agency"] or None,
        level=level,
        old_level=cells["old_level"] or old_level,
        reason=cells["reason"] or None,
        flags=tuple((name, value) for name, value in flags if value is not None),
        summary=cells["summary"] or None,
        checked_on=read_date(cells["checked_on"]),
        confidence=_confidence(cells["confidence"]),
        link=cells["link"] or None,
        decision=cells["decision"] or None,
        national=bool(cells["issuer"]),
    )


def _cell(row: Row, keys: list[str]) -> str:
    return next((row.cells[key] for key in keys if row.cells.get(key)), "")


def from_national(raw: Mapping[str, Any], place: str) -> Listing:
    """The head of one raw national record. Its flattened texts are for people to read, not for us to copy.

    Raises:
        ValueError: no code or no name.
    """

    def said(*names: str) -> str | None:
        texts = (" ".join(str(raw.get(name) or "").split()) for name in names)
        return next((text for text in texts if text and header_key(text) != _NOTHING), None)

    code, name = read_code(said("ma_thu_tuc") or ""), said("ten_thu_tuc")
    if code is None or name is None:
        raise ValueError("no ma_thu_tuc or no ten_thu_tuc: not a national record")
    return Listing(
        place=place,
        code=code,
        name=name,
        field=said("linh_vuc"),
        tier=read_tier(said("cap_thuc_hien") or ""),
        agency=said("co_quan_co_tham_quyen", "co_quan_thuc_hien"),
        link=said("detail_url"),
        decision=said("so_quyet_dinh"),
        national=True,
    )


def read_code(text: str) -> str | None:
    """The procedure code in ``text``: without an office's suffix, with the zeros that Excel dropped.

    Raises:
        ValueError: there is something, but no code.
    """
    bare = text.replace(" ", "").upper()
    if not bare:
        return None
    if _OTHER_CODE.match(bare):
        return bare
    match = _CODE.match(bare)
    if match is None:
        raise ValueError(f"{text!r} is no procedure code (as 1.001193)")
    return f"{match[1]}.{match[2]:0<6}"


def read_tier(text: str) -> Tier | None:
    """The tier nearest to the citizen that ``text`` names ("Cấp bộ, Cấp tỉnh" is tỉnh)."""
    folded = f" {header_key(text)} "
    names: tuple[tuple[Tier, tuple[str, ...]], ...] = (
        ("xã", (" xa ", " phuong ", " dac khu ")),
        ("tỉnh", (" tinh ", " so ", " thanh pho ")),
        ("trung ương", (" bo ", " trung uong ", " tw ")),
    )
    return next((tier for tier, words in names if any(word in folded for word in words)), None)


def read_level(text: str) -> tuple[LevelName | None, str | None]:
    """(level, old level) from "Toàn trình", "Một phần", "Mức độ 4", "4".

    Raises:
        ValueError: there is something, but no level.
    """
    folded = header_key(text)
    if not folded:
        return None, None
    if "chua ro" in folded:
        return "chưa rõ", None
    old = re.search(r"[1-4]", folded)
    by_number: dict[str, LevelName] = {"4": "toàn trình", "3": "một phần", "2": "thông tin", "1": "thông tin"}
    names: dict[str, LevelName] = {"toan trinh": "toàn trình", "mot phan": "một phần", "thong tin": "thông tin"}
    level = next((level for name, level in names.items() if name in folded), None)
    if level is None and old is None:
        raise ValueError(f"{text!r} is no level (Toàn trình, Một phần, or the old 1 to 4)")
    return level or by_number[old.group() if old else ""], old.group() if old else None


def read_flag(text: str) -> bool | None:
    """Yes, no, or not said.

    Raises:
        ValueError: there is something else.
    """
    folded = header_key(text)
    if not folded:
        return None
    if folded in {"co", "x", "yes", "true", "1", "dung"}:
        return True
    if folded in {"khong", "no", "false", "0", "sai"}:
        return False
    raise ValueError(f"{text!r}: write Có or Không")


def _confidence(text: str) -> Confidence | None:
    folded = header_key(text)
    if not folded:
        return None
    for name, label in CONFIDENCE.items():
        if folded in (name, header_key(label)):
            return name
    raise ValueError(f"{text!r}: write {', '.join(CONFIDENCE.values())}")


def unguarded(text: str) -> str:
    """``text`` without the quote that keeps a spreadsheet from reading it as a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@'") else text
