"""Updates of the Zalo Bot platform, in whichever of its three shapes, as what we keep of them."""

from __future__ import annotations

from typing import Any

from bot.channels.zalo_facts import (
    BOT_HIDDEN,
    BOT_IMAGE,
    BOT_PHOTO_KEYS,
    BOT_PRIVATE,
    BOT_SPOKEN,
    BOT_TEXT,
    BOT_WORDLESS,
)
from bot.channels.zalo_text import address, identifier, payload

Event = tuple[str, str, dict[str, Any]]
"""Event id, chat, and what is kept."""


def read_update(raw: object, names: tuple[str, ...] = ()) -> Event | None:
    """The event in ``raw``; ``None`` for what needs no answer. ``names`` are the bot's, left out in groups.

    The body of a webhook is documented as ``{"ok": …, "result": update}``; captured ones are the update itself.
    """
    if not isinstance(raw, dict):
        return None
    update = raw["result"] if isinstance(raw.get("result"), dict) else raw
    message = update.get("message")
    if not isinstance(message, dict):
        return None
    kind = _kind(update, message)
    number, chat = identifier(message.get("message_id")), identifier(_of(message, "chat").get("id"))
    if not number or not chat or not kind or _of(message, "from").get("is_bot") is True:
        return None
    kept = _group(kind, chat, message, names) if _is_group(message, chat) else _private(kind, chat, message)
    return (f"{kind}:{number}", chat, kept) if kept else None


def _kind(update: dict[str, Any], message: dict[str, Any]) -> str:
    """The name of the event; an older form has none, and then the fields tell."""
    name = update.get("event_name")
    if isinstance(name, str) and name:
        return name
    if isinstance(message.get("text"), str):
        return BOT_TEXT
    if _photo(message):
        return BOT_IMAGE
    return next((kind for kind in sorted(BOT_WORDLESS) if kind.split(".")[1] in message), "")


def _private(kind: str, chat: str, message: dict[str, Any]) -> dict[str, Any] | None:
    if kind == BOT_TEXT:
        return payload(chat, message.get("text"))
    if kind == BOT_IMAGE:
        return payload(chat, message.get("caption"), photo=_photo(message))
    if kind == BOT_HIDDEN:
        return payload(chat, hidden=True)
    return payload(chat, spoken=kind == BOT_SPOKEN) if kind in BOT_WORDLESS else None


def _group(kind: str, chat: str, message: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any] | None:
    """Only words are answered among others: no picture of anybody's papers is looked at there."""
    words = message.get("text") if kind == BOT_TEXT else message.get("caption") if kind == BOT_IMAGE else None
    if not isinstance(words, str):
        return None
    for name in names:
        words = words.replace(f"@{name}", " ")
    return payload(chat, words.strip(), private=False) if words.strip() else None


def _is_group(message: dict[str, Any], chat: str) -> bool:
    kind = _of(message, "chat").get("chat_type")
    # Where it is not said: in a private chat, the chat is the person.
    return kind != BOT_PRIVATE if isinstance(kind, str) else chat != identifier(_of(message, "from").get("id"))


def _photo(message: dict[str, Any]) -> str | None:
    return next((address(message[key]) for key in BOT_PHOTO_KEYS if key in message), None)


def _of(message: dict[str, Any], key: str) -> dict[str, Any]:
    inner = message.get(key)
    return inner if isinstance(inner, dict) else {}
