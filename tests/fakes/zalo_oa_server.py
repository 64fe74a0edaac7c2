"""A Zalo Official Account of our own on loopback: its API, its server for tokens, and the webhook's other end.

    async with ZaloOaServer() as server:        # server.url goes into ZALO_OA_API_URL
        server.webhook = "http://127.0.0.1:…/zalo/oa/webhook"
        an = server.user("An")
        await an.say("xin chào")
        reply = await an.wait_reply()            # reply.text, reply.labels

Strict: refuses what Zalo refuses (see ``bot/channels/zalo_facts.py``), and what nobody has seen it take. A refresh
token is good for one use; using it again is counted.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from tests.fakes.loopback import PATIENCE, Answer, Call, Loopback, Request
from tests.fakes.zalo_bot_server import ApiError, readable

APP, APP_SECRET, OA_SECRET = "1234567890", "app-secret-key", "oa-secret-key"
OA = "2000000000000000001"
SEND, TOKEN = "/v3.0/oa/message/cs", "/v4/oa/access_token"
NAMES = {SEND: "send", TOKEN: "token"}
FREE = timedelta(hours=48)


def oa_error(code: int, words: str = "refused") -> Answer:
    """Zalo's way of refusing: 200 with a number."""
    return Answer({"error": code, "message": words})


@dataclass(frozen=True)
class Shown:
    """One message as the person sees it."""

    text: str
    buttons: list[dict[str, Any]] = field(default_factory=list)

    @property
    def labels(self) -> list[str]:
        return [button["title"] for button in self.buttons]


class Person:
    """Somebody who follows the account."""

    def __init__(self, server: ZaloOaServer, number: str, name: str) -> None:
        self.server, self.id, self.name = server, number, name
        self.follows = True
        self.last_word: datetime | None = None
        self.shown: list[Shown] = []
        self._unread: asyncio.Queue[Shown] = asyncio.Queue()

    async def say(self, text: str, **message: Any) -> int:
        return await self.does("user_send_text", text=text, **message)

    async def does(self, event: str, **message: Any) -> int:
        """Send anything: ``attachments=[…]``; returns the status of our webhook."""
        self.last_word = self.server.clock()
        body = self.server.event(event, sender={"id": self.id}, recipient={"id": OA}, user_id_by_app=self.id)
        return await self.server.deliver(body | {"message": {"msg_id": secrets.token_hex(12), **message}})

    async def follow(self, event: str = "follow") -> int:
        self.follows = event == "follow"
        self.last_word = self.server.clock()
        return await self.server.deliver(self.server.event(event, follower={"id": self.id}, oa_id=OA, source="search"))

    async def press(self, label: str) -> None:
        """Press the newest button that says ``label``."""
        for shown in reversed(self.shown):
            for button in shown.buttons:
                if button["title"] == label:
                    await self.say(button["payload"])
                    return
        raise AssertionError(f"no button {label!r} in {[shown.labels for shown in self.shown]}")

    async def wait_reply(self) -> Shown:
        try:
            return await asyncio.wait_for(self._unread.get(), PATIENCE)
        except TimeoutError:
            raise AssertionError(f"no reply to {self.name}: {self.server.calls[-6:]}") from None

    @property
    def unread(self) -> int:
        return self._unread.qsize()

    def show(self, shown: Shown) -> None:
        self.shown.append(shown)
        self._unread.put_nowait(shown)


