"""All settings, in one place: the only reader of the environment. ``.env.example`` explains each."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from knowledge.db import DatabaseUrlError, async_url
from knowledge.dossiers.portals import PortalConfig, read_configs
from knowledge.places.tables import read_provinces


def _named(name: str) -> AliasChoices:
    return AliasChoices(name, name.lower())


class Settings(BaseSettings):
    """Read once, at start. Secrets are masked whenever they are printed."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, populate_by_name=True
    )

    database_url: str = Field(default="sqlite:///data/motcua.db", validation_alias=_named("MOTCUA_DATABASE_URL"))
    host: str = Field(default="127.0.0.1", validation_alias=_named("MOTCUA_HOST"))
    port: int = Field(default=8080, ge=1, le=65535, validation_alias=_named("MOTCUA_PORT"))
    workers: int = Field(default=1, ge=1, le=64, validation_alias=_named("MOTCUA_WORKERS"))
    max_connections: int = Field(default=1000, ge=10, validation_alias=_named("MOTCUA_MAX_CONNECTIONS"))
    trusted_proxies: str = Field(default="127.0.0.1", validation_alias=_named("MOTCUA_TRUSTED_PROXIES"))
    messages_per_minute: int = Field(default=30, ge=0, validation_alias=_named("MOTCUA_MESSAGES_PER_MINUTE"))
    public_url: str = Field(default="", validation_alias=_named("MOTCUA_PUBLIC_URL"))
    province: str = Field(default="22", validation_alias=_named("MOTCUA_PROVINCE"))
    secret_key: SecretStr = Field(default=SecretStr(""), validation_alias=_named("MOTCUA_SECRET_KEY"))
    cache_dir: Path = Field(default=Path("data/cache"), validation_alias=_named("MOTCUA_CACHE_DIR"))
    log_level: str = Field(default="INFO", validation_alias=_named("MOTCUA_LOG_LEVEL"))
    telegram_token: SecretStr = Field(default=SecretStr(""), validation_alias=_named("TELEGRAM_TOKEN"))
    telegram_api_url: str = Field(default="https://api.telegram.org", validation_alias=_named("TELEGRAM_API_URL"))
    telegram_webhook_secret: SecretStr = Field(
        default=SecretStr(""), validation_alias=_named("TELEGRAM_WEBHOOK_SECRET")
    )
    telegram_messages_per_second: float = Field(
        default=30.0, ge=0, validation_alias=_named("TELEGRAM_MESSAGES_PER_SECOND")
    )

    zalo_bot_token: SecretStr = Field(default=SecretStr(""), validation_alias=_named("ZALO_BOT_TOKEN"))
    zalo_bot_api_url: str = Field(
        default="https://bot-api.zaloplatforms.com", validation_alias=_named("ZALO_BOT_API_URL")
    )
    zalo_bot_webhook_secret: SecretStr = Field(
        default=SecretStr(""), validation_alias=_named("ZALO_BOT_WEBHOOK_SECRET")
    )
    zalo_oa_app_id: str = Field(default="", validation_alias=_named("ZALO_OA_APP_ID"))
    zalo_oa_secret: SecretStr = Field(default=SecretStr(""), validation_alias=_named("ZALO_OA_SECRET"))
    zalo_oa_webhook_secret: SecretStr = Field(default=SecretStr(""), validation_alias=_named("ZALO_OA_WEBHOOK_SECRET"))
    zalo_oa_refresh_token: SecretStr = Field(default=SecretStr(""), validation_alias=_named("ZALO_OA_REFRESH_TOKEN"))
    zalo_oa_api_url: str = Field(default="https://openapi.zalo.me", validation_alias=_named("ZALO_OA_API_URL"))
    zalo_oa_oauth_url: str = Field(default="", validation_alias=_named("ZALO_OA_OAUTH_URL"))

    portal_kind: str = Field(default="", validation_alias=_named("PORTAL_KIND"))
    portal_url: str = Field(default="", validation_alias=_named("PORTAL_URL"))
    portal_token: SecretStr = Field(default=SecretStr(""), validation_alias=_named("PORTAL_TOKEN"))

    @property
    def portals(self) -> list[PortalConfig]:
        """The systems that know dossiers, in the order in which they are asked."""
        return read_configs(self.portal_kind, self.portal_url, self.portal_token.get_secret_value())

    @model_validator(mode="after")
    def _portals_agree(self) -> Settings:
        # A PortalConfigError is a ValueError, and its message names the settings.
        _ = self.portals
        return self

    @model_validator(mode="after")
    def _oa_is_whole(self) -> Settings:
        if self.zalo_oa_app_id and not self.zalo_oa_secret.get_secret_value():
            raise ValueError("ZALO_OA_APP_ID needs ZALO_OA_SECRET beside it")
        return self

    @field_validator("zalo_bot_webhook_secret")
    @classmethod
    def _zalo_secret_form(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value()
        if secret and not (8 <= len(secret) <= 256 and secret.isascii() and secret.isprintable()):
            raise ValueError("use 8 to 256 plain letters and digits")
        return value

    @field_validator("database_url")
    @classmethod
    def _usable(cls, value: str) -> str:
        try:
            async_url(value)
        except DatabaseUrlError as error:
            raise ValueError(str(error)) from error
        return value

    @field_validator("province")
    @classmethod
    def _known_province(cls, value: str) -> str:
        known = {province.code: province.name for province in read_provinces()}
        if value and value not in known:
            raise ValueError(f"{value!r} is no province: use its code ({', '.join(map(' '.join, known.items()))})")
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("use DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _telegram_secret_form(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value()
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
            raise ValueError("16 to 256 of the signs A-Z, a-z, 0-9, _ and -")
        return value

    @field_validator("telegram_token")
    @classmethod
    def _token_form(cls, value: SecretStr) -> SecretStr:
        token = value.get_secret_value()
        number, _, rest = token.partition(":")
        if token and not (number.isdecimal() and rest):
            raise ValueError("looks like no Telegram token (digits, a colon, letters)")
        return value
