"""The Official Account's API: send a message, spend a refresh token. Failures are 200 with an ``error`` number."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import structlog

from bot.channels.zalo_facts import (
    OA_AFTER,
    OA_DEFAULT_LIFE,
    OA_ERRORS,
    OA_FOREVER,
    OA_SEND_PATH,
    OA_TOKEN_PATH,
    Trouble,
)
from bot.channels.zalo_oa_tokens import NoTokenError, RefusedError, TokenKeeper, UnknownError
from bot.delivery import SendError
from knowledge.zalo_tokens import Pair

ANSWER_SECONDS = 10.0
REFRESH_SECONDS = 20.0

log = structlog.get_logger()


class OaSendError(SendError):
    """A message did not arrive; ``trouble`` says why."""

    def __init__(self, trouble: Trouble) -> None:
        forever, after = trouble in OA_FOREVER, OA_AFTER.get(trouble)
        super().__init__(forever=forever, after=after, gone=trouble == "gone", unheard=trouble == "window")
        self.trouble = trouble


class OaOauth:
    """Spends refresh tokens at Zalo's server for log-ins."""

    def __init__(self, client: httpx.AsyncClient, url: str, app: str, app_secret: str) -> None:
        self._client = client
        self._url = f"{url.rstrip('/')}{OA_TOKEN_PATH}"
        self._app = app
        self._headers = {"secret_key": app_secret}

    async def refresh(self, token: str) -> Pair:
        """See :class:`bot.channels.zalo_oa_tokens.Refresher`."""
        form = {"app_id": self._app, "grant_type": "refresh_token", "refresh_token": token}
        try:
            response = await self._client.post(self._url, data=form, headers=self._headers, timeout=REFRESH_SECONDS)
            answer = response.json()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise UnknownError(sent=False) from None
        except (httpx.HTTPError, ValueError):
            raise UnknownError from None
        return _pair(answer)


def _pair(answer: object) -> Pair:
    """The pair in Zalo's answer.

    Raises:
        RefusedError: there is an error in it.
        UnknownError: it is none.
    """
    if not isinstance(answer, dict):
        raise UnknownError
    access, refresh = answer.get("access_token"), answer.get("refresh_token")
    if isinstance(access, str) and isinstance(refresh, str) and access and refresh:
        life = str(answer.get("expires_in", ""))
        return Pair(access, refresh, int(life) if life.isdecimal() and int(life) else OA_DEFAULT_LIFE)
    code = answer.get("error")
    if isinstance(code, int) and code:
        raise RefusedError(code)
    raise UnknownError


class OaApi:
    """Sends messages."""

    def __init__(self, client: httpx.AsyncClient, url: str, tokens: TokenKeeper) -> None:
        self._client = client
        self._url = f"{url.rstrip('/')}{OA_SEND_PATH}"
        self._tokens = tokens

    async def send(self, user: str, message: dict[str, Any]) -> None:
        """Send one message; with a new token once, when Zalo no longer takes the old one.

        Raises:
            OaSendError: it did not arrive.
        """
        token = await self._token()
        trouble = await self._try(user, message, token)
        if trouble == "token":
            trouble = await self._try(user, message, await self._token(refused=token))
        if trouble:
            raise OaSendError(trouble)

    async def _token(self, refused: str = "") -> str:
        try:
            return await self._tokens.token(refused)
        except NoTokenError:
            raise OaSendError("token") from None

    async def _try(self, user: str, message: dict[str, Any], token: str) -> Trouble | None:
        content = {"recipient": {"user_id": user}, "message": message}
        try:
            headers = {"access_token": token}
            response = await self._client.post(self._url, json=content, headers=headers, timeout=ANSWER_SECONDS)
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            log.warning("zalo oa not reached", why=type(error).__name__)
            return "server"
        code = answer.get("error") if isinstance(answer, dict) else None
        if code == 0 and response.is_success:
            return None
        trouble: Trouble = OA_ERRORS.get(code, "server") if isinstance(code, int) else "server"
        level = logging.ERROR if trouble in {"ours", "quota"} else logging.WARNING
        log.log(level, "not sent", channel="zalo-oa", code=code, why=trouble)
        return trouble
