"""Take out of a text what could name a person, before it is written anywhere."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

_MASKS = (
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "[thư điện tử]"),
    (re.compile(r"https?://\S+"), "[liên kết]"),
    # Receipt codes and identity, telephone or account numbers, with the dots and spaces people put in.
    (re.compile(r"\b(?:[HG]\d{2}|\d{3}(?:\.\w{2,3})+)[\w.\-/]*\d", re.I), "[mã số]"),
    (re.compile(r"(?:\+?\d[ .\-/]?){8,}\d"), "[số]"),
)
MAX_KEPT = 300


def mask(text: str) -> str:
    """``text`` without numbers of eight digits or more, addresses and codes, on one line, cut to 300 characters."""
    masked = unicodedata.normalize("NFC", text)
    for pattern, label in _MASKS:
        masked = pattern.sub(label, masked)
    return " ".join(masked.split())[:MAX_KEPT]


def chat_key(secret: str, channel: str, chat: str) -> str:
    """The name under which a conversation is kept: the platform's id cannot be read back from it."""
    return hmac.new(secret.encode(), f"{channel}\0{chat}".encode(), hashlib.sha256).hexdigest()
