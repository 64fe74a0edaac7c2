"""The level chart of the report as a PNG: one bar a tier, one colour a level.

Drawn with Pillow and a font of our own. Matplotlib would do it too, but costs sixty megabytes and a second of
start-up for four bars; and a server seldom has a font with all Vietnamese letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from knowledge.files import DATA
from knowledge.record import Record
from knowledge.report import LEVELS, Count, by_level, share_of, tiers_of

FONT = DATA / "fonts" / "DejaVuSans-vi.ttf"
WIDTH, ROW, LEFT, RIGHT, TOP = 1400, 92, 220, 250, 150
BAR = 52
# Dark enough for white numbers, and told apart by people who see no red or green (Okabe and Ito).
COLOURS = {"toàn trình": "#0072B2", "một phần": "#B35900", "thông tin": "#6A5ACD", "chưa rõ": "#6E6E6E"}
INK, FAINT = "#1A1A1A", "#D9D9D9"


def draw_levels(procedures: Sequence[Record], target: Path, caption: str) -> None:
    """Write the chart of ``procedures`` to ``target``; ``caption`` says where and when they were counted."""
    counts = by_level(procedures)
    bars = [("Tất cả", {count.name: count.total for count in counts})]
    for tier, total in tiers_of(procedures).items():
        if total:
            bars.append((f"Cấp {tier}", {count.name: count.by_tier.get(tier, 0) for count in counts}))
    image = Image.new("RGB", (WIDTH, TOP + ROW * len(bars) + 70), "white")
    draw = ImageDraw.Draw(image)
    draw.text((30, 24), f"{_number(len(procedures))} thủ tục theo mức trực tuyến", font=_font(34), fill=INK)
    _legend(draw, counts)
    longest = max((sum(parts.values()) for _, parts in bars), default=0) or 1
    for at, (label, parts) in enumerate(bars):
        _bar(draw, TOP + ROW * at, label, parts, (WIDTH - LEFT - RIGHT) / longest)
    draw.text((30, image.height - 44), caption, font=_font(18), fill=INK)
    image.save(target, "PNG")


def _legend(draw: ImageDraw.ImageDraw, counts: Sequence[Count]) -> None:
    x = 30.0
    for count in counts:
        draw.rectangle((x, 92, x + 22, 114), fill=COLOURS[count.name])
        label = f"{count.name} {_number(count.total)} ({_percent(count.share)})"
        draw.text((x + 30, 90), label, font=_font(20), fill=INK)
        x += 30 + draw.textlength(label, font=_font(20)) + 36


def _bar(draw: ImageDraw.ImageDraw, y: int, label: str, parts: dict[str, int], scale: float) -> None:
    draw.text((30, y + 14), label, font=_font(22), fill=INK)
    draw.line((LEFT, y - 4, LEFT, y + BAR + 8), fill=FAINT, width=2)
    x = float(LEFT)
    for level in LEVELS:
        number = parts[level]
        end = x + number * scale
        if number:
            draw.rectangle((x, y, max(end - 2, x + 1), y + BAR), fill=COLOURS[level])
            if draw.textlength(_number(number), font=_font(20)) + 8 < end - x:
                draw.text(((x + end) / 2, y + BAR / 2), _number(number), font=_font(20), fill="white", anchor="mm")
        x = end
    total = sum(parts.values())
    draw.text((x + 12, y + 2), _number(total), font=_font(22), fill=INK)
    share = f"{LEVELS[0]} {_percent(share_of(parts[LEVELS[0]], total))}"
    draw.text((x + 12, y + 30), share, font=_font(17), fill=COLOURS[LEVELS[0]])


def _number(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _percent(share: float) -> str:
    return f"{share:.1f}%".replace(".", ",")


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size)
