"""What channels share: cutting long text where a reader would, and lists where there are no buttons."""

from __future__ import annotations

import hmac
import unicodedata

from starlette.datastructures import Headers

from handlers.messages import Message

JOINER = "\u200d"


def has_secret(headers: Headers, name: str, secret: str) -> bool:
    """Whether the header ``name`` is ``secret``; in constant time, so that it cannot be guessed letter by letter.

    Of two such headers each could be the one that a server in front of us has looked at: they are none.
    """
    given = headers.getlist(name)
    return len(given) == 1 and hmac.compare_digest(given[0].encode(), secret.encode())


def split_text(text: str, limit: int) -> list[str]:
    """``text`` in pieces of at most ``limit`` characters, cut between paragraphs, lines, sentences or words.

    Signs outside the basic plane, such as most emoji, count twice, as they do in UTF-16: platforms do not agree. A
    ``**bold**`` mark never stands open at the end of a piece.
    """
    pieces: list[str] = []
    rest = text.strip()
    while (room := _fitting(rest, limit)) < len(rest):
        cut = _best_cut(rest, room)
        piece, rest = rest[:cut].rstrip(), rest[cut:].lstrip()
        if piece.count("**") % 2:
            piece, rest = piece + "**", "**" + rest
        pieces.append(piece)
    return [*pieces, rest] if rest else pieces


def _fitting(text: str, limit: int) -> int:
    """How many characters at the beginning of ``text`` fit."""
    if len(text) * 2 <= limit or (len(text) <= limit and text.isascii()):
        return len(text)
    used = 0
    for number, character in enumerate(text[: limit + 1]):
        used += 2 if character > "\uffff" else 1
        if used > limit:
            return number
    return len(text)


def _best_cut(text: str, limit: int) -> int:
    room = limit - 2  # for a closing mark
    for mark in ("\n\n", "\n", ". ", " "):
        cut = text.rfind(mark, limit // 3, room)
        if cut > 0:
            return cut + len(mark.rstrip(" ")) if mark == ". " else cut
    # No place to breathe: neither a mark nor a letter with what belongs to it is cut in two.
    while room > limit // 2 and (text[room - 1 : room + 1] == "**" or _belong_together(text[room - 1], text[room])):
        room -= 1
    return room


def _belong_together(left: str, right: str) -> bool:
    return unicodedata.category(right) in {"Mn", "Me", "Mc", "Cf", "Sk"} or left == JOINER


def with_links(message: Message) -> str:
    """The text of ``message`` with its links written out, for a channel that has no buttons."""
    links = [f"{button.label}: {button.url}" for button in message.buttons if button.url]
    return "\n".join([message.text, *links])
