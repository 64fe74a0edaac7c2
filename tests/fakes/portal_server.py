"""A portal on the loopback that speaks the three shapes of ``domain.md`` and can have every bad day we know of.

It is a real HTTP server (uvicorn), so timeouts, cut connections and slow trickles are the real thing.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send

from knowledge.dossiers.portals.igate import SEARCH_PATH, TOKEN_PATH
from knowledge.dossiers.portals.national import LOGIN_PATH, SERVICE_PATH

CREDENTIALS = "client:secret"
HTML = b"<!doctype html><title>Dang nhap</title><form action=/login>"


@dataclass
class Portal:
    """What the server holds and how it feels. ``moods`` are taken one a request (the last one stays);
    a mood is a name of a method of :class:`_Moods`, or "well"."""

    dossiers: dict[str, dict[str, Any]] = field(default_factory=dict)
    moods: list[str] = field(default_factory=lambda: ["well"])
    delay: float = 0.0
    asked: Counter[str] = field(default_factory=Counter)
    codes: list[str] = field(default_factory=list)
    token_number: int = 0
    good_tokens: set[str] = field(default_factory=set)
    own: bytes = b""
    """What the mood "own" answers."""
    now_inside: int = 0
    most_inside: int = 0
    url: str = ""

    def mood(self) -> str:
        return self.moods.pop(0) if len(self.moods) > 1 else self.moods[0]

    def new_token(self) -> str:
        self.token_number += 1
        token = f"token-{self.token_number}"
        self.good_tokens.add(token)
        return token

    def expire_tokens(self) -> None:
        self.good_tokens.clear()


def igate_dossier(code: str, **changes: Any) -> dict[str, Any]:
    """A dossier as iGate answers it."""
    return {
        "id": "64f0c0ffee",
        "code": code,
        "applicant": {
            "data": {"fullname": "TRẦN THỊ B", "ownerFullname": "NGUYỄN VĂN AN", "phoneNumber": "0912345678"}
        },
        "procedure": {"code": "1.000894", "translate": [{"languageId": 228, "name": "Đăng ký kết hôn"}]},
        "dossierStatus": {
            "id": 2,
            "name": [{"languageId": 46, "name": "Processing"}, {"languageId": 228, "name": "Đang xử lý"}],
        },
        "dossierTaskStatus": None,
        "applyMethod": {"id": 0, "name": "Trực tuyến"},
        "appliedDate": "2026-11-02T18:30:00.000+0000",
        "acceptedDate": "2026-11-03T01:30:00.000+0000",
        "appointmentDate": "2026-12-01T10:00:00.000+0000",
        "agency": {"name": [{"languageId": 228, "name": "UBND phường Hạ Long"}]},
    } | changes


def national_dossier(code: str, **changes: Any) -> dict[str, Any]:
    """A dossier as the national connector answers it: every value a string."""
    return {
        "MaHoSo": code,
        "MaTTHC": "1.001193",
        "TenTTHC": "Đăng ký khai sinh",
        "ChuHoSo": "LÊ VĂN CƯỜNG",
        "MaDoiTuong": "001099012345",
        "SoDienThoai": "0987654321",
        "NgayTiepNhan": "20261102083000",
        "NgayHenTra": "20261201170000",
        "TrangThaiHoSo": "4",
        "DonViXuLy": "UBND phường Kinh Bắc",
    } | changes


def insurance_dossier(code: str, **changes: Any) -> dict[str, Any]:
    """Progress as social insurance answers it."""
    return {
        "Quatrinh": [
            {
                "Buoc": "1",
                "Tenphongban": "Bộ phận Tiếp nhận và Trả kết quả",
                "Canboxuly": "Nguyễn Diệu An",
                "Lichsuquitrinhxulys": [{"Hanhdong": "Tiếp nhận", "Thoigianxuly": "13/11/2026 12:50"}],
            }
        ],
        "info": {"Tthoso": {"Sohoso": code, "Tenthutuc": "Báo tăng lao động", "Ngayhentra": "2026-12-01T09:30:41"}},
    } | changes


class PortalApp:
    """The ASGI application in front of a :class:`Portal`."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while (message := await receive()).get("more_body"):
            body += message["body"]
        body += message.get("body", b"")
        portal = self.portal
        portal.asked[scope["path"]] += 1
        portal.now_inside += 1
        portal.most_inside = max(portal.most_inside, portal.now_inside)
        try:
            await self._answer(scope, body, send)
        finally:
            portal.now_inside -= 1

    async def _answer(self, scope: Scope, body: bytes, send: Send) -> None:
        portal = self.portal
        if scope["path"] in {TOKEN_PATH, LOGIN_PATH}:
            await _json(send, *self._log_in(scope, body))
            return
        if portal.delay:
            await asyncio.sleep(portal.delay)
        mood = portal.mood()
        if mood == "own":
            await _send(send, 200, portal.own, "application/json")
            return
        if mood != "well":
            await BAD_DAYS[mood](send)
            return
        await _json(send, *self._look_up(scope, body))

    def _log_in(self, scope: Scope, body: bytes) -> tuple[Any, int]:
        if scope["path"] == TOKEN_PATH:
            wanted = b"Basic " + base64.b64encode(CREDENTIALS.encode())
            if dict(scope["headers"]).get(b"authorization") != wanted:
                return {"error": "unauthorized_client"}, 401
            return {"access_token": self.portal.new_token(), "expires_in": 300}, 200
        if json.loads(body) != {"username": "client", "password": "secret"}:
            return {"error_code": "01"}, 200
        return {"session": self.portal.new_token()}, 200

    def _look_up(self, scope: Scope, body: bytes) -> tuple[Any, int]:
        portal = self.portal
        if scope["path"] == SEARCH_PATH:
            token = dict(scope["headers"]).get(b"authorization", b"").decode().removeprefix("Bearer ")
            if token not in portal.good_tokens:
                return {"error": "invalid_token"}, 401
            code = dict(part.split("=") for part in scope["query_string"].decode().split("&"))["code"]
            portal.codes.append(code)
            content = [portal.dossiers[code]] if code in portal.dossiers else []
            return {"content": content, "last": True, "size": 10, "number": 0}, 200
        asked = json.loads(body)
        if scope["path"] == SERVICE_PATH:
            if asked["session"] not in portal.good_tokens:
                return {"error_code": "12", "error_message": "session expired"}, 200
            portal.codes.append(asked["MaHoSo"])
            found = portal.dossiers.get(asked["MaHoSo"])
            return {"error_code": "00", "result": [found] if found else []}, 200
        code = asked["data"]["SoHoSo"]
        portal.codes.append(code)
        return portal.dossiers.get(code) or {"Quatrinh": [], "info": {"Tthoso": None}}, 200


