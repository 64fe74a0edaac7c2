"""Fetch a photo from the address that Zalo gave. It is read and forgotten, never stored."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx
import structlog

from bot.channels.zalo_facts import PHOTO_HOPS, PHOTO_SECONDS
from knowledge.dossiers.photo import MAX_BYTES

NO_PHOTO = b""
"""Stands for a photo that could not be fetched: it is answered like a file that is no picture."""

log = structlog.get_logger()


class PhotoSource:
    """Fetches photos. ``loopback`` allows a server on this machine, and then no other."""

    def __init__(self, client: httpx.AsyncClient, *, loopback: bool = False) -> None:
        self._client = client
        self._loopback = loopback

    async def fetch(self, url: str) -> bytes:
        """The picture at ``url``; :data:`NO_PHOTO` when there is none to be had."""
        try:
            async with asyncio.timeout(PHOTO_SECONDS):
                return await self._fetch(url)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError, ValueError) as error:
            log.info("photo not fetched", why=type(error).__name__)
            return NO_PHOTO

    async def _fetch(self, url: str) -> bytes:
        for _ in range(PHOTO_HOPS + 1):
            await self._check(url)
            async with self._client.stream("GET", url) as response:
                if not response.is_redirect:
                    return await _read(response)
                url = urljoin(url, response.headers["location"])
        raise ValueError("sent on too often")

    async def _check(self, url: str) -> None:
        """Only a public machine, only https: the address comes from outside and must not lead inside.

        Raises:
            ValueError: it leads elsewhere.
        """
        parts = urlsplit(url)
        if parts.username or parts.password:
            raise ValueError("a photo needs no password")
        if self._loopback:
            if parts.hostname != "127.0.0.1":
                raise ValueError("not this machine")
            return
        if parts.scheme != "https" or parts.port not in {None, 443} or not _is_name(parts):
            raise ValueError("not a public https address")
        found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, 443, type=socket.SOCK_STREAM)
        if not all(ipaddress.ip_address(entry[4][0]).is_global for entry in found):
            raise ValueError("not a public machine")


def _is_name(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    return "." in host and not host.rsplit(".", 1)[-1].isdecimal() and ":" not in host


async def _read(response: httpx.Response) -> bytes:
    """The body, if it is an image of a size we read.

    Raises:
        ValueError: it is not.
    """
    kind = response.headers.get("content-type", "")
    if response.status_code != httpx.codes.OK or not kind.startswith("image/"):
        raise ValueError("not an image")
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > MAX_BYTES:
            raise ValueError("too big")
    return bytes(body)
