"""A photo of the receipt: what its QR code or barcode holds, or how to take a better one."""

from __future__ import annotations

import re

from handlers.messages import Reply, say
from handlers.texts import dossier as words
from handlers.turn import Turn
from knowledge.dossiers import find_codes
from knowledge.dossiers.photo import PhotoRead, PhotoReader

_HOST = re.compile(r"^https?://([\w.\-]{1,80})", re.I)


async def read(turn: Turn, picture: bytes) -> tuple[str, Reply]:
    """(the text that holds dossier codes, what to say instead when there is none)."""
    reader = turn.services.photos if turn.services else PhotoReader()
    photo = await reader.read(picture)
    if photo.citizen_card:
        # Not a character of it goes further, whatever else the photo shows.
        return "", say(words.PHOTO_CITIZEN_CARD)
    held = "\n".join([*photo.texts, turn.text])
    if find_codes(held, turn.today):
        return held, say("")
    return "", say(_instead(photo))


def _instead(photo: PhotoRead) -> str:
    if photo.trouble:
        return words.PHOTO_TROUBLE[photo.trouble]
    if photo.payment:
        return words.PHOTO_PAYMENT
    hosts = [match.group(1).lower() for text in photo.texts if (match := _HOST.match(text))]
    if hosts:
        official = hosts[0].endswith(".gov.vn")
        return words.PHOTO_LINK.format(host=f" **{hosts[0]}**" if official else " không phải .gov.vn")
    return words.PHOTO_OTHER_CODE
