"""The office's numbers as an Excel table and as a chart. Drawn with Pillow: matplotlib would cost sixty megabytes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from PIL import Image, ImageDraw, ImageFont

from knowledge.calendar import vietnamese
from knowledge.dossiers.figures import LABELS, Figures, total
from knowledge.files import DATA

FONT = DATA / "fonts" / "DejaVuSans-vi.ttf"
ALL = "Tổng cộng"
SUMS = {"received": "Tổng nhận trong kỳ", "settled": "Tổng đã giải quyết", "in_hand": "Tổng đang giải quyết"}
WIDTH, ROW, LEFT, TOP, BAR = 1200, 64, 330, 130, 34
MOST_BARS = 30
# Told apart by people who see no red or green (Okabe and Ito).
PARTS = {
    "đúng hạn, trước hạn": ("#0072B2", ("settled_early", "settled_on_time", "settled_no_due")),
    "trả quá hạn": ("#B35900", ("settled_late",)),
    "đang làm, trong hạn": ("#56B4E9", ("in_time",)),
    "đang làm, quá hạn": ("#7A0019", ("overdue",)),
    "chờ người nộp": ("#8C8C8C", ("paused",)),
}
INK = "#1A1A1A"


def title(start: date, end: date) -> str:
    """The heading of both."""
    return f"Tình hình giải quyết hồ sơ từ {vietnamese(start)} đến {vietnamese(end)}"


def write_xlsx(lines: dict[str, Figures], start: date, end: date, target: Path) -> None:
    """The table, a line a field and the sum at the end."""
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise RuntimeError("a new workbook has a sheet")
    sheet.title = "Hồ sơ"
    sheet.append([title(start, end)])
    sheet["A1"].font = Font(bold=True, size=13)
    labels = LABELS | SUMS
    sheet.append(["Lĩnh vực", *labels.values()])
    for name, line in [*lines.items(), (ALL, total(lines))]:
        figures = line.as_json()
        sheet.append([_harmless(name), *(figures[key] for key in labels)])
    for cell in sheet[2]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    sheet.column_dimensions["A"].width = 36
    for number in range(2, len(labels) + 2):
        sheet.column_dimensions[get_column_letter(number)].width = 13
    sheet.freeze_panes = "B3"
    book.save(target)


def _harmless(text: str) -> str:
    """A text that a spreadsheet must not take for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def write_png(lines: dict[str, Figures], start: date, end: date, target: Path) -> None:
    """The chart, a bar a field: how much was settled in time, late, or is still in hand."""
    biggest = sorted(lines.items(), key=lambda item: -_length(item[1]))[:MOST_BARS]
    bars = [(ALL, total(lines)), *biggest]
    image = Image.new("RGB", (WIDTH, TOP + ROW * len(bars) + 30), "white")
    draw = ImageDraw.Draw(image)
    draw.text((30, 24), title(start, end), font=_font(28), fill=INK)
    _legend(draw)
    for at, (name, line) in enumerate(bars):
        # The sum has a scale of its own, or it would press all others flat.
        longest = _length(line) if at == 0 else max((_length(other) for _, other in biggest), default=1)
        _bar(draw, TOP + ROW * at, name, line, (WIDTH - LEFT - 110) / max(longest, 1))
    image.save(target, "PNG")


def _length(line: Figures) -> int:
    return line.settled + line.in_hand


def _legend(draw: ImageDraw.ImageDraw) -> None:
    x = 30.0
    for label, (colour, _) in PARTS.items():
        draw.rectangle((x, 80, x + 20, 100), fill=colour)
        draw.text((x + 27, 79), label, font=_font(18), fill=INK)
        x += 27 + draw.textlength(label, font=_font(18)) + 30


def _bar(draw: ImageDraw.ImageDraw, y: int, name: str, line: Figures, scale: float) -> None:
    draw.text((30, y + 4), _shortened(draw, name), font=_font(19), fill=INK)
    x = float(LEFT)
    for colour, keys in PARTS.values():
        number = sum(getattr(line, key) for key in keys)
        end = x + number * scale
        if number:
            draw.rectangle((x, y, max(end - 2, x + 1), y + BAR), fill=colour)
        x = end
    draw.text((x + 8, y + BAR / 2), str(_length(line)), font=_font(19), fill=INK, anchor="lm")


def _shortened(draw: ImageDraw.ImageDraw, name: str) -> str:
    while draw.textlength(name, font=_font(19)) > LEFT - 50:
        name = name[:-2].rstrip("…") + "…"
    return name


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size)
