"""The Bot API as its publisher's documentation has it, read by others: a witness for our bot and for our fake.

``bot_api.json`` holds names, types and duties, taken from a schema that the authors of aiogram make from the
documentation. What is not in it is not looked into.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_SCHEMA = json.loads(Path(__file__).with_name("bot_api.json").read_text(encoding="utf-8"))
METHODS: dict[str, dict[str, tuple[str, bool]]] = _SCHEMA["methods"]
TYPES: dict[str, dict[str, tuple[str, bool]]] = _SCHEMA["types"]
PLAIN: dict[str, type | tuple[type, ...]] = {
    "Integer": int,
    "String": str,
    "Boolean": bool,
    "Float": (int, float),
    "True": bool,
}
KINDS = {
    # A type that stands for several: which of them it is.
    "MaybeInaccessibleMessage": lambda value: "Message" if value.get("date") else "InaccessibleMessage",
    "ChatMember": lambda value: {"kicked": "ChatMemberBanned", "left": "ChatMemberLeft"}.get(
        value.get("status"), "ChatMemberMember"
    ),
    "MessageOrigin": lambda _: "MessageOriginHiddenUser",
    "BotCommandScope": lambda value: {
        "default": "BotCommandScopeDefault",
        "all_group_chats": "BotCommandScopeAllGroupChats",
    }.get(value.get("type"), "BotCommandScope"),
    "InlineQueryResult": lambda _: "InlineQueryResultArticle",
    "InputMessageContent": lambda _: "InputTextMessageContent",
}


def wrong_in_call(method: str, params: dict[str, Any]) -> list[str]:
    """What the documentation has against a call of ours; ``params`` as they came, in a form or as JSON."""
    if method not in METHODS:
        return [f"{method}: no such method"]
    return list(_wrong_in(method, METHODS[method], params, in_form=True))


def wrong_in(kind: str, value: Any) -> list[str]:
    """What it has against an object of type ``kind``."""
    return list(_wrong(kind, kind, value, in_form=False))


def _wrong_in(
    where: str, fields: dict[str, tuple[str, bool]], value: dict[str, Any], *, in_form: bool
) -> Iterator[str]:
    for name, (_, required) in fields.items():
        if required and name not in value:
            yield f"{where}.{name} is missing"
    for name, content in value.items():
        if name not in fields:
            yield f"{where}.{name} is unknown"
        else:
            yield from _wrong(fields[name][0], f"{where}.{name}", content, in_form=in_form)


def _wrong(kind: str, where: str, value: Any, *, in_form: bool) -> Iterator[str]:
    if " or " in kind:
        if all(list(_wrong(one, where, value, in_form=in_form)) for one in kind.split(" or ")):
            yield f"{where} is none of {kind}"
    elif kind.startswith("Array of ") and isinstance(value, list):
        for number, one in enumerate(value):
            yield from _wrong(kind.removeprefix("Array of "), f"{where}[{number}]", one, in_form=False)
    elif kind in PLAIN:
        if not _is_plain(kind, value, in_form=in_form):
            yield f"{where} is no {kind}: {value!r}"
    elif not isinstance(value, dict):
        yield f"{where} is no {kind}: {value!r}"
    else:
        known = KINDS.get(kind, lambda _: kind)(value)
        yield from _wrong_in(where, TYPES[known], value, in_form=False) if known in TYPES else ()


def _is_plain(kind: str, value: Any, *, in_form: bool) -> bool:
    if in_form and isinstance(value, str) and kind != "String":
        # In a form everything is text.
        return value in {"true", "false"} if kind == "Boolean" else value.lstrip("-").isdecimal()
    if isinstance(value, bool):
        return kind == "Boolean" or (kind == "True" and value)
    return isinstance(value, PLAIN[kind])
