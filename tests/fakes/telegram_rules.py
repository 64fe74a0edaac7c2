"""What Telegram's Bot API accepts, and in which words it refuses the rest (Bot API 10; tdlib's HTML parser)."""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from urllib.parse import urlsplit

MAX_TEXT = 4096
MAX_DATA_BYTES = 64
MAX_BUTTONS, MAX_ROW = 100, 8
MAX_COMMANDS = 100
UPDATE_KINDS = {
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "inline_query",
    "chosen_inline_result",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "message_reaction",
    "message_reaction_count",
    "poll",
    "poll_answer",
}
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
CHAT_ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_PIECE = re.compile(
    r"<(?P<end>/?)(?P<tag>[A-Za-z][\w-]*)(?P<rest>[^<>]*)>"
    r"|&(?:(?P<named>lt|gt|amp|quot)|#(?P<decimal>\d+)|#x(?P<hex>[0-9A-Fa-f]+));"
    r"|(?P<open><)"
    r"|(?P<text>[^<&]+|&)"
)
_ATTRIBUTES = {
    "a": re.compile(r'\s+href="([^"<>]+)"\s*'),
    "span": re.compile(r'\s+class="tg-spoiler"\s*'),
    "code": re.compile(r'\s+class="language-[\w+-]+"\s*|\s*'),
    "blockquote": re.compile(r"\s+expandable\s*|\s*"),
}
_NO_ATTRIBUTES = re.compile(r"\s*")


class ApiError(Exception):
    """An answer with ``ok: false``."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def bad(description: str) -> ApiError:
    return ApiError(400, f"Bad Request: {description}")


def read_text(text: object, parse_mode: object) -> tuple[str, list[dict[str, Any]]]:
    """The text as people see it and its entities, or the refusal."""
    if not isinstance(text, str):
        raise bad("message text is empty")
    if parse_mode not in {None, "HTML"}:
        raise bad("unsupported parse_mode")  # Telegram knows Markdown; our program must not use it
    shown, entities = parse_html(text) if parse_mode else (text, [])
    shown, entities = _trimmed(_without_controls(shown), entities)
    if all(unicodedata.category(character)[0] in "ZC" for character in shown):
        raise bad("message text is empty")
    if len(shown) > MAX_TEXT:
        raise bad("message is too long")
    return shown, entities


def parse_html(text: str) -> tuple[str, list[dict[str, Any]]]:
    """Telegram's HTML: few tags, properly nested and closed, four named entities."""
    shown: list[str] = []
    entities: list[dict[str, Any]] = []
    open_tags: list[tuple[str, dict[str, Any]]] = []
    for piece in _PIECE.finditer(text):
        at = len(text[: piece.start()].encode())
        if piece["open"]:
            raise _unparsed(f"Unclosed start tag at byte offset {at}")
        if piece["end"]:
            _close(piece["tag"].lower(), at, open_tags, entities, utf16("".join(shown)))
        elif piece["tag"]:
            entity = _entity(piece["tag"].lower(), piece["rest"], at)
            open_tags.append((piece["tag"].lower(), {**entity, "offset": utf16("".join(shown))}))
        else:
            shown.append(_characters(piece))
    if open_tags:
        raise _unparsed(f"Can't find end tag corresponding to start tag {open_tags[-1][0]}")
    return "".join(shown), sorted(entities, key=lambda entity: entity["offset"])


def _entity(tag: str, rest: str, at: int) -> dict[str, Any]:
    if tag not in _TAGS:
        raise _unparsed(f'Unsupported start tag "{tag}" at byte offset {at}')
    attributes = _ATTRIBUTES.get(tag, _NO_ATTRIBUTES).fullmatch(rest)
    if attributes is None:
        raise _unparsed(f'Tag "{tag}" has wrong attributes at byte offset {at}')
    return {"type": _TAGS[tag]} | ({"url": attributes[1]} if tag == "a" else {})


def _close(
    tag: str, at: int, open_tags: list[tuple[str, dict[str, Any]]], entities: list[dict[str, Any]], end: int
) -> None:
    if not open_tags:
        raise _unparsed(f"Unexpected end tag at byte offset {at}")
    expected, entity = open_tags.pop()
    if tag != expected:
        raise _unparsed(f'Unmatched end tag at byte offset {at}, expected "</{expected}>", found "</{tag}>"')
    if end > entity["offset"]:
        entities.append({**entity, "length": end - entity["offset"]})


