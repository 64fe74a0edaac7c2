"""The web chat: one JSON request is one message, its response is the reply."""

from __future__ import annotations

import secrets
from ipaddress import ip_address, ip_network
from typing import Annotated, Any

from fastapi import APIRouter, Cookie, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from bot.desk import Desk
from handlers.messages import MAX_DATA_BYTES, MAX_TEXT, Incoming, Message, Reply, plain
from handlers.texts import vi

CHANNEL = "web"
COOKIE = "motcua"
PHOTO_PATH = "/api/photo"
NETWORK_BITS = {4: 24, 6: 48}
SessionId = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")]


class ChatRequest(BaseModel):
    """What the page sends: a text, or the data of a pressed button."""

    model_config = ConfigDict(extra="forbid")

    session: SessionId
    text: Annotated[str, StringConstraints(max_length=MAX_TEXT * 2)] | None = None
    data: Annotated[str, StringConstraints(max_length=MAX_DATA_BYTES * 2)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> ChatRequest:
        if (self.text is None) == (self.data is None):
            raise ValueError("send either text or data")
        return self


def chat_routes(desk: Desk) -> APIRouter:
    """``POST /api/chat``, as the contract has it, and ``POST /api/photo?session=…`` with an image as its body."""
    router = APIRouter()

    async def answer(incoming: Incoming) -> dict[str, Any]:
        reply = await desk.answer(incoming)
        if reply is None:
            raise HTTPException(409, "answered before")
        return to_json(reply)

    @router.post("/api/chat")
    async def chat(
        request: ChatRequest, http: Request, motcua: Annotated[str | None, Cookie()] = None
    ) -> dict[str, Any]:
        return await answer(to_incoming(request, motcua, _network(desk, http)))

    @router.post(PHOTO_PATH)
    async def photo(
        session: SessionId, http: Request, motcua: Annotated[str | None, Cookie()] = None
    ) -> dict[str, Any]:
        if not http.headers.get("content-type", "").startswith("image/"):
            raise HTTPException(415, vi.NOT_AN_IMAGE)
        chat = _chat(session, motcua)
        return await answer(Incoming(CHANNEL, chat, photo=await http.body(), network=_network(desk, http)))

    return router


def to_incoming(request: ChatRequest, cookie: str | None, network: str = "") -> Incoming:
    """The request as an :class:`Incoming`."""
    text = (request.text or "")[:MAX_TEXT]
    return Incoming(CHANNEL, _chat(request.session, cookie), text, request.data, network=network)


def _chat(session: str, cookie: str | None) -> str:
    """A browser's conversation belongs to its cookie as well as to the session id, so that somebody else's id
    leads to a conversation of one's own."""
    return f"{session} {cookie or ''}"


def _network(desk: Desk, http: Request) -> str:
    """A keyed hash of the client's neighbourhood: one household or office, however many sessions it opens."""
    try:
        address = ip_address(http.client.host if http.client else "")
    except ValueError:
        return ""
    mask = NETWORK_BITS[address.version]
    return desk.services.vault.mark("network", str(ip_network(f"{address}/{mask}", strict=False)))


def to_json(reply: Reply) -> dict[str, Any]:
    """The reply as the contract's JSON; ``markup`` is the text with its ``**bold**`` marks, for the page."""
    return {
        "messages": [_message(message) for message in reply.messages],
        "decision": reply.decision,
        "procedure": reply.procedure,
        "facet": reply.facet,
        "choices": list(reply.choices),
    }


def _message(message: Message) -> dict[str, Any]:
    buttons = [
        {"label": button.label, **({"url": button.url} if button.url else {"data": button.data})}
        for button in message.buttons
    ]
    shown = {"text": plain(message.text), "markup": message.text, "buttons": buttons}
    return shown | ({"image": message.image} if message.image else {})


def set_cookie(response: Response, present: str | None, *, secure: bool) -> None:
    """Give a browser the cookie that its conversation belongs to; it ends with the browser."""
    if not present:
        response.set_cookie(COOKIE, secrets.token_urlsafe(24), httponly=True, samesite="strict", secure=secure)
