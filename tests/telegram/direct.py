"""Our adapter inside an Application of python-telegram-bot, for those who drive bots by one.

The program itself has none: its updates go through the inbox (see ``bot.delivery``).
"""

from __future__ import annotations

from typing import Any

from telegram import Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, TypeHandler

from bot.channels.telegram_platform import TelegramPlatform
from bot.channels.telegram_webhook import to_event
from bot.desk import Desk
from knowledge.mailbox import Letter

PtbApplication = Application[Any, Any, Any, Any, Any, Any]
PtbBuilder = ApplicationBuilder[Any, Any, Any, Any, Any, Any]


def build_application(desk: Desk, builder: PtbBuilder) -> PtbApplication:
    """An application that answers each update from ``desk`` at once."""

    async def on_update(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        platform = TelegramPlatform(context.bot, desk)
        event = to_event(update.to_dict(), "1")
        assert event
        incoming = await platform.read(Letter(update.update_id, platform.name, event[0], "", event[2]))
        reply = await desk.answer(incoming) if incoming else None
        if reply and incoming:
            for message in reply.messages:
                await platform.send(incoming.address or incoming.chat, message)
        await platform.close()

    application = builder.updater(None).build()
    application.add_handler(TypeHandler(Update, on_update))
    return application