class ZaloOaServer(Loopback):
    """``clock`` is the time on Zalo's side; ``life`` the seconds an access token lives."""

    def __init__(self, clock: Callable[[], datetime], life: int = 90_000) -> None:
        super().__init__()
        self.clock, self.life = clock, life
        self.webhook = ""
        self.access = ""
        self.refresh = "first-refresh-token"
        self.refreshed = 0
        self.reused = 0
        """How often a refresh token was used a second time: a pair lost."""
        self.photos: dict[str, Answer] = {}
        self._ends = clock()
        self._people: dict[str, Person] = {}

    def user(self, name: str = "An") -> Person:
        number = str(secrets.randbelow(9 * 10**18) + 10**18)
        self._people[number] = Person(self, number, name)
        return self._people[number]

    def photo(self, content: bytes, kind: str = "image/jpeg") -> str:
        path = f"/photo/{secrets.token_hex(6)}"
        self.photos[path] = Answer(content, kind=kind)
        return self.url + path

    def consent(self) -> str:
        """An administrator consents anew; the refresh token for the settings."""
        self.refresh, self.access = f"consent-{secrets.token_hex(8)}", ""
        return self.refresh

    # Webhook

    def event(self, name: str, **content: Any) -> dict[str, Any]:
        stamp = str(int(self.clock().timestamp() * 1000))
        return {"app_id": APP, "event_name": name, "timestamp": stamp, **content}

    async def deliver(self, event: dict[str, Any]) -> int:
        """Post an event as Zalo does; the status of the answer."""
        body = json.dumps(event, ensure_ascii=False).encode()
        return await self.post(body, sign(body, str(event["timestamp"])))

    async def post(self, body: bytes, signature: str | None) -> int:
        headers = {b"content-type": b"application/json"}
        headers |= {} if signature is None else {b"X-ZEvent-Signature": signature.encode("latin-1")}
        async with httpx.AsyncClient() as client:
            return (await client.post(self.webhook, content=body, headers=headers)).status_code

    # API

    def name(self, request: Request) -> str:
        return NAMES.get(request.path, "photo" if request.path in self.photos else "unknown")

    async def answer(self, request: Request) -> Answer:
        name = self.name(request)
        if name == "photo":
            return self.photos[request.path]
        if name == "unknown" or request.verb != "POST":
            return Answer(b"<html>404</html>", 404, "text/html")
        call = Call(name, {})
        self.calls.append(call)
        try:
            call.params = request.fields
            return self._token(request, call.params) if name == "token" else self._send(request, call.params)
        except ApiError as error:
            call.error = error.code
            return oa_error(error.code, error.words)
        finally:
            self.notify()

    def _token(self, request: Request, form: dict[str, Any]) -> Answer:
        if request.headers.get("secret_key") != APP_SECRET:
            raise ApiError(-14004, "Invalid secret key")
        if set(form) != {"app_id", "grant_type", "refresh_token"} or form["app_id"] != APP:
            raise ApiError(-14002, "Invalid app id")
        if form["grant_type"] != "refresh_token":
            raise ApiError(-14005, "Invalid grant type")
        if form["refresh_token"] != self.refresh:
            self.reused += 1
            raise ApiError(-14014, "Invalid refresh token")
        self.refreshed += 1
        self.access, self.refresh = f"access-{secrets.token_hex(8)}", f"refresh-{secrets.token_hex(8)}"
        self._ends = self.clock() + timedelta(seconds=self.life)
        # A number as text, as some have seen it.
        pair = {"access_token": self.access, "refresh_token": self.refresh, "expires_in": str(self.life)}
        return Answer(pair)

    def _send(self, request: Request, content: dict[str, Any]) -> Answer:
        if request.headers.get("access_token") != self.access or not self.access or self.clock() > self._ends:
            raise ApiError(-216, "Access token is invalid")
        if set(content) != {"recipient", "message"} or set(content["recipient"]) != {"user_id"}:
            raise ApiError(-201, "Params is invalid")
        person = self._people.get(content["recipient"]["user_id"])
        if person is None or not person.follows:
            raise ApiError(-213, "User has not followed OA")
        if person.last_word is None or self.clock() - person.last_word > FREE:
            raise ApiError(-230, "User has not interacted with the OA")
        person.show(_shown(content["message"]))
        return Answer({"error": 0, "message": "Success", "data": {"message_id": secrets.token_hex(10)}})


def sign(body: bytes, stamp: str, secret: str = OA_SECRET, app: str = APP) -> str:
    return "mac=" + hashlib.sha256(app.encode() + body + stamp.encode() + secret.encode()).hexdigest()


def _shown(message: dict[str, Any]) -> Shown:
    try:
        text = readable(message.get("text"))
    except ApiError:
        raise ApiError(-201, "text is invalid") from None
    if set(message) - {"text", "attachment"}:
        raise ApiError(-201, "unknown field")
    if "attachment" not in message:
        return Shown(text)
    attachment = message["attachment"]
    if attachment.get("type") != "template" or set(attachment["payload"]) != {"buttons"}:
        raise ApiError(-201, "attachment is invalid")
    buttons = attachment["payload"]["buttons"]
    if not 1 <= len(buttons) <= 5 or not all(map(_good, buttons)):
        raise ApiError(-201, "buttons are invalid")
    return Shown(text, buttons)


def _good(button: dict[str, Any]) -> bool:
    if set(button) != {"title", "type", "payload"} or not 1 <= len(button["title"]) <= 100:
        return False
    if button["type"] == "oa.open.url":
        return set(button["payload"]) == {"url"} and button["payload"]["url"].startswith("https://")
    return button["type"] in {"oa.query.hide", "oa.query.show"} and 1 <= len(button["payload"]) <= 1000
