"""Links that lead to an entry: what stands in them, and the buttons that carry them.

A payload is ``<slug>`` or ``<slug>_<part>``, of the 1 to 64 characters that Telegram allows there. Whoever can write a
link can write any payload: it only ever chooses what is shown.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from handlers.buttons import CARD, read_press
from handlers.messages import Button, Links
from handlers.texts import vi
from knowledge.record import Record

_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
DOSSIER, FEEDBACK, HELP = "hoso", "gopy", "help"
COMMANDS = frozenset({DOSSIER, FEEDBACK, HELP, "canbo"})
"""Commands that a link may give. None of them changes anything: a link must not erase a conversation."""


def payload_for(slug: str, part: str = CARD) -> str | None:
    """What stands in a link to ``part`` of an entry; ``None`` when it would not fit."""
    payload = slug if part == CARD else f"{slug}_{part}"
    return payload if _PAYLOAD.fullmatch(payload) else None


def read_payload(payload: str) -> tuple[str, str] | None:
    """(slug or command, part) of a payload, whoever wrote it; ``None`` when it is none of ours."""
    if not _PAYLOAD.fullmatch(payload):
        return None
    slug, _, part = payload.partition("_")
    return slug, part or CARD


def private_button(links: Links, payload: str) -> tuple[Button, ...]:
    """The way from a group into a private chat with us."""
    return (Button(vi.PRIVATE_BUTTON, url=links.start.format(payload=payload)),) if links.start else ()


def share_button(links: Links, record: Record) -> tuple[Button, ...]:
    """Hands a link to ``record`` on to somebody else."""
    payload = payload_for(record.slug)
    if not links.share or payload is None:
        return ()
    return (Button(vi.SHARE_BUTTON, url=links.share.format(payload=payload, title=quote(record.label))),)


def as_links(buttons: tuple[Button, ...], links: Links) -> tuple[Button, ...]:
    """``buttons`` for a message that stands where we cannot be pressed: each leads into a private chat."""
    led = [_as_link(button, links) for button in buttons]
    return tuple(button for button in led if button)


def _as_link(button: Button, links: Links) -> Button | None:
    press = read_press(button.data) if button.data is not None else None
    if press is None:
        return button if button.url else None
    payload = payload_for(press.slug, press.part) if press.kind == "part" else None
    return Button(button.label, url=links.start.format(payload=payload)) if payload and links.start else None
