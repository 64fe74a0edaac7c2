"""Inline mode and deep links as Telegram has them: what it accepts, and what people see of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes import telegram_rules as rules
from tests.fakes.telegram_rules import bad

MAX_RESULTS = 50
MAX_QUERY = 256
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ARTICLE = {"type", "id", "title", "input_message_content", "reply_markup", "url", "description"}
_CONTENT = {"message_text", "parse_mode", "entities", "link_preview_options"}


@dataclass
class Offered:
    """One result as it is sent into a chat when somebody picks it."""

    id: str
    title: str
    description: str
    text: str
    entities: list[dict[str, Any]]
    markup: dict[str, Any] | None

    @property
    def buttons(self) -> dict[str, str]:
        """Label and address of each button."""
        rows = (self.markup or {}).get("inline_keyboard", [])
        return {button["text"]: button["url"] for row in rows for button in row}


@dataclass
class InlineAnswer:
    """What somebody sees who types “@our_bot …”."""

    results: list[Offered]
    cache_time: int
    is_personal: bool
    button: dict[str, Any] | None

    @property
    def titles(self) -> list[str]:
        return [result.title for result in self.results]


def read_answer(params: dict[str, Any]) -> InlineAnswer:
    """The answer to an inline query, or the refusal."""
    results, button = params["results"], params.get("button")
    if not isinstance(results, list) or len(results) > MAX_RESULTS:
        raise bad("RESULTS_TOO_MUCH")
    offered = [_article(result) for result in results]
    if len({result.id for result in offered}) < len(offered):
        raise bad("RESULT_ID_DUPLICATE")
    if button is not None:
        _check_button(button)
    personal = str(params.get("is_personal", "")).lower() == "true"
    return InlineAnswer(offered, int(params.get("cache_time", 300)), personal, button)


def _article(result: Any) -> Offered:
    if not isinstance(result, dict) or result.get("type") != "article":
        raise bad("can't parse inline query result")  # Telegram knows others; our program sends articles
    unknown = set(result) - _ARTICLE
    content = result.get("input_message_content")
    if unknown or not isinstance(content, dict) or set(content) - _CONTENT:
        raise bad(f"can't parse inline query result: {sorted(unknown) or content}")
    if not 1 <= len(str(result.get("id", "")).encode()) <= 64:
        raise bad("RESULT_ID_INVALID")
    if not str(result.get("title", "")).strip():
        raise bad("ARTICLE_TITLE_EMPTY")
    text, entities = rules.read_text(content.get("message_text"), content.get("parse_mode"))
    markup = rules.check_keyboard(result.get("reply_markup"))
    return Offered(result["id"], result["title"], result.get("description", ""), text, entities, markup)


def _check_button(button: Any) -> None:
    if not isinstance(button, dict) or not button.get("text") or set(button) - {"text", "web_app", "start_parameter"}:
        raise bad("can't parse inline query results button")
    if "start_parameter" in button and not PAYLOAD.fullmatch(button["start_parameter"]):
        raise bad("START_PARAM_INVALID")


def payload_in(url: str, bot: str) -> str:
    """What the app sends behind “/start” when ``url`` is opened."""
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "t.me", f"/{bot}"), f"no link to the bot: {url}"
    payload = parse_qs(parts.query).get("start", [""])[0]
    assert PAYLOAD.fullmatch(payload), f"Telegram drops this payload: {payload!r}"
    return payload


def shared(url: str) -> tuple[str, str]:
    """(the link, the words) that “share” lets a person send on."""
    parts = urlsplit(url)
    assert (parts.netloc, parts.path) == ("t.me", "/share/url"), f"no link for sharing: {url}"
    fields = parse_qs(parts.query, strict_parsing=True)
    return fields["url"][0], fields["text"][0]
