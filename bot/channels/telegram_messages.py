"""Telegram's updates as ours, our replies as Telegram's messages."""

from __future__ import annotations

import html

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Update
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest
from telegram.ext.filters import StatusUpdate

from bot.channels.base import split_text, with_links
from handlers.messages import Button, Incoming, Message, Reply, bold_parts, plain

CHANNEL = "telegram"
TEXT_LIMIT = 4000  # Telegram allows 4096 after parsing
LONG_LABEL = 18
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def to_incoming(update: Update) -> Incoming | None:
    """The update as an :class:`Incoming`; ``None`` for kinds of updates that need no answer.

    A photo, sticker or voice message without a caption has the text ``""``, to which the desk answers that
    it reads text only.
    """
    if update.effective_chat is None:
        return None
    chat, event = str(update.effective_chat.id), str(update.update_id)
    private = update.effective_chat.type == ChatType.PRIVATE
    if update.callback_query:
        return Incoming(CHANNEL, chat, data=update.callback_query.data or "", event=event, private=private)
    if update.message is None:
        return None
    text = update.message.text or update.message.caption or ""
    return Incoming(CHANNEL, chat, text, event=event, private=private) if text or _said_to_us(update) else None


def _said_to_us(update: Update) -> bool:
    """Whether a message without text was meant for us: no “a message was pinned”, no photo in a group."""
    chat = update.effective_chat
    return chat is not None and chat.type == ChatType.PRIVATE and not StatusUpdate.ALL.filter(update)


def pieces_of(message: Message) -> list[Message]:
    """``message`` cut to Telegram's length; buttons go under the last piece."""
    *pieces, last = split_text(message.text, TEXT_LIMIT) or [""]
    return [*(Message(piece) for piece in pieces), *([Message(last, message.buttons)] if last else [])]


async def send_reply(bot: Bot, chat: int, reply: Reply) -> None:
    """Send all messages of ``reply``."""
    for message in reply.messages:
        for piece in pieces_of(message):
            await send_piece(bot, chat, piece)


async def send_piece(bot: Bot, chat: int, message: Message) -> None:
    """Send one piece. Whatever Telegram dislikes, better without bold than not at all, and then without buttons."""
    try:
        await _send(bot, chat, to_html(message.text), to_keyboard(message), ParseMode.HTML)
    except BadRequest as error:
        if "parse entities" in error.message:
            await _send(bot, chat, plain(message.text), to_keyboard(message))
        elif message.buttons:
            await _send(bot, chat, plain(with_links(message)))
        else:
            raise


async def _send(
    bot: Bot,
    chat: int,
    text: str,
    keyboard: InlineKeyboardMarkup | None = None,
    parse_mode: ParseMode | None = None,
) -> None:
    await bot.send_message(chat, text, parse_mode, reply_markup=keyboard, link_preview_options=NO_PREVIEW)


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