async def _json(send: Send, content: Any, status: int = 200) -> None:
    await _send(send, status, json.dumps(content, ensure_ascii=False).encode(), "application/json")


async def _send(send: Send, status: int, body: bytes, kind: str, **headers: str) -> None:
    named = [(b"content-type", kind.encode())] + [
        (k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()
    ]
    await send({"type": "http.response.start", "status": status, "headers": named})
    await send({"type": "http.response.body", "body": body})


async def _silent(send: Send) -> None:
    await asyncio.sleep(60)


async def _trickle(send: Send) -> None:
    """A byte now and then: no single read is slow, the whole never ends."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    for _ in range(10_000):
        await send({"type": "http.response.body", "body": b" ", "more_body": True})
        await asyncio.sleep(0.02)


async def _cut(send: Send) -> None:
    head = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": b'{"content": [', "more_body": True})
    raise ConnectionResetError


async def _huge(send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    for _ in range(40):
        await send({"type": "http.response.body", "body": b" " * 65536, "more_body": True})
    await send({"type": "http.response.body", "body": b"{}"})


def _always(status: int, body: bytes, kind: str = "application/json", **headers: str) -> Callable[[Send], Any]:
    async def answer(send: Send) -> None:
        await _send(send, status, body, kind, **headers)

    return answer


BAD_DAYS: dict[str, Callable[[Send], Any]] = {
    "silent": _silent,
    "trickle": _trickle,
    "cut": _cut,
    "huge": _huge,
    "429": _always(429, b"{}", retry_after="0"),
    "429 for long": _always(429, b"{}", retry_after="3600"),
    "500": _always(500, b"oops"),
    "503": _always(503, b"{}"),
    "404": _always(404, b"{}"),
    "broken json": _always(200, b'{"content": ['),
    "deep json": _always(200, b"[" * 100_000),
    "other json": _always(200, b'{"message": "ok"}'),
    "a list": _always(200, b"[1, 2, 3]"),
    "null": _always(200, b"null"),
    "wrong types": _always(
        200, b'{"content": [{"code": {"a": 1}}], "error_code": "00", "result": "none", "Quatrinh": 7, "info": "x"}'
    ),
    "wrong dates": _always(
        200,
        b'{"content": [{"code": "H49.22-261103-0345", "dossierStatus": "x", "appointmentDate": "soon"}],'
        b' "error_code": "00", "result": [{"MaHoSo": "G22.99.08-261102-104233", "TrangThaiHoSo": "4",'
        b' "NgayHenTra": "mai"}],'
        b' "info": {"Tthoso": {"Sohoso": "03706/2026/07906", "Ngayhentra": "mai"}}}',
    ),
    "html": _always(200, HTML, "text/html"),
    "empty": _always(200, b""),
    "not utf-8": _always(200, b'{"content": "\xff\xfe"}'),
    "login page": _always(302, b"", "text/html", location="/login"),
    "forbidden": _always(403, b"{}"),
}


class _Quiet(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """The test's own."""


@asynccontextmanager
async def portal_server(portal: Portal | None = None) -> AsyncIterator[Portal]:
    """A running server; its address is in ``url``."""
    portal = portal or Portal()
    config = uvicorn.Config(
        PortalApp(portal), host="127.0.0.1", port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=1
    )
    server = _Quiet(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    portal.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield portal
    finally:
        server.should_exit = server.force_exit = True
        await task
