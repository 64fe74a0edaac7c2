"""A photo of the receipt: read on our machine, kept nowhere, harmless whatever it holds."""

from __future__ import annotations

import asyncio
import io
import struct
import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest
import segno
import zxingcpp
from httpx import ASGITransport, AsyncClient
from PIL import Image, ImageDraw, ImageFilter

from bot.app import App
from bot.desk import Desk
from bot.settings import Settings
from bot.web.server import web_app
from handlers.texts import dossier as words
from knowledge.dossiers import LocalTable
from knowledge.dossiers.photo import MAX_BYTES, WAITING, PhotoRead, PhotoReader, read_photo
from knowledge.knowledge import Knowledge
from tests.conftest import Clock
from tests.dossiers.conftest import Ask, a_dossier

CODE = "H49.22-261103-0345"


def qr(text: str, scale: int = 8) -> Image.Image:
    stream = io.BytesIO()
    segno.make(text, micro=False, encoding="utf-8").save(stream, kind="png", scale=scale, border=4)
    return Image.open(stream).convert("L")


def barcode(text: str) -> Image.Image:
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    return Image.fromarray(made.to_image(scale=3)).convert("L")


def on_paper(code: Image.Image, size: tuple[int, int] = (1600, 1200)) -> Image.Image:
    """A receipt on a table: some lines of print, the code in a corner."""
    paper = Image.new("L", size, 225)
    draw = ImageDraw.Draw(paper)
    for y in range(60, size[1] - 80, 48):
        draw.line((60, y, size[0] // 2, y), fill=70, width=5)
    paper.paste(code, (size[0] - code.width - 80, 80))
    return paper


def saved(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


GOOD: dict[str, Callable[[], bytes]] = {
    "a clean picture": lambda: saved(qr(CODE), "PNG"),
    "a photo": lambda: saved(on_paper(qr(CODE)), quality=80),
    "turned": lambda: saved(on_paper(qr(CODE)).rotate(17, expand=True, fillcolor=200)),
    "on its side": lambda: saved(on_paper(qr(CODE)).rotate(90, expand=True)),
    "a bit blurred": lambda: saved(on_paper(qr(CODE)).filter(ImageFilter.GaussianBlur(2.0))),
    "dark": lambda: saved(on_paper(qr(CODE)).point(lambda v: v // 5)),
    "small": lambda: saved(qr(CODE, scale=2), "PNG"),
    "a screenshot": lambda: saved(on_paper(qr(CODE), (1080, 2340)), "PNG"),
    "a large photo": lambda: saved(on_paper(qr(CODE, scale=20), (4000, 3000)), quality=70),
    "a barcode": lambda: saved(on_paper(barcode(CODE)), "PNG"),
    "a barcode on its side": lambda: saved(on_paper(barcode(CODE)).rotate(90, expand=True), "PNG"),
    "inside a link": lambda: saved(on_paper(qr(f"https://dichvucong.quangninh.gov.vn/tra-cuu?ma={CODE}"))),
    "with text around": lambda: saved(on_paper(qr(f"Mã hồ sơ: {CODE}\nNgày hẹn trả: 01/12/2026"))),
    "see-through": lambda: saved(qr(CODE).convert("RGBA"), "PNG"),
    "webp": lambda: saved(on_paper(qr(CODE)), "WEBP"),
}


@pytest.fixture
async def known(knowledge: Knowledge) -> None:
    await knowledge.store.put_dossiers([a_dossier(CODE)])


@pytest.mark.parametrize("how", GOOD)
async def test_the_code_on_the_receipt_is_read(ask: Ask, known: None, how: str) -> None:
    reply = await ask(photo=GOOD[how]())
    assert CODE in reply.text
    assert "Đăng ký kết hôn" in reply.text


async def test_two_codes_in_one_photo_are_both_answered(ask: Ask, known: None) -> None:
    paper = on_paper(qr(CODE))
    paper.paste(qr("H49.22-261103-0346"), (100, 700))
    reply = await ask(photo=saved(paper, "PNG"))
    assert len(reply.messages) == 2


async def test_a_code_in_the_caption_counts_too(ask: Ask, known: None) -> None:
    reply = await ask(f"mã {CODE} đây ạ", photo=saved(Image.new("L", (400, 300), 200)))
    assert "Đăng ký kết hôn" in reply.text


def _noise(size: int) -> Image.Image:
    return Image.effect_noise((size, size), 60)


HELP: dict[str, tuple[Callable[[], bytes], str]] = {
    "no code": (lambda: saved(on_paper(Image.new("L", (10, 10), 0))), "không thấy mã QR"),
    "nothing at all": (lambda: saved(Image.new("L", (800, 600), 128)), "không thấy mã QR"),
    "night": (lambda: saved(Image.new("L", (800, 600), 8)), "hơi tối"),
    "a blur": (lambda: saved(on_paper(qr(CODE)).filter(ImageFilter.GaussianBlur(22))), "bị mờ"),
    "one pixel": (lambda: saved(Image.new("L", (1, 1)), "PNG"), "không thấy mã QR"),
    "noise": (lambda: saved(_noise(600)), "không thấy mã QR"),
    "another code": (lambda: saved(qr("hello world"), "PNG"), "không có mã hồ sơ"),
    "a false link": (lambda: saved(qr("http://dichvucong-gov-vn.cc/x"), "PNG"), "không phải .gov.vn"),
    "a true link": (lambda: saved(qr("https://dichvucong.gov.vn/x"), "PNG"), "dichvucong.gov.vn"),
    "a payment": (lambda: saved(qr("00020101021138540010A00000072701240006970436"), "PNG"), "chuyển tiền"),
    "not a picture": (lambda: b"%PDF-1.7 hello", "không mở được"),
    "empty": (lambda: b"", "không mở được"),
    "cut off": (lambda: GOOD["a photo"]()[:3000], "không"),
    "too many bytes": (lambda: b"\xff\xd8\xff" + b"0" * MAX_BYTES, "quá lớn"),
}


@pytest.mark.parametrize("what", HELP)
async def test_what_cannot_be_used_gets_a_helpful_answer(ask: Ask, what: str) -> None:
    make, says = HELP[what]
    assert says in (await ask(photo=make())).text


async def test_an_identity_card_is_turned_away_without_a_word_of_it(
    ask: Ask, knowledge: Knowledge, capfd: pytest.CaptureFixture[str]
) -> None:
    card = "001099012345|123456789|NGUYỄN VĂN MẪU|01011999|Nam|Hạ Long|01012021"
    reply = await ask(photo=saved(on_paper(qr(card, scale=5))))
    assert reply.text == "".join(words.PHOTO_CITIZEN_CARD.split("**"))
    captured = capfd.readouterr()
    assert "001099012345" not in captured.out + captured.err


def png_bomb(side: int = 50_000) -> bytes:
    """A PNG of a few kilobytes that unpacks to gigabytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (side * 100), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


async def test_a_decompression_bomb_is_turned_away_unopened(ask: Ask) -> None:
    began = time.perf_counter()
    assert "quá lớn" in (await ask(photo=png_bomb())).text
    assert time.perf_counter() - began < 0.5


def test_no_bytes_make_the_reader_fall_over() -> None:
    good = saved(qr(CODE), "PNG")
    for place in range(0, len(good), 7):
        broken = bytearray(good)
        broken[place] ^= 0xFF
        assert isinstance(read_photo(bytes(broken)), PhotoRead)


async def test_reading_photos_leaves_the_loop_free_and_takes_only_so_many() -> None:
    reader, picture = PhotoReader(), GOOD["a large photo"]()
    reads = [asyncio.create_task(reader.read(picture)) for _ in range(WAITING + 5)]
    await asyncio.sleep(0)
    longest, last = 0.0, time.perf_counter()
    for _ in range(20):
        await asyncio.sleep(0.002)
        longest, last = max(longest, time.perf_counter() - last), time.perf_counter()
    results = await asyncio.gather(*reads)
    assert longest < 0.25
    assert sum(result.trouble == "too many" for result in results) == 5
    assert sum(result.texts == (CODE,) for result in results) == WAITING


# On the web -------------------------------------------------------------------------------------------------


@pytest.fixture
def client(desk: Desk, knowledge: Knowledge, clock: Clock, dossier_url: str) -> AsyncClient:
    settings = Settings(database_url=dossier_url, _env_file=None)  # type: ignore[call-arg]
    app = App(settings, knowledge, desk, LocalTable(knowledge.store, clock))
    return AsyncClient(transport=ASGITransport(web_app(app), client=("203.0.113.7", 1)), base_url="http://test")


async def test_the_web_chat_takes_a_photo_as_the_body_of_a_request(client: AsyncClient, known: None) -> None:
    headers = {"content-type": "image/jpeg"}
    answer = await client.post("/api/photo?session=s1", content=GOOD["a large photo"](), headers=headers)
    assert answer.status_code == 200
    assert CODE in answer.json()["messages"][0]["text"]


@pytest.mark.parametrize(
    ("url", "kind", "size", "status"),
    [
        ("/api/photo?session=s1", "text/html", 10, 415),
        ("/api/photo", "image/png", 10, 422),
        ("/api/photo?session=s1", "image/png", MAX_BYTES + 1, 413),
        ("/api/chat", "application/json", 70_000, 413),
    ],
)
async def test_the_web_takes_nothing_else(client: AsyncClient, url: str, kind: str, size: int, status: int) -> None:
    answer = await client.post(url, content=b"x" * size, headers={"content-type": kind})
    assert answer.status_code == status


async def test_guesses_from_one_network_share_a_budget_however_many_sessions_it_opens(client: AsyncClient) -> None:
    texts = []
    for n in range(40):
        body = {"session": f"s{n}", "text": f"H49.{100 + n}-261103-0001"}
        answer = await client.post("/api/chat", json=body)
        texts.append(answer.json()["messages"][0]["text"])
    assert sum("không có thông tin" in text for text in texts) == 30
    assert "quá nhiều mã" in texts[-1]
