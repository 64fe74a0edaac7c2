"""Links into a private chat with our bot. They need its name, which Telegram tells."""

from __future__ import annotations

from telegram import Bot, User

from handlers.messages import Links

HOST = "https://t.me"


async def who_we_are(bot: Bot) -> User:
    """Our bot as Telegram knows it; asked once.

    Raises:
        TelegramError: it has not been asked yet, and Telegram does not answer.
    """
    return known(bot) or await bot.get_me()


def known(bot: Bot) -> User | None:
    """Our bot, if Telegram has told already."""
    try:
        return bot.bot
    except RuntimeError:
        return None


def links_to(me: User | None) -> Links:
    """What leads to us; nothing as long as our name is not known."""
    if me is None or not me.username:
        return Links()
    start = f"{HOST}/{me.username}?start={{payload}}"
    shared = f"https%3A%2F%2Ft.me%2F{me.username}%3Fstart%3D{{payload}}"
    return Links(start, f"{HOST}/share/url?url={shared}&text={{title}}")
