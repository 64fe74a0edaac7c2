"""All settings, in one place: the only reader of the environment. ``.env.example`` explains each."""

from __future__ import annotations

from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from knowledge.db import DatabaseUrlError, async_url
from knowledge.dossiers.portals import PortalConfig, read_configs


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
    public_url: str = Field(default="", validation_alias=_named("MOTCUA_PUBLIC_URL"))
    province: str = Field(default="22", validation_alias=_named("MOTCUA_PROVINCE"))
    secret_key: SecretStr = Field(default=SecretStr(""), validation_alias=_named("MOTCUA_SECRET_KEY"))
    cache_dir: Path = Field(default=Path("data/cache"), validation_alias=_named("MOTCUA_CACHE_DIR"))
    log_level: str = Field(default="INFO", validation_alias=_named("MOTCUA_LOG_LEVEL"))
    telegram_token: SecretStr = Field(default=SecretStr(""), validation_alias=_named("TELEGRAM_TOKEN"))
    telegram_api_url: str = Field(default="https://api.telegram.org", validation_alias=_named("TELEGRAM_API_URL"))

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

    @field_validator("database_url")
    @classmethod
    def _usable(cls, value: str) -> str:
        try:
            async_url(value)
        except DatabaseUrlError as error:
            raise ValueError(str(error)) from error
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("use DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @field_validator("telegram_token")
    @classmethod
    def _token_form(cls, value: SecretStr) -> SecretStr:
        token = value.get_secret_value()
        number, _, rest = token.partition(":")
        if token and not (number.isdecimal() and rest):
            raise ValueError("looks like no Telegram token (digits, a colon, letters)")
        return value
