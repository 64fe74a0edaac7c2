"""Read the QR code or barcode in a photo of a receipt, on our own machine. Nothing of the photo is kept."""

from __future__ import annotations

import asyncio
import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 60_000_000
"""More than any telephone takes; looked up in the header, before a single pixel is unpacked."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
READ_SIDE = 2400
DETAIL_SIDE = 1200
DARK, FLAT = 60.0, 8.0
BLURRED = 60.0
AT_ONCE = 2
"""Photos read at the same time: decoding takes a processor for up to a second."""
WAITING = 20

Trouble = Literal["too big", "not an image", "too many", "dark", "blurred", "no code"]
_CITIZEN_CARD = re.compile(r"^\d{12}\|")
_BANK = re.compile(r"^000201")


@dataclass(frozen=True)
class PhotoRead:
    """The texts of the codes in the photo, or why there are none."""

    texts: tuple[str, ...] = ()
    trouble: Trouble | None = None

    @property
    def citizen_card(self) -> bool:
        """It shows an identity card: its text must go nowhere."""
        return any(_CITIZEN_CARD.match(text) for text in self.texts)

    @property
    def payment(self) -> bool:
        """It shows a QR code to pay with."""
        return any(_BANK.match(text) for text in self.texts)


class PhotoReader:
    """Reads photos in threads, a few at a time."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def read(self, data: bytes) -> PhotoRead:
        """What is in the photo ``data``; never raises."""
        if len(data) > MAX_BYTES:
            return PhotoRead(trouble="too big")
        if self._waiting >= WAITING:
            return PhotoRead(trouble="too many")
        self._waiting += 1
        try:
            async with self._room:
                return await asyncio.to_thread(read_photo, data)
        finally:
            self._waiting -= 1


def read_photo(data: bytes) -> PhotoRead:
    """The same, here and now."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=FORMATS)
        if image.width * image.height > MAX_PIXELS:
            return PhotoRead(trouble="too big")
        grey = _grey(image)
    except Image.DecompressionBombError:
        return PhotoRead(trouble="too big")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return PhotoRead(trouble="not an image")
    for version in _versions(grey):
        texts = tuple(dict.fromkeys(found.text for found in zxingcpp.read_barcodes(version) if found.text))
        if texts:
            return PhotoRead(texts)
    return PhotoRead(trouble=_trouble(grey))


def _grey(image: Image.Image) -> Image.Image:
    """The first picture in ``image`` in shades of grey, the right way up, no larger than reading needs."""
    # A JPEG is unpacked at a fraction of its size: a 50-megapixel photo costs no more than a small one.
    image.draft("L", (READ_SIDE, READ_SIDE))
    grey = image.convert("L") if image.mode != "RGBA" else _on_white(image)
    grey = ImageOps.exif_transpose(grey)
    grey.thumbnail((READ_SIDE, READ_SIDE))
    return grey


def _on_white(image: Image.Image) -> Image.Image:
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("L")


def _versions(grey: Image.Image) -> Iterator[Image.Image]:
    """The photo as it is, then with more light, then enlarged: what helps most often comes first."""
    yield grey
    yield ImageOps.autocontrast(grey, cutoff=2)
    if max(grey.size) <= DETAIL_SIDE:
        yield grey.resize((grey.width * 2, grey.height * 2), Image.Resampling.BICUBIC)
    else:
        small = ImageOps.autocontrast(grey)
        small.thumbnail((DETAIL_SIDE, DETAIL_SIDE))
        yield small


def _trouble(grey: Image.Image) -> Trouble:
    """Why nothing could be read, as far as the light and the edges tell."""
    small = grey.copy()
    small.thumbnail((800, 800))
    pixels = np.asarray(small, dtype=np.float32)
    if min(pixels.shape) < 3:
        return "no code"
    if float(pixels.mean()) < DARK:
        return "dark"
    edges = pixels[1:-1, 2:] + pixels[1:-1, :-2] + pixels[2:, 1:-1] + pixels[:-2, 1:-1] - 4 * pixels[1:-1, 1:-1]
    return "blurred" if float(pixels.std()) > FLAT and float(edges.var()) < BLURRED else "no code"
