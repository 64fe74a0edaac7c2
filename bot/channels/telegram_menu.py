"""The menu of commands that Telegram shows: in Vietnamese, and in English to those whose app is English."""

from __future__ import annotations

import structlog
from telegram import Bot, BotCommand, BotCommandScope, BotCommandScopeAllGroupChats, BotCommandScopeDefault
from telegram.error import TelegramError

from handlers.texts import en, vi

IN_GROUPS = ("help", "canbo")
"""The others are for the private chat only."""

log = structlog.get_logger()


async def announce_commands(bot: Bot) -> None:
    """Tell Telegram the commands and what each does. Without its menu the bot still works."""
    try:
        for language, commands in (("", vi.COMMANDS), (en.LANGUAGE, en.COMMANDS)):
            shared = tuple(command for command in commands if command[0] in IN_GROUPS)
            await _announce(bot, commands, BotCommandScopeDefault(), language)
            await _announce(bot, shared, BotCommandScopeAllGroupChats(), language)
    except TelegramError as error:
        log.warning("commands not announced", exc_info=error)


async def _announce(bot: Bot, commands: tuple[tuple[str, str], ...], scope: BotCommandScope, language: str) -> None:
    menu = [BotCommand(name, what) for name, what in commands]
    await bot.set_my_commands(menu, scope=scope, language_code=language or None)
