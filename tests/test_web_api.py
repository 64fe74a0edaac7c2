"""The HTTP side, as the contract has it, and what hostile clients send."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.app import App
from bot.settings import Settings
from bot.web.server import web_app
from tests.conftest import Filled


@pytest.fixture
async def client(database_url: str, desk, knowledge, filled: Filled) -> AsyncIterator[httpx.AsyncClient]:  # type: ignore[no-untyped-def]
    settings = Settings(database_url=database_url, _env_file=None)
    app = App(settings, knowledge, desk, desk._dossiers)
    transport = httpx.ASGITransport(web_app(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


async def chat(client: httpx.AsyncClient, **body: str) -> httpx.Response:
    return await client.post("/api/chat", json={"session": "s1", **body})


async def test_a_question_is_answered_with_messages_and_the_decision(client: httpx.AsyncClient) -> None:
    answer = (await chat(client, text="đăng ký kết hôn nộp ở đâu")).json()
    assert (answer["decision"], answer["procedure"], answer["facet"]) == ("answer", "ket-hon", "where")
    message = answer["messages"][0]
    assert "Xã, phường" in message["text"]
    assert "**" not in message["text"]
    assert {"label", "data"} <= set(message["buttons"][0])


async def test_a_button_is_pressed_by_its_data(client: httpx.AsyncClient) -> None:
    answer = (await chat(client, text="đăng ký kết hôn nộp ở đâu")).json()
    data = answer["messages"][0]["buttons"][0]["data"]
    pressed = (await chat(client, data=data)).json()
    assert pressed["procedure"] == "ket-hon"
    assert pressed["facet"] == "documents"


async def test_the_session_keeps_the_conversation(client: httpx.AsyncClient) -> None:
    await chat(client, text="đăng ký kết hôn nộp ở đâu")
    answer = (await chat(client, text="thế bao lâu có?")).json()
    assert answer["procedure"] == "ket-hon"


async def test_a_browser_cannot_join_the_conversation_of_another_one(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    client.cookies.set("motcua", page.cookies["motcua"])
    await chat(client, text="đăng ký kết hôn nộp ở đâu")
    client.cookies.set("motcua", "somebody-else")
    answer = (await chat(client, text="thế bao lâu có?")).json()
    assert answer["procedure"] is None


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        b"{}",
        b'{"session": "s"}',
        b'{"session": "", "text": "a"}',
        b'{"session": "s", "text": "a", "data": "b"}',
        b'{"session": 5, "text": "a"}',
        b'{"session": "s", "text": ["a"]}',
        b'{"session": "s", "text": "' + b"x" * 30_000 + b'"}',
        b'{"session": "s\\u0000", "text": "a"}',
        b"\xff\xfe",
    ],
)
async def test_unusable_requests_are_refused_cleanly(client: httpx.AsyncClient, body: bytes) -> None:
    response = await client.post("/api/chat", content=body, headers={"content-type": "application/json"})
    assert 400 <= response.status_code < 500
    assert response.json()["error"]


async def test_a_body_of_five_megabytes_is_refused(client: httpx.AsyncClient) -> None:
    body = json.dumps({"session": "s", "text": "x" * 5_000_000}).encode()
    response = await client.post("/api/chat", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 413


async def test_a_body_of_unknown_length_is_refused_too(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"x" * 1024

    response = await client.post("/api/chat", content=endless())
    assert response.status_code == 413


async def test_health_readiness_and_metrics(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).status_code == 200
    ready = await client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["procedures"] == 120
    await chat(client, text="đăng ký kết hôn nộp ở đâu")
    metrics = (await client.get("/metrics")).text
    assert 'motcua_messages_total{channel="web",decision="answer"}' in metrics


async def test_the_page_allows_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    page = await client.get("/")
    assert page.status_code == 200
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    assert "HttpOnly" in page.headers["set-cookie"]
    assert (await client.head("/")).status_code == 200  # what looks whether we are there asks so


@pytest.mark.parametrize("path", ["/khong-co", "/pages/../settings.py", "/pages/%2e%2e/server.py", "/api/chat"])
async def test_other_addresses_are_a_clean_4xx(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path)
    assert 400 <= response.status_code < 500