def _characters(piece: re.Match[str]) -> str:
    if piece["named"]:
        return _NAMED[piece["named"]]
    if piece["decimal"] or piece["hex"]:
        return chr(int(piece["decimal"] or piece["hex"], 10 if piece["decimal"] else 16))
    return piece["text"]


def _unparsed(why: str) -> ApiError:
    return bad(f"can't parse entities: {why}")


def utf16(text: str) -> int:
    """Telegram counts offsets in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def _without_controls(text: str) -> str:
    return "".join(" " if character < " " and character != "\n" else character for character in text)


def _trimmed(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    lead = utf16(text) - utf16(text.lstrip())
    text = text.strip()
    moved = []
    for entity in entities:
        start = max(0, entity["offset"] - lead)
        end = min(utf16(text), entity["offset"] + entity["length"] - lead)
        if end > start:
            moved.append({**entity, "offset": start, "length": end - start})
    return text, moved


def check_keyboard(markup: object) -> dict[str, Any] | None:
    """The markup itself when Telegram would take it."""
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        _check_rows(markup["inline_keyboard"], check_inline_button)
    elif "keyboard" in markup:
        _check_rows(markup["keyboard"], lambda button: None)
    elif not markup.get("remove_keyboard") and not markup.get("force_reply"):
        raise bad("can't parse reply keyboard markup JSON object")
    return markup


def _check_rows(rows: Any, check_button: Any) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, list) and row for row in rows):
        raise bad('field "inline_keyboard" must be an Array of non-empty Arrays')
    if sum(map(len, rows)) > MAX_BUTTONS or any(len(row) > MAX_ROW for row in rows):
        raise bad("REPLY_MARKUP_TOO_LONG")
    for row in rows:
        for button in row:
            check_button(button)


def check_inline_button(button: Any) -> None:
    if not isinstance(button, dict) or not str(button.get("text", "")).strip():
        raise bad("can't parse inline keyboard button: Field text must be of type String and non-empty")
    actions = set(button) - {"text", "style"}
    known = {"url", "callback_data", "switch_inline_query", "switch_inline_query_current_chat", "copy_text"}
    if len(actions) != 1 or not actions <= known:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= MAX_DATA_BYTES:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in button and not _is_web_address(button["url"]):
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")


def _is_web_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "tg" or (
        parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and not re.search(r"\s", url)
    )


def entities_in(text: str) -> list[dict[str, Any]]:
    """What Telegram marks by itself in a text that somebody types: a command at its start, and mentions."""
    command = re.match(r"/[A-Za-z0-9_]+(@\w+)?(?!\S)", text)
    marked = [("bot_command", command)] if command else []
    marked += [("mention", found) for found in re.finditer(r"(?<![\w/@])@\w{3,32}", text)]
    return [
        {"type": kind, "offset": utf16(text[: found.start()]), "length": utf16(found.group())} for kind, found in marked
    ]


def check_reply(reply: Any, last: int) -> int | None:
    """The message that is replied to; only one that there is, unless the bot says that it may be gone."""
    if reply is None:
        return None
    if not isinstance(reply, dict) or not isinstance(reply.get("message_id"), int):
        raise bad("can't parse reply parameters")
    if not 0 < reply["message_id"] <= last and not reply.get("allow_sending_without_reply"):
        raise bad("message to be replied not found")
    return int(reply["message_id"])


def check_commands(commands: object) -> list[dict[str, str]]:
    if not isinstance(commands, list) or len(commands) > MAX_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if set(command) != {"command", "description"}:
            raise bad("can't parse list of bot commands")
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return commands


def check_webhook(url: str, secret: str | None, connections: int, *, local: bool) -> None:
    """``local``: like a Bot API server run with ``--local``, which takes plain HTTP and any port."""
    parts = urlsplit(url)
    if not local and parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if not local and (parts.port or 443) not in {80, 88, 443, 8443}:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad("secret token contains unallowed characters")
    if not 1 <= connections <= 100:
        raise bad("max_connections is out of range")


def check_update_kinds(kinds: object) -> set[str]:
    if not isinstance(kinds, list):
        raise bad("can't parse allowed updates: expected an Array")
    unknown = set(kinds) - UPDATE_KINDS
    if unknown:
        # Telegram ignores them, and the updates meant are silently lost: better to hear of it here.
        raise bad(f"unknown update kinds {sorted(unknown)}")
    return set(kinds) or UPDATE_KINDS - NOT_BY_DEFAULT
