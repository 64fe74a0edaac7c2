"""Buttons as numbers, for channels that have none: “1” presses the first button of the last answer.

What the numbers mean is part of the conversation, so any worker understands them. Data that holds a receipt code is
sealed like everything else that is kept of dossiers; without a key such a button is left out.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace

from handlers.messages import Message, Outcome
from handlers.texts import vi
from handlers.turn import Turn
from knowledge.understanding.normalize import fold

_NUMBER = re.compile(r"\W*(?:(?:so|chon|muc|bam)\s+)?(\d{1,2})\W*")
_DOSSIER = "d:"


def pressed(turn: Turn) -> Turn:
    """``turn`` as the press of a button, when its text is a number of the last answer."""
    number = _NUMBER.fullmatch(fold(turn.text)) if turn.conversation.menu and turn.incoming.data is None else None
    menu = _read(turn) if number else []
    index = int(number.group(1)) - 1 if number else -1
    if not 0 <= index < len(menu):
        return turn
    return replace(turn, incoming=replace(turn.incoming, text="", data=menu[index]))


def numbered(turn: Turn, outcome: Outcome) -> Outcome:
    """``outcome`` with its buttons written out below the text, and what each number means remembered."""
    may_keep = turn.services is not None and turn.services.vault.on
    menu: list[str] = []
    written: dict[int, Message] = {}
    messages = outcome.reply.messages
    # A text that numbers its choices itself keeps its numbers; the buttons of the others follow.
    for position in sorted(range(len(messages)), key=lambda n: not _counts_itself(messages[n])):
        written[position] = _written_out(messages[position], menu, may_keep=may_keep)
    reply = replace(outcome.reply, messages=tuple(written[n] for n in range(len(messages))))
    return replace(outcome, reply=reply, conversation=replace(outcome.conversation, menu=_kept(turn, menu)))


def _counts_itself(message: Message) -> bool:
    first = next((button for button in message.buttons if button.data is not None), None)
    return first is not None and f"\n1. {first.label}" in message.text


def _written_out(message: Message, menu: list[str], *, may_keep: bool) -> Message:
    lines, links, itself = [], [], _counts_itself(message)
    for button in message.buttons:
        if button.data is None:
            links.append(f"{button.label}: {button.url}")
        elif may_keep or not button.data.startswith(_DOSSIER):
            menu.append(button.data)
            line = f"{len(menu)}. {button.label}"
            lines += [] if f"\n{line}" in message.text else [line]
    text = message.text
    for tapping, typing in vi.TAP_OR_TYPE:
        text = text.replace(tapping, typing)
    head = [vi.TYPE_A_NUMBER] if lines and not itself else []
    return Message("\n".join([text, *links, *head, *lines]), (), message.image)


def _kept(turn: Turn, menu: list[str]) -> str | None:
    if not menu:
        return None
    text = json.dumps(menu)
    secret = any(data.startswith(_DOSSIER) for data in menu)
    return turn.services.vault.seal(text) if secret and turn.services else text


def _read(turn: Turn) -> list[str]:
    kept = turn.conversation.menu or ""
    if not kept.startswith("[") and turn.services:
        kept = turn.services.vault.open(kept) or "[]"
    menu: list[str] = json.loads(kept)
    return menu
