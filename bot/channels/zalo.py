"""Zalo's two platforms, made from the settings. Either may be on without the other."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from bot.channels import zalo_bot, zalo_oa
from bot.channels.zalo_bot import ZaloBotChannel
from bot.channels.zalo_bot_api import ZaloBotApi
from bot.channels.zalo_facts import BOT_A_SECOND, OA_A_SECOND, OA_API, OA_OAUTH
from bot.channels.zalo_oa import Account, ZaloOaChannel
from bot.channels.zalo_oa_api import OaApi, OaOauth
from bot.channels.zalo_oa_tokens import TokenKeeper
from bot.delivery import Delivery
from bot.desk import Desk
from bot.settings import Settings
from knowledge.zalo_tokens import TokenTable

Channel = ZaloBotChannel | ZaloOaChannel


@dataclass(frozen=True)
class Zalo:
    """The channels that are on."""

    bot: ZaloBotChannel | None = None
    oa: ZaloOaChannel | None = None

    @property
    def channels(self) -> list[Channel]:
        return [channel for channel in (self.bot, self.oa) if channel]

    async def start(self) -> None:
        """Take what comes in from now on."""
        for channel in self.channels:
            await channel.start()

    async def stop(self) -> None:
        """Take nothing new."""
        for channel in self.channels:
            await channel.stop()

    async def close(self) -> None:
        """Nothing is to be sent any more."""
        for channel in self.channels:
            await channel.close()

    def webhooks(self) -> dict[str, Channel]:
        """The channels by the path that Zalo calls."""
        paths = {zalo_bot.CHANNEL: zalo_bot.WEBHOOK_PATH, zalo_oa.CHANNEL: zalo_oa.WEBHOOK_PATH}
        return {paths[channel.name]: channel for channel in self.channels}


def zalo_names(settings: Settings) -> set[str]:
    """The names of the channels that are on."""
    bot = {zalo_bot.CHANNEL} if settings.zalo_bot_token.get_secret_value() else set()
    return bot | ({zalo_oa.CHANNEL} if settings.zalo_oa_app_id else set())


def zalo_channels(settings: Settings, desk: Desk, delivery: Delivery) -> Zalo:
    """Make the channels and have ``delivery`` serve them."""
    names = zalo_names(settings)
    zalo = Zalo(
        _bot(settings, delivery) if zalo_bot.CHANNEL in names else None,
        _oa(settings, desk, delivery) if zalo_oa.CHANNEL in names else None,
    )
    for channel in zalo.channels:
        delivery.serve(channel, BOT_A_SECOND if channel is zalo.bot else OA_A_SECOND)
    return zalo


def _bot(settings: Settings, delivery: Delivery) -> ZaloBotChannel:
    url, token = settings.zalo_bot_api_url, settings.zalo_bot_token.get_secret_value()
    # The same for every worker and after every restart.
    secret = (
        settings.zalo_bot_webhook_secret.get_secret_value()
        or hmac.new(token.encode(), b"motcua zalo-bot webhook", "sha256").hexdigest()
    )
    return ZaloBotChannel(delivery, ZaloBotApi(url, token), secret, settings.public_url, loopback=_is_here(url))


def _oa(settings: Settings, desk: Desk, delivery: Delivery) -> ZaloOaChannel:
    url, app, app_secret = settings.zalo_oa_api_url, settings.zalo_oa_app_id, settings.zalo_oa_secret.get_secret_value()
    # Somebody else's server in Zalo's place plays its log-in too, unless told otherwise.
    oauth_url = settings.zalo_oa_oauth_url or (OA_OAUTH if url.rstrip("/") == OA_API else url)
    client = httpx.AsyncClient()
    knowledge = desk.knowledge
    table = TokenTable(knowledge.engine, desk.services.vault, app)
    seed = settings.zalo_oa_refresh_token.get_secret_value()
    oauth = OaOauth(client, oauth_url, app, app_secret)
    tokens = TokenKeeper(table, oauth, seed, knowledge.clock, delivery.mailbox.holder)
    account = Account(app, settings.zalo_oa_webhook_secret.get_secret_value() or app_secret)
    api = OaApi(client, url, tokens)
    return ZaloOaChannel(delivery, account, tokens, api, client, desk.forget, knowledge.clock, loopback=_is_here(url))


def _is_here(url: str) -> bool:
    return urlsplit(url).hostname == "127.0.0.1"
