"""Telegram's updates as ours, our replies as Telegram's messages."""

from __future__ import annotations

import html
from dataclasses import replace

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyParameters,
    Update,
    User,
)
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest
from telegram.ext.filters import StatusUpdate

from bot.channels.base import split_text, with_links
from bot.channels.telegram_groups import CHANNEL, Address, is_ours, pressed_in_group, said_in_group
from bot.channels.telegram_links import links_to
from handlers.messages import Button, Incoming, Message, bold_parts, plain

TEXT_LIMIT = 4000  # Telegram allows 4096 after parsing, whichever way it counts (see split_text)
LONG_LABEL = 18
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

__all__ = ["CHANNEL", "pieces_of", "send_piece", "to_html", "to_incoming", "to_keyboard"]


def to_incoming(update: Update, me: User | None = None) -> Incoming | None:
    """The update as an :class:`Incoming`; ``None`` for kinds of updates that need no answer.

    ``me`` is our bot; without it nothing in a group can be said to us. An edited message needs no answer: what it
    said before has had one, and people edit to mend a word.
    """
    if update.effective_chat is None:
        return None
    private = update.effective_chat.type == ChatType.PRIVATE
    incoming = _private(update, me) if private else _in_group(update, me)
    if incoming is None:
        return None
    person = update.effective_user
    language = (person.language_code or "")[:2].lower() if person else ""
    return replace(incoming, event=str(update.update_id), language=language, links=links_to(me))


def _private(update: Update, me: User | None) -> Incoming | None:
    """A photo, sticker or contact without a caption has the text ``""``, to which the desk answers that it reads text
    only; “a message was pinned” has none."""
    chat, message = str(update.effective_chat and update.effective_chat.id), update.message
    if update.callback_query:
        return Incoming(CHANNEL, chat, data=update.callback_query.data or "")
    if message is None or StatusUpdate.ALL.filter(update) or (me and is_ours(message, me)):
        return None
    if message.location:
        return Incoming(CHANNEL, chat, location=(message.location.latitude, message.location.longitude))
    words = message.text or message.caption or ""
    return Incoming(CHANNEL, chat, words, spoken=not words and bool(message.voice or message.video_note))


def _in_group(update: Update, me: User | None) -> Incoming | None:
    if update.callback_query:
        return pressed_in_group(update.callback_query)
    return said_in_group(update.message, me) if update.message and me else None


def pieces_of(message: Message) -> list[Message]:
    """``message`` cut to Telegram's length; buttons go under the last piece."""
    *pieces, last = split_text(message.text, TEXT_LIMIT) or [""]
    return [*(Message(piece) for piece in pieces), *([Message(last, message.buttons)] if last else [])]


async def send_piece(bot: Bot, to: Address, message: Message) -> None:
    """Send one piece. Whatever Telegram dislikes, better without bold than not at all, and then without buttons."""
    try:
        await _send(bot, to, to_html(message.text), to_keyboard(message), ParseMode.HTML)
    except BadRequest as error:
        if "thread not found" in error.message and to.topic:
            await send_piece(bot, Address(to.chat), message)
        elif "parse entities" in error.message:
            await _send(bot, to, plain(message.text), to_keyboard(message))
        elif message.buttons and "not found" not in error.message:
            await _send(bot, to, plain(with_links(message)))
        else:
            raise


async def _send(
    bot: Bot,
    to: Address,
    text: str,
    keyboard: InlineKeyboardMarkup | None = None,
    parse_mode: ParseMode | None = None,
) -> None:
    # The message that is answered may have been deleted meanwhile.
    answers = ReplyParameters(to.answers, allow_sending_without_reply=True) if to.answers else None
    await bot.send_message(
        to.chat,
        text,
        parse_mode,
        message_thread_id=to.topic,
        reply_parameters=answers,
        reply_markup=keyboard,
        link_preview_options=NO_PREVIEW,
    )


def to_html(text: str) -> str:
    """Our text as Telegram's HTML: everything escaped, bold the only tag."""
    return "".join(f"<b>{_escape(part)}</b>" if bold else _escape(part) for part, bold in bold_parts(text))


def _escape(text: str) -> str:
    return html.escape(text, quote=False)


def to_keyboard(message: Message) -> InlineKeyboardMarkup | None:
    """The buttons of ``message``: two short ones a row, a long one alone."""
    rows: list[list[InlineKeyboardButton]] = []
    for button in message.buttons:
        made = _button(button)
        roomy = rows and len(rows[-1]) == 1 and len(rows[-1][0].text) <= LONG_LABEL
        if roomy and len(button.label) <= LONG_LABEL:
            rows[-1].append(made)
        else:
            rows.append([made])
    return InlineKeyboardMarkup(rows) if rows else None


def _button(button: Button) -> InlineKeyboardButton:
    return InlineKeyboardButton(button.label, callback_data=button.data, url=button.url)
