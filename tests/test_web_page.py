"""The web chat as a person meets it: a real Chromium, the real server, a database of its own."""

from __future__ import annotations

import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from PIL import Image

from tests.conftest import Filled

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET_BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 60
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}
QUESTION = "đăng ký khai sinh"
RETRY = "Chưa gửi được. Bấm để gửi lại"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here (apt-get install chromium)"),
]
playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright here (make setup)")
expect = playwright.expect


@pytest.fixture(scope="module")
def site(filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that runs as long as the tests of this file, on a copy of the filled database."""
    folder = tmp_path_factory.mktemp("web")
    for file in filled.path.parent.glob(f"{filled.path.name}*"):
        shutil.copy(file, folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {
        **os.environ,
        "MOTCUA_DATABASE_URL": f"sqlite:///{folder / filled.path.name}",
        "MOTCUA_HOST": "127.0.0.1",
        "MOTCUA_PORT": str(port),
        "MOTCUA_PUBLIC_URL": "",
        "TELEGRAM_TOKEN": "",
    }
    address = f"http://127.0.0.1:{port}"
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([sys.executable, "-m", "bot", "serve"], cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            _wait_until_ready(address, server, folder / "log")
            yield address
        finally:
            server.terminate()
            server.wait(20)


def _wait_until_ready(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def browser(site: str) -> Iterator[Any]:
    # After the site: while Playwright runs, this thread has an event loop and nobody else can start one.
    with playwright.sync_playwright() as tool:
        # Each launch has a new, empty profile.
        chromium = tool.chromium.launch(executable_path=CHROMIUM, args=QUIET_BROWSER)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Any, site: str) -> Iterator[Callable[..., Any]]:
    """``visit(viewport, …)`` opens the chat as a new visitor; no script error may happen on the page."""
    contexts, errors = [], []

    def open_page(viewport: dict[str, int] = PHONE, *, greeted: bool = True, **options: Any) -> Any:
        context = browser.new_context(viewport=viewport, locale="vi-VN", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8_000)
        page.on("pageerror", lambda error: errors.append(error))
        page.goto(site)
        if greeted:
            expect(page.locator(".message.bot")).to_have_count(1)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def ask(page: Any, text: str) -> dict[str, Any]:
    """Type ``text``, press Enter, wait until the answer is on the page; returns what the server sent."""
    shown = page.locator(".message.bot").count()
    page.locator("#input").fill(text)
    with page.expect_response("**/api/chat") as response:
        page.locator("#input").press("Enter")
    reply: dict[str, Any] = response.value.json()
    expect(page.locator(".message.bot")).to_have_count(shown + len(reply["messages"]))
    return reply


def answer_with(*messages: dict[str, Any]) -> Callable[[Any], None]:
    """A route that answers in the server's place."""
    body = json.dumps({"messages": messages, "decision": "unknown", "procedure": None, "facet": None, "choices": []})
    return lambda route: route.fulfill(status=200, content_type="application/json", body=body)


def count_requests(page: Any) -> list[dict[str, Any]]:
    """A list that fills with what the page sends from now on."""
    sent: list[dict[str, Any]] = []
    page.on("request", lambda r: sent.append(r.post_data_json) if r.url.endswith("/api/chat") else None)
    return sent


# Asking


def test_a_question_is_answered_with_headings_lists_and_source(visit: Callable[..., Any]) -> None:
    page = visit()
    expect(page.locator(".note")).to_contain_text("CCCD")
    reply = ask(page, QUESTION)
    assert reply["decision"] == "answer"
    answer = page.locator(".message.latest .bubble")
    expect(answer.locator("h2")).to_have_text(reply["messages"][0]["text"].split("\n")[0])
    expect(answer.locator("ul > li").first).to_be_visible()
    expect(answer.locator(".source")).to_contain_text("Nguồn")
    assert "**" not in answer.inner_text()
    expect(page.locator(".message.me .typed")).to_have_text(QUESTION)
    expect(page.locator("#input")).to_be_focused()
    expect(page.locator("#input")).to_have_value("")


def test_a_chip_asks_on_and_older_chips_keep_quiet_but_work(visit: Callable[..., Any]) -> None:
    page = visit(has_touch=True)
    sent = count_requests(page)
    first = page.locator(".latest .chip").first
    label = first.inner_text()
    first.tap()
    expect(page.locator(".message.bot")).to_have_count(2)
    expect(page.locator(".message.me .typed")).to_have_text(label)
    old = page.locator(".message.bot:not(.latest) .chip").nth(1)
    new = page.locator(".latest .chip").first
    assert old.evaluate("e => getComputedStyle(e).color") != new.evaluate("e => getComputedStyle(e).color")
    page.wait_for_timeout(650)
    old.tap()
    expect(page.locator(".message.bot")).to_have_count(3)
    assert [set(request) for request in sent] == [{"session", "data"}] * 2


def test_a_double_tap_sends_once(visit: Callable[..., Any]) -> None:
    page = visit()
    sent = count_requests(page)
    page.locator(".latest .chip").first.dblclick()
    page.locator("#input").fill(QUESTION)
    page.locator("#send").dblclick()
    expect(page.locator(".message.bot")).to_have_count(3)
    assert len(sent) == 2


def test_typing_is_shown_while_a_slow_answer_is_on_its_way(visit: Callable[..., Any]) -> None:
    page = visit(reduced_motion="reduce")
    held: list[Any] = []
    page.route("**/api/chat", lambda route: held.append(route))
    page.locator("#input").fill(QUESTION)
    page.locator("#input").press("Enter")
    expect(page.locator("#typing")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Đang trả lời")).to_have_count(1)
    assert page.locator(".dots i").first.evaluate("e => getComputedStyle(e).animationName") == "none"
    held[0].continue_()
    expect(page.locator(".message.bot")).to_have_count(2)
    expect(page.locator("#typing")).to_be_hidden()


def test_the_input_stops_at_2000_characters_and_says_so_in_time(visit: Callable[..., Any]) -> None:
    page = visit()
    page.locator("#input").fill("a" * 1799)
    expect(page.locator("#counter")).to_be_hidden()
    page.locator("#input").press_sequentially("b" * 20)
    expect(page.locator("#counter")).to_contain_text("181")
    page.locator("#input").fill("a" * 1999)
    page.locator("#input").press_sequentially("bcd")
    assert len(page.locator("#input").input_value()) == 2000
    expect(page.locator("#counter")).to_contain_text("Đã đủ dài")


def test_choices_carry_their_numbers_and_are_not_listed_twice(visit: Callable[..., Any]) -> None:
    page = visit()
    reply = ask(page, "hộ kinh doanh")
    assert reply["decision"] == "choose"
    chips = page.locator(".latest .chip.numbered")
    expect(chips).to_have_count(len(reply["choices"]))
    first = reply["messages"][0]["buttons"][0]["label"]
    expect(chips.first).to_have_text(f"1.{first}")
    expect(page.locator(".latest .bubble")).not_to_contain_text(first)
    expect(page.locator(".latest .bubble")).to_contain_text("gõ số 1, 2 hoặc 3")
    chips.first.click()
    expect(page.locator(".message.me .typed").last).to_have_text(first)


# A photo of the receipt


def a_receipt(text: str = "H49.105-261001-0011", kind: str = "PNG") -> bytes:
    """A photo of a QR code with ``text``, large and with the place where it was taken, as a phone makes it."""
    stream = io.BytesIO()
    segno.make(text, micro=False).save(stream, kind="png", scale=40, border=4)
    picture = Image.open(stream).convert("RGB")
    place = Image.Exif()
    place[0x8825] = {1: "N", 2: (20.0, 57.0, 3.0)}
    out = io.BytesIO()
    picture.save(out, kind, exif=place.tobytes())
    return out.getvalue()


def choose_photo(page: Any, content: bytes, kind: str = "image/jpeg", name: str = "giay-hen.jpg") -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Gửi ảnh giấy hẹn").click()
    chooser.value.set_files({"name": name, "mimeType": kind, "buffer": content})


def test_a_photo_of_the_receipt_is_read_and_shows_nobody_where_it_was_taken(visit: Callable[..., Any]) -> None:
    page = visit()
    page.evaluate(
        """() => { const send = XMLHttpRequest.prototype.send;
                   XMLHttpRequest.prototype.send = function (body) { window.sent = body; send.call(this, body); }; }"""
    )
    choose_photo(page, a_receipt(kind="JPEG"))
    expect(page.locator(".message.bot")).to_have_count(2)
    expect(page.locator(".latest .bubble")).to_contain_text("Đang xử lý")
    expect(page.locator(".message.me .typed")).to_have_text("Ảnh giấy hẹn")
    expect(page.locator(".message.me canvas")).to_be_visible()
    body = page.evaluate("async () => Array.from(new Uint8Array(await window.sent.arrayBuffer()))")
    picture = Image.open(io.BytesIO(bytes(body)))
    assert (picture.format, dict(picture.getexif())) == ("JPEG", {})
    page.reload()  # the words are kept, the picture is not
    expect(page.locator(".message.me .typed")).to_have_text("Ảnh giấy hẹn")
    assert page.locator(".message.me canvas").count() == 0


def test_a_photo_can_be_chosen_with_the_keyboard_pasted_and_dropped(visit: Callable[..., Any]) -> None:
    page = visit({"width": 1280, "height": 800})
    page.on("filechooser", lambda chooser: None)  # before the press, which is faster than asking for it
    page.get_by_role("button", name="Gửi ảnh giấy hẹn").focus()
    with page.expect_file_chooser():
        page.keyboard.press("Enter")
    give = """([type, target, bytes]) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], "x.png", { type: "image/png" }));
      const event = type === "paste"
        ? new ClipboardEvent(type, { clipboardData: data, bubbles: true, cancelable: true })
        : new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
      document.querySelector(target).dispatchEvent(event);
    }"""
    for number, (kind, target) in enumerate((("paste", "#input"), ("drop", "#scroller")), start=1):
        page.evaluate(give, [kind, target, list(a_receipt())])
        expect(page.locator(".message.bot")).to_have_count(1 + number)
        expect(page.locator(".latest .bubble")).to_contain_text("Đang xử lý")


def test_a_photo_on_its_way_says_how_far_it_is(visit: Callable[..., Any]) -> None:
    page = visit()
    held: list[Any] = []
    page.route("**/api/photo*", lambda route: held.append(route))
    with page.expect_request("**/api/photo*"):
        choose_photo(page, a_receipt())
    expect(page.get_by_role("status").filter(has_text="ảnh")).to_have_count(1)
    held[0].continue_()
    expect(page.locator(".message.bot")).to_have_count(2)
    expect(page.locator("#typing")).to_be_hidden()


def test_a_file_that_is_no_photo_is_told_kindly_and_another_can_be_chosen(visit: Callable[..., Any]) -> None:
    page = visit()
    choose_photo(page, b"%PDF-1.7", "application/pdf", "giay-hen.pdf")
    expect(page.locator(".failure")).to_contain_text("không phải là ảnh")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Bấm để chọn ảnh khác").click()
    chooser.value.set_files({"name": "x.png", "mimeType": "image/png", "buffer": a_receipt()})
    expect(page.locator(".latest .bubble")).to_contain_text("Đang xử lý")
    expect(page.locator(".failure")).to_have_count(0)


def test_a_photo_that_was_not_sent_can_be_sent_again_but_not_after_a_reload(visit: Callable[..., Any]) -> None:
    page = visit()
    page.context.set_offline(True)
    choose_photo(page, a_receipt())
    expect(page.locator(".failure")).to_contain_text("mất mạng")
    page.context.set_offline(False)
    page.get_by_role("button", name=RETRY).click()
    expect(page.locator(".latest .bubble")).to_contain_text("Đang xử lý")
    page.context.set_offline(True)
    choose_photo(page, a_receipt())
    expect(page.locator(".failure")).to_be_visible()
    page.context.set_offline(False)
    page.reload()
    expect(page.locator(".failure")).to_contain_text("không còn ở đây")
    with page.expect_file_chooser():
        page.get_by_role("button", name="Bấm để chọn ảnh khác").click()
    expect(page.locator(".failure")).to_have_count(0)


# What is kept


def test_the_conversation_survives_a_reload_for_half_an_hour(visit: Callable[..., Any]) -> None:
    page = visit()
    ask(page, QUESTION)
    before = page.locator("#log").inner_text()
    page.reload()
    expect(page.locator("#log")).to_have_text(before, use_inner_text=True)
    expect(page.locator(".latest .chip").first).to_be_visible()
    page.evaluate(
        """() => { const key = "motcua.conversation", kept = JSON.parse(sessionStorage.getItem(key));
                   kept.at -= 30 * 60 * 1000; sessionStorage.setItem(key, JSON.stringify(kept)); }"""
    )
    page.reload()
    expect(page.locator(".message.bot")).to_have_count(1)
    expect(page.locator("#log")).not_to_contain_text(QUESTION)


def test_wiping_empties_the_browser_and_tells_the_server(visit: Callable[..., Any]) -> None:
    page = visit()
    ask(page, QUESTION)
    sent = count_requests(page)
    page.get_by_role("button", name="Xóa cuộc trò chuyện").click()
    page.get_by_role("button", name="Giữ lại").click()
    expect(page.locator(".message.bot")).to_have_count(2)
    page.get_by_role("button", name="Xóa cuộc trò chuyện").click()
    page.locator("dialog").get_by_role("button", name="Xóa").click()
    expect(page.locator(".message.bot")).to_have_count(2)
    expect(page.locator(".message.bot").first).to_contain_text("Đã xóa")
    assert [request.get("text") or request["data"] for request in sent] == ["/xoadulieu", "m:start"]
    assert QUESTION not in page.evaluate("() => JSON.stringify([{...sessionStorage}, {...localStorage}])")


# Seeing and reaching


def test_large_print_enlarges_everything_and_is_remembered(visit: Callable[..., Any]) -> None:
    page = visit()
    parts = (".typed", ".bubble p", ".bubble li", ".source", ".chip", ".note", "h1", "#input", "#send", "#forget")
    ask(page, QUESTION)

    def sizes() -> list[float]:
        size = "e => parseFloat(getComputedStyle(e).fontSize)"
        return [page.locator(part).first.evaluate(size) for part in parts]

    small = sizes()
    switch = page.get_by_role("button", name="Chữ to")
    switch.click()
    assert switch.get_attribute("aria-pressed") == "true"
    assert all(large >= 1.35 * before for large, before in zip(sizes(), small, strict=True))
    page.reload()
    expect(page.locator("html.large")).to_have_count(1)
    expect(switch).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("large", [False, True])
def test_a_narrow_phone_needs_no_sideways_scrolling_and_has_room_for_thumbs(
    visit: Callable[..., Any], large: bool
) -> None:
    page = visit(NARROW, has_touch=True)
    if large:
        page.get_by_role("button", name="Chữ to").click()
    ask(page, "https://dichvucong.gov.vn/" + "a" * 80)
    ask(page, QUESTION)
    page.wait_for_timeout(50)
    for part in ("html", "#scroller"):
        assert page.locator(part).evaluate("e => e.scrollWidth <= e.clientWidth"), part
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, textarea, a.chip")].filter(e => e.offsetParent)
            .map(e => [e.id || e.className, e.getBoundingClientRect()])
            .filter(([, box]) => box.width < 44 || box.height < 44 || box.right > innerWidth)
            .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
    )
    assert small == []


CONTRASTS = """() => {
  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
    const x = c[i] / 255;
    return sum + weight * (x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
  }, 0);
  const behind = (e) => {
    const c = parse(getComputedStyle(e).backgroundColor);
    return (c[3] ?? 1) === 1 ? c : behind(e.parentElement);
  };
  const parts = "h1, h2, h3, p, li, strong, .clock, .chip, .chip small, .print, .retry, #send, #input, .bar-button";
  return [...document.querySelectorAll(parts)].filter((e) => e.offsetParent).map((e) => {
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    return [`${e.localName}.${e.className}#${e.id}`, (a + 0.05) / (b + 0.05)];
  });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_in_light_and_dark(visit: Callable[..., Any], scheme: str) -> None:
    page = visit(color_scheme=scheme)
    ask(page, QUESTION)
    page.route("**/api/chat", lambda route: route.abort())
    page.locator("#input").fill("x")
    page.locator("#input").press("Enter")
    expect(page.locator(".retry")).to_be_visible()
    ratios = page.evaluate(CONTRASTS)
    assert len(ratios) > 20
    assert [(name, ratio) for name, ratio in ratios if ratio < 4.5] == []


def test_the_keyboard_alone_is_enough(visit: Callable[..., Any]) -> None:
    page = visit({"width": 1280, "height": 800})
    expect(page.locator("#input")).to_be_focused()
    page.keyboard.type("đăng ký")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("khai sinh")
    assert page.locator("#input").input_value() == "đăng ký\nkhai sinh"
    page.keyboard.press("Enter")
    expect(page.locator(".message.bot")).to_have_count(2)
    expect(page.locator("#input")).to_be_focused()
    page.keyboard.press("Shift+Tab")  # the photo
    expect(page.locator("#add-photo")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    if page.locator("#to-end").is_visible():
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")  # past the link, which would open a tab
    focus = page.locator(":focus")
    assert "chip" in (focus.get_attribute("class") or "")
    assert focus.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator(".message.bot")).to_have_count(3)


def test_a_screen_reader_finds_its_way(visit: Callable[..., Any]) -> None:
    page = visit()
    log = page.get_by_role("log", name="Tin nhắn")
    expect(log).to_have_attribute("aria-live", "polite")
    expect(page.get_by_role("textbox", name="Câu hỏi")).to_be_visible()
    expect(page.get_by_role("main", name="Cuộc trò chuyện")).to_be_visible()
    expect(page.get_by_role("group", name="Bấm để hỏi tiếp").get_by_role("button").first).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "vi"


# Strangers


def test_hostile_text_of_the_person_stays_text(visit: Callable[..., Any]) -> None:
    page = visit()
    text = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> **đậm** https://evil.example'
    ask(page, text)
    page.reload()
    expect(page.locator(".typed")).to_have_text(text)
    assert page.locator(".typed *").count() == 0
    assert page.evaluate("() => window.hacked") is None


def test_hostile_text_in_an_answer_stays_text_and_only_plain_https_becomes_a_link(visit: Callable[..., Any]) -> None:
    page = visit()
    markup = (
        "**<img src=x onerror=window.hacked=1>**\n• <b onclick=x>javascript:window.hacked=1</b>\n"
        "http://plain.example https://bank.vn@evil.example https://dichvucong.gov.vn. "
        "pakn.dichvucong.gov.vn hỏi@x.gov.vn y.gov.vn.evil.example"
    )
    buttons = [
        {"label": "xấu", "url": "javascript:window.hacked=1"},
        {"label": "<i>tốt</i>", "url": "https://dichvucong.gov.vn/p"},
    ]
    image = "https://elsewhere.example/pixel.png"
    page.route("**/api/chat", answer_with({"text": "", "markup": markup, "buttons": buttons, "image": image}))
    ask(page, "x")
    answer = page.locator(".message.latest")
    expect(answer.locator("h2")).to_have_text("<img src=x onerror=window.hacked=1>")
    assert answer.locator("img, b, i").count() == 0
    links = answer.locator("a").evaluate_all("all => all.map(a => [a.href, a.target, a.rel])")
    elsewhere = ["_blank", "noopener noreferrer"]
    official = ["https://dichvucong.gov.vn/", "https://pakn.dichvucong.gov.vn/", "https://dichvucong.gov.vn/p"]
    assert links == [[address, *elsewhere] for address in official]
    expect(answer.locator("a.chip")).to_contain_text("Trang nhà nước: dichvucong.gov.vn")
    assert page.evaluate("() => window.hacked") is None


def test_nothing_is_asked_of_anybody_else(browser: Any, site: str) -> None:
    context = browser.new_context()
    urls: list[str] = []
    context.on("request", lambda request: urls.append(request.url))
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(site)
    expect(page.locator(".message.bot")).to_have_count(1)
    ask(page, QUESTION)
    assert [url for url in urls if not url.startswith(f"{site}/")] == []
    assert complaints == []  # no missing file, no breach of the content policy
    context.close()


# When it goes wrong


def test_a_message_that_was_not_sent_stays_and_can_be_sent_again(visit: Callable[..., Any]) -> None:
    page = visit()
    page.context.set_offline(True)
    page.locator("#input").fill(QUESTION)
    page.locator("#input").press("Enter")
    retry = page.get_by_role("button", name=RETRY)
    expect(retry).to_be_visible()
    expect(page.locator(".failure")).to_contain_text("mất mạng")
    page.context.set_offline(False)
    page.reload()
    expect(page.locator(".typed")).to_have_text(QUESTION)
    retry.dblclick()
    expect(page.locator(".message.bot")).to_have_count(2)
    expect(retry).to_have_count(0)
    expect(page.locator(".typed")).to_have_count(1)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (503, "<h1>down</h1>", "Máy chủ đang bận"),
        (413, '{"error": "Nội dung gửi lên quá dài."}', "Nội dung gửi lên quá dài."),
        (200, "<html>the log-in page of a hotel</html>", "Máy chủ đang bận"),
    ],
    ids=["5xx", "4xx", "not ours"],
)
def test_a_failure_of_the_server_is_told_kindly(visit: Callable[..., Any], status: int, body: str, words: str) -> None:
    page = visit()
    page.route("**/api/chat", lambda route: route.fulfill(status=status, body=body))
    page.locator("#input").fill(QUESTION)
    page.locator("#input").press("Enter")
    expect(page.locator(".failure")).to_contain_text(words)
    page.unroute("**/api/chat")
    page.get_by_role("button", name=RETRY).click()
    expect(page.locator(".latest h2")).to_be_visible()
    expect(page.locator("#input")).to_be_focused()


def test_a_page_that_opens_while_the_server_is_down_greets_later(browser: Any, site: str) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.route("**/api/chat", lambda route: route.abort())
    page.goto(site)
    retry = page.get_by_role("button", name=RETRY)
    expect(retry).to_be_visible()
    page.unroute("**/api/chat")
    retry.click()
    expect(page.locator(".latest .chip").first).to_be_visible()
    context.close()


def test_a_stuck_request_gives_up_after_a_while(visit: Callable[..., Any]) -> None:
    page = visit(greeted=False)
    page.clock.install()
    page.reload()
    page.route("**/api/chat", lambda route: None)
    page.locator("#input").fill(QUESTION)
    page.locator("#input").press("Enter")
    expect(page.locator(".typed")).to_be_visible()
    page.clock.run_for(21_000)
    expect(page.locator(".failure").last).to_contain_text("chậm")


# On paper


def test_one_answer_is_printed_large_with_boxes_to_tick(visit: Callable[..., Any]) -> None:
    page = visit(color_scheme="dark")
    page.evaluate("() => { window.printed = 0; window.print = () => window.printed++; }")
    markup = (
        "**Đăng ký tạm trú**\n• Tờ khai\n• Sổ (không phải nộp, cơ quan tự tra)\n• **Lệ phí:** không\n\n"
        "Nguồn: Luật. Kiểm tra ngày 1/1/2026."
    )
    ask(page, QUESTION)
    page.locator(".latest .print").click()
    assert page.evaluate("() => window.printed") == 1
    page.emulate_media(media="print")
    expect(page.locator(".message:visible")).to_have_count(1)
    expect(page.locator(".printed h2")).to_be_visible()
    expect(page.locator("#printed-on")).to_contain_text("In ngày")
    for part in (".bar", ".composer", ".note", ".printed .print", ".printed button.chip"):
        expect(page.locator(part).first).to_be_hidden()
    page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".message:visible").count() > 1

    page.emulate_media(media="screen")
    page.route("**/api/chat", lambda route: _reply_of_a_procedure(route, markup))
    ask(page, "tạm trú")
    page.locator(".latest .print").click()
    page.emulate_media(media="print")
    box = "e => getComputedStyle(e, '::before').borderTopStyle"
    boxes = page.locator(".printed li").evaluate_all(f"all => all.map({box})")
    assert boxes == ["solid", "none", "none"]
    look = page.locator(".printed li").first.evaluate("e => [getComputedStyle(e).color, getComputedStyle(e).fontSize]")
    assert look == ["rgb(0, 0, 0)", "20px"]


def _reply_of_a_procedure(route: Any, markup: str) -> None:
    message = {"text": "", "markup": markup, "buttons": []}
    body = {"messages": [message], "decision": "answer", "procedure": "tam-tru", "facet": None, "choices": []}
    route.fulfill(status=200, content_type="application/json", body=json.dumps(body))
