"""Webhook events of a Zalo Official Account: whether they are Zalo's, and what we keep of them."""

from __future__ import annotations

import hashlib
import hmac
import math
from datetime import UTC, datetime
from typing import Any

from bot.channels import zalo_facts as facts
from bot.channels.zalo_text import address, identifier, payload

Event = tuple[str, str, dict[str, Any]]
"""Event id, chat, and what is kept."""

_BUTTON_MARK = 12


def signature(app: str, body: bytes, timestamp: str, secret: str) -> str:
    """What stands in ``X-ZEvent-Signature``: plain SHA-256 over the bytes as they came, not an HMAC (likely)."""
    return "mac=" + hashlib.sha256(app.encode() + body + timestamp.encode() + secret.encode()).hexdigest()


def is_signed(body: bytes, event: object, given: str, app: str, secret: str) -> bool:
    """Whether ``body`` was signed for our app."""
    if not isinstance(event, dict) or identifier(event.get("app_id")) != app:
        return False
    stamp = identifier(event.get("timestamp"))
    wanted = signature(app, body, stamp, secret)
    given = given if given.startswith("mac=") else f"mac={given}"
    return hmac.compare_digest(given.lower().encode(), wanted.encode())


def is_recent(event: object, now: datetime) -> bool:
    """Whether the event may still come: not after the last time that Zalo would send it again."""
    stamp = identifier(event.get("timestamp")) if isinstance(event, dict) else ""
    if not stamp.isdecimal() or len(stamp) > 15:
        return False
    age = now - datetime.fromtimestamp(int(stamp) / 1000, UTC)
    return -facts.OA_AHEAD <= age <= facts.OA_RETRY


def read_event(event: dict[str, Any], secret: str) -> Event | None:
    """The event as we keep it; ``None`` for what needs no answer, above all the echoes of our own messages."""
    kind = event.get("event_name")
    if kind in {facts.OA_FOLLOW, facts.OA_UNFOLLOW}:
        return _following(event, str(kind), secret)
    message, chat = _of(event, "message"), identifier(_of(event, "sender").get("id"))
    number = identifier(message.get("msg_id"))
    kept = _said(str(kind), chat, message, secret) if chat and number else None
    return (number, chat, kept) if kept else None


def _said(kind: str, chat: str, message: dict[str, Any], secret: str) -> dict[str, Any] | None:
    text = message.get("text")
    if kind == facts.OA_TEXT:
        pressed = read_button(text, secret) if isinstance(text, str) else None
        return payload(chat, "" if pressed else text) | {"data": pressed}
    if kind == facts.OA_IMAGE:
        return payload(chat, text, photo=address(_attachment(message).get("url")))
    if kind == facts.OA_LOCATION:
        place = _place(_attachment(message).get("coordinates")) or _place(message.get("location"))
        return payload(chat, "" if place else text) | {"location": place}
    return payload(chat, text, spoken=kind == facts.OA_SPOKEN) if kind in facts.OA_WORDLESS else None


def _following(event: dict[str, Any], kind: str, secret: str) -> Event | None:
    """Somebody begins or ends to follow: greeted with the answer to ``/start``, or forgotten."""
    chat = identifier(_of(event, "follower").get("id"))
    if not chat:
        return None
    # There is no message id. The person's id must not stand in ours, so the event's is a keyed hash.
    said = f"{kind} {chat} {identifier(event.get('timestamp'))}"
    number = hmac.new(secret.encode(), said.encode(), "sha256").hexdigest()[:32]
    kept = payload(chat, "/start" if kind == facts.OA_FOLLOW else "")
    return (f"{kind}:{number}", chat, kept | {"gone": kind == facts.OA_UNFOLLOW})


# A button's payload comes back as if the person had typed it. It is ours only with our mark.


def button_payload(data: str, secret: str) -> str:
    """``data`` as the payload of a button."""
    return f"{_mark(data, secret)} {data}"


def read_button(text: str, secret: str) -> str | None:
    """The data behind ``text``; ``None`` when it is what a person wrote."""
    mark, _, data = text.partition(" ")
    return data if data and hmac.compare_digest(mark.encode(), _mark(data, secret).encode()) else None


def _mark(data: str, secret: str) -> str:
    digest = hmac.new(secret.encode(), b"button\0" + data.encode(errors="replace"), "sha256").hexdigest()
    return f"#{digest[:_BUTTON_MARK]}"


def _attachment(message: dict[str, Any]) -> dict[str, Any]:
    found = message.get("attachments")
    first = found[0] if isinstance(found, list) and found else None
    return _of(first, "payload") if isinstance(first, dict) else {}


def _place(found: object) -> list[float] | None:
    """Latitude and longitude, which come as text."""
    if not isinstance(found, dict):
        return None
    try:
        lat, lon = float(found["latitude"]), float(found["longitude"])
    except (KeyError, TypeError, ValueError):
        return None
    return [lat, lon] if math.isfinite(lat) and abs(lat) <= 90 and abs(lon) <= 180 else None


def _of(outer: dict[str, Any], key: str) -> dict[str, Any]:
    inner = outer.get(key)
    return inner if isinstance(inner, dict) else {}
