"""Telegram's webhook: who may call it, and what is kept of an update."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from bot.settings import Settings

PATH = "/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (its name)
HOLDERS = ("message", "edited_message", "channel_post", "edited_channel_post", "callback_query", "my_chat_member")


def webhook_secret(settings: Settings) -> str:
    """The same after every start, or Telegram's calls would be refused until it is told the new one."""
    given = settings.telegram_webhook_secret.get_secret_value()
    if given:
        return given
    key = f"{settings.secret_key.get_secret_value()}\0{settings.telegram_token.get_secret_value()}"
    digest = hmac.new(key.encode(), b"telegram webhook", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def to_event(raw: object, bot_id: str) -> tuple[str, str, dict[str, Any]] | None:
    """(event id, chat, payload) of an update as it comes from Telegram; ``None`` for what is none.

    The bot's number belongs to the event: another bot counts its updates anew.
    """
    if not isinstance(raw, dict) or not isinstance(raw.get("update_id"), int):
        return None
    return f"{bot_id}:{raw['update_id']}", _chat_of(raw), raw


def _chat_of(raw: dict[str, Any]) -> str:
    """The chat that must be kept in order; what belongs to none is in order by its person, or by itself."""
    for name in HOLDERS:
        content = raw.get(name)
        if isinstance(content, dict):
            message = content.get("message") if name == "callback_query" else content
            chat = message.get("chat") if isinstance(message, dict) else None
            if isinstance(chat, dict) and isinstance(chat.get("id"), int):
                return str(chat["id"])
    for content in raw.values():
        person = content.get("from") if isinstance(content, dict) else None
        if isinstance(person, dict) and isinstance(person.get("id"), int):
            return f"person {person['id']}"
    return f"update {raw['update_id']}"
