"""Review sheets: for each field what is certain, what is likely, what is open and whom to ask.

Made from the records alone, without today's date, so that the committed sheets only change with the data.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from knowledge.calendar import vietnamese
from knowledge.importers.listing import CONFIDENCE
from knowledge.offices import office_name
from knowledge.record import (
    Agency,
    Confidence,
    DatedFact,
    DocumentCase,
    Exemption,
    Fact,
    Fee,
    Law,
    Level,
    Record,
    Result,
    TimeLimit,
    Where,
    walk_facts,
)
from knowledge.understanding.normalize import fold

INDEX = "README.md"
GENERATED = (
    "<!-- Sinh ra từ dữ liệu bằng `motcua knowledge review`. Đừng sửa tay: hãy sửa tệp trong knowledge/data. -->"
)
_CHANNEL = re.compile(r"^channels\[(\d+)\]")
_WHOM = re.compile(r"\bhỏi (?:lại |trước )?(?:ở |tại )?([^.;:()]+?)(?= trước khi| khi | để |[.;:()]|$)")
_CHANNEL_NAMES = {"online": "trực tuyến", "desk": "tại quầy", "post": "bưu điện"}
_HEADINGS: dict[Confidence, str] = {
    "sure": "Chắc chắn",
    "likely": "Có thể đúng, cần đối chiếu",
    "unverified": "Chưa kiểm chứng",
}


def sheets(records: Sequence[Record]) -> dict[str, str]:
    """The text of every sheet by its file name, and an index of them."""
    fields: dict[str, list[Record]] = defaultdict(list)
    for record in sorted(records, key=lambda r: (r.field, r.slug)):
        fields[record.field].append(record)
    files = {f"{file_name(field)}.md": _sheet(field, members) for field, members in fields.items()}
    return {INDEX: _index(fields), **files}


def stale(records: Sequence[Record], folder: Path) -> list[str]:
    """The names of the sheets in ``folder`` that are missing, out of date, or of a field that is gone."""
    wanted = sheets(records)
    present = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    return sorted(name for name in wanted.keys() | present.keys() if wanted.get(name) != present.get(name))


def write(records: Sequence[Record], folder: Path) -> list[str]:
    """Bring ``folder`` up to date; returns the names of the sheets that changed."""
    changed = stale(records, folder)
    wanted = sheets(records)
    folder.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name in wanted:
            (folder / name).write_text(wanted[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    return changed


def file_name(field: str) -> str:
    """``Hộ tịch`` as the name of a file: ho-tich."""
    return re.sub(r"[^a-z0-9]+", "-", fold(field)).strip("-")


def _index(fields: dict[str, list[Record]]) -> str:
    lines = ["# Phiếu rà soát kho thủ tục", "", GENERATED, ""]
    lines += [
        "| Lĩnh vực | Mục | Chắc chắn | Có thể | Chưa kiểm chứng | Điểm còn mở |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for field, members in fields.items():
        counts = [sum(len(_facts(record, name)) for record in members) for name in _HEADINGS]
        opened = sum(len(record.open_points) for record in members)
        link = f"[{field}]({file_name(field)}.md)"
        lines.append(f"| {link} | {len(members)} | {' | '.join(map(str, counts))} | {opened} |")
    lines += ["", "Cột giữa đếm các dữ kiện: phí, thời hạn, giấy tờ, căn cứ… mỗi dữ kiện có nguồn riêng.", ""]
    return "\n".join(lines)


def _sheet(field: str, members: list[Record]) -> str:
    lines = [f"# {field}: điều gì chắc, điều gì còn mở", "", GENERATED, ""]
    for record in members:
        lines += _entry(record)
    return "\n".join(lines)


def _entry(record: Record) -> list[str]:
    checked = f"kiểm tra ngày {vietnamese(record.checked_on)}" if record.checked_on else "chưa kiểm tra"
    code = f"mã {record.code}, " if record.code else ""
    lines = [f"## {record.name}", "", f"`{record.slug}`, {code}{checked}, chung: {CONFIDENCE[record.confidence]}", ""]
    for confidence, heading in _HEADINGS.items():
        facts = _facts(record, confidence)
        if facts:
            lines += [f"**{heading}** ({len(facts)})", "", *(f"- {fact}" for fact in facts), ""]
    if record.open_points:
        lines += ["**Còn mở**", "", *(f"- {point}" for point in record.open_points), ""]
    whom = _whom(record)
    if whom and (record.open_points or _facts(record, "unverified")):
        lines += [f"**Hỏi ai:** {'; '.join(whom)}", ""]
    return lines


def _facts(record: Record, confidence: Confidence) -> list[str]:
    """The facts of that confidence in words, each once with all its channels, and where it was read."""
    channels: dict[tuple[str, str], list[str]] = {}
    for path, fact in walk_facts(record):
        if fact.confidence != confidence:
            continue
        source = record.sources[fact.source].title if fact.source else "không ghi nguồn"
        found = _CHANNEL.match(path)
        kinds = channels.setdefault((_described(fact), source), [])
        if found:
            kinds.append(_CHANNEL_NAMES[record.channels[int(found[1])].kind])
    lines = []
    for (said, source), kinds in channels.items():
        where = f" [{', '.join(dict.fromkeys(kinds))}]" if kinds else ""
        lines.append(f"{said}{where} – *{source}*")
    return lines


def _described(fact: Fact) -> str:
    words = next((describe(fact) for kind, describe in _DESCRIBE.items() if isinstance(fact, kind)), "?")
    if isinstance(fact, DatedFact):
        words += f", từ {vietnamese(fact.effective_from)}" if fact.effective_from else ""
        words += f", đến hết {vietnamese(fact.effective_to)}" if fact.effective_to else ""
    return " ".join(words.split())


def _fee(fee: Fee) -> str:
    if fee.amount is None:
        amount = f"chưa có số ({fee.note})"
    else:
        upper = f" – {fee.amount_to:,}" if fee.amount_to else ""
        amount = f"{fee.amount:,}{upper} đồng".replace(",", ".") + (f"/{fee.unit}" if fee.unit else "")
    return f"Phí: {fee.name}{f' ({fee.case})' if fee.case else ''}: {amount}"


def _time(limit: TimeLimit) -> str:
    upper = f"–{limit.value_to}" if limit.value_to else ""
    number = f"{limit.value}{upper} {limit.unit}" if limit.value is not None else limit.unit or ""
    repeated = bool(limit.text and number and number.casefold() in limit.text.casefold())
    said = "; ".join(part for part in ("" if repeated else number, limit.text) if part)
    return f"Thời hạn: {f'{limit.case}: ' if limit.case else ''}{said}"


def _papers(case: DocumentCase) -> str:
    return f"Giấy tờ: {case.case} ({len(case.items)} loại)"


_DESCRIBE: dict[type[Fact], Callable[..., str]] = {
    Fee: _fee,
    TimeLimit: _time,
    DocumentCase: _papers,
    Agency: lambda fact: f"Cơ quan: {fact.name}",
    Level: lambda fact: f"Mức trực tuyến: {fact.name}",
    Where: lambda fact: f"Nơi nộp: {fact.text}",
    Result: lambda fact: f"Kết quả: {fact.name}",
    Law: lambda fact: f"Căn cứ: {fact.title} ({fact.number})",
    Exemption: lambda fact: f"Miễn, giảm: {fact.text}",
}


def _whom(record: Record) -> list[str]:
    """Whom the open points name; else the offices that take the dossier."""
    named: Iterable[str] = (who.strip() for point in record.open_points for who in _WHOM.findall(point))
    found = list(dict.fromkeys(named))
    return found or [office_name(key) for key in (record.where.offices if record.where else ())]
