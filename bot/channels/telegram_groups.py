"""Groups: what was said to us, by whom, and where the answer goes.

With the privacy mode of BotFather on, Telegram keeps most of what people say among themselves from us. We do not rely
on it: an administrator's bot hears everything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from telegram import CallbackQuery, Chat, Message, User
from telegram.constants import MessageEntityType

from handlers.messages import Incoming

CHANNEL = "telegram"
NOT_FETCHED = b""
"""A photo that we leave where it is (in a group only that there was one matters), or that could not be had."""
GREETING = "/start"


@dataclass(frozen=True)
class Address:
    """Where a message goes: a chat; in a group also its topic, and the message that is answered."""

    chat: int
    topic: int | None = None
    answers: int | None = None

    def __str__(self) -> str:
        return f"{self.chat}:{self.topic or ''}:{self.answers or ''}"

    @classmethod
    def read(cls, written: str) -> Address:
        """The address of :meth:`__str__`; that of a private chat is its number alone."""
        chat, _, rest = written.partition(":")
        topic, _, answers = rest.partition(":")
        return cls(int(chat), int(topic) if topic else None, int(answers) if answers else None)


def pressed_in_group(press: CallbackQuery) -> Incoming | None:
    """A button that somebody presses under a message of ours."""
    under = press.message
    if under is None:
        return None
    topic = under.message_thread_id if isinstance(under, Message) and under.is_topic_message else None
    where = Address(under.chat.id, topic, under.message_id)
    return Incoming(CHANNEL, _chat(where, press.from_user), data=press.data or "", private=False, address=str(where))


def said_in_group(message: Message, me: User) -> Incoming | None:
    """What somebody says to us; ``None`` for what was not said to us.

    A conversation belongs to one person in one group: others who speak at the same time have their own.
    """
    speaker = _speaker(message)
    if speaker is None or not _to_us(message, me):
        return None
    topic = message.message_thread_id if message.is_topic_message else None
    where = Address(message.chat.id, topic, message.message_id)
    place = (message.location.latitude, message.location.longitude) if message.location else None
    return Incoming(
        CHANNEL,
        _chat(where, speaker),
        "" if place else _words(message, me),
        photo=NOT_FETCHED if message.photo else None,
        location=place,
        private=False,
        address=str(where),
    )


def is_ours(message: Message, me: User) -> bool:
    """Whether the words are our own: a card of the inline mode that somebody has sent."""
    return message.via_bot is not None and message.via_bot.id == me.id


def _chat(where: Address, person: User | Chat) -> str:
    return f"{where.chat}:{person.id}"


def _speaker(message: Message) -> User | Chat | None:
    """Who speaks: a person, or a group or channel that an administrator speaks for. Never another bot."""
    if message.is_automatic_forward:
        return None
    if message.sender_chat:
        return message.sender_chat
    return None if message.from_user is None or message.from_user.is_bot else message.from_user


def _to_us(message: Message, me: User) -> bool:
    """Whether we are named, commanded or replied to."""
    if is_ours(message, me):
        return False
    name = f"@{me.username}".lower()
    entities = {**message.parse_entities(), **message.parse_caption_entities()}
    commands = [text.lower() for entity, text in entities.items() if entity.type == MessageEntityType.BOT_COMMAND]
    if any("@" in command and not command.endswith(name) for command in commands):
        return False
    answered = message.reply_to_message
    return (
        any(command.endswith(name) for command in commands)
        or any(e.type == MessageEntityType.MENTION and text.lower() == name for e, text in entities.items())
        or any(entity.user is not None and entity.user.id == me.id for entity in entities)
        or (answered is not None and answered.from_user is not None and answered.from_user.id == me.id)
    )


def _words(message: Message, me: User) -> str:
    """The message without our name; what it replies to when it says no more than that, or else a greeting."""
    text = message.text or message.caption or ""
    words = " ".join(re.sub(rf"@{re.escape(me.username or '')}\b", " ", text, flags=re.I).split())
    if words or message.photo:
        return words
    asked = message.reply_to_message
    if asked and asked.text and asked.from_user and not asked.from_user.is_bot:
        return asked.text
    return GREETING
