"""Inline mode: “@our_bot can cuoc” in any chat offers cards to send there.

These queries come with every few letters typed and are worth nothing a moment later, so they are answered at once and
never stored. Nothing is looked up for a dossier code here, and what was typed is not kept.
"""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from telegram import (
    Bot,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.channels.telegram_links import links_to, who_we_are
from bot.channels.telegram_messages import NO_PREVIEW, pieces_of, to_html, to_keyboard
from bot.desk import Desk
from bot.pace import Pace
from handlers import links
from handlers.finding import Card, cards, is_personal
from handlers.messages import Message
from handlers.texts import vi

CACHE_SECONDS = 300
"""Telegram gives the same answer to everybody who types the same; after a change of facts no longer than this."""
MOST_AT_ONCE = 200
A_MINUTE = 120
"""Queries of one person: a word is typed in ten, and each costs as much as a question."""

log = structlog.get_logger()


class InlineMode:
    """Answers inline queries in the background."""

    def __init__(self, bot: Bot, desk: Desk) -> None:
        self._bot, self._desk = bot, desk
        self._pace = Pace(A_MINUTE)
        self._running: set[asyncio.Task[None]] = set()

    def takes(self, raw: object) -> bool:
        """Whether the update is an inline query; then it is seen to, unless far too many are already."""
        if not isinstance(raw, dict) or "inline_query" not in raw:
            return False
        if len(self._running) < MOST_AT_ONCE:
            task = asyncio.create_task(self._answer(raw))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return True

    async def close(self) -> None:
        """Finish what was begun."""
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _answer(self, raw: dict[str, Any]) -> None:
        try:
            query = Update.de_json(raw, self._bot).inline_query
            if query:
                await self._answer_query(query)
        except TelegramError as error:
            # Most often the person typed on, and it is too late for this answer.
            log.info("inline query not answered", exc_info=error)
        except Exception as error:
            log.error("inline query not answered", exc_info=error)

    async def _answer_query(self, query: InlineQuery) -> None:
        verdict = self._pace.of(str(query.from_user.id))
        if verdict == "go":
            await self._offer(query)
        elif verdict == "ask to wait":
            wait = InlineQueryResultsButton(vi.INLINE_SLOWER, start_parameter=links.HELP)
            await query.answer([], cache_time=0, is_personal=True, button=wait)

    async def _offer(self, query: InlineQuery) -> None:
        known, to_us = self._desk.knowledge, links_to(await who_we_are(self._bot))
        today = known.clock().date()
        paused = known.standing.paused is not None
        found = [] if paused else cards(known.snapshot, query.query, today, to_us)
        personal = is_personal(query.query, today)
        await query.answer(
            [_article(card) for card in found],
            cache_time=0 if paused or personal else CACHE_SECONDS,
            is_personal=personal,
            button=None if found else _instead(personal=personal),
        )


def _article(card: Card) -> InlineQueryResultArticle:
    # A card that several messages would hold is cut: whoever wants all of it asks us.
    text = pieces_of(Message(card.message.text))[0].text
    content = InputTextMessageContent(to_html(text), ParseMode.HTML, link_preview_options=NO_PREVIEW)
    return InlineQueryResultArticle(card.slug, card.title, content, to_keyboard(card.message), description=card.short)


def _instead(*, personal: bool) -> InlineQueryResultsButton:
    """The way into a private chat, where there is nothing to offer."""
    if personal:
        return InlineQueryResultsButton(vi.INLINE_DOSSIER, start_parameter=links.DOSSIER)
    return InlineQueryResultsButton(vi.INLINE_NOTHING, start_parameter=links.HELP)
