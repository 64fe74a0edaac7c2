"""Links: https, and only to hosts that are official or that we name one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, TypeAdapter

from knowledge.checks.finding import bad
from knowledge.files import DATA, Problem
from knowledge.record import Record
from knowledge.yaml_files import read_yaml

GOVERNMENT = ".gov.vn"
_ADDRESS = re.compile(r"https?://[^\s)”\"']+")
_BARE_HOST = re.compile(r"(?<![\w@/.])(?:[a-z0-9-]+\.)+(?:vn|com|net|org|info|cc|top)\b(?:\.[a-z]+)*", re.IGNORECASE)


class Host(BaseModel):
    """A host outside .gov.vn: who runs it, and whether people may be sent there or it is only a source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    operator: str
    use: Literal["send people", "source only", "warn about"]


@cache
def hosts(path: Path = DATA / "hosts.yaml") -> dict[str, Host]:
    """The hosts outside .gov.vn that may be named."""
    return TypeAdapter(dict[str, Host]).validate_python(read_yaml(path))


def official(host: str, *, as_source: bool = False) -> bool:
    """Whether people may be sent to ``host`` (or, ``as_source``, whether we may name it as a source)."""
    host = host.casefold().rstrip(".")
    if f".{host}".endswith(GOVERNMENT):
        return True
    known = hosts().get(host)
    return known is not None and (known.use == "send people" or (as_source and known.use == "source only"))


def problems(record: Record) -> Iterator[Problem]:
    """Every link of ``record`` that does not lead to an official page."""
    for place in record.where.online if record.where else ():
        if not official(_host(place.url)):
            yield bad(record, "where.online", f"{place.url}: {_host(place.url)} is not in hosts.yaml")
    for key, source in record.sources.items():
        if source.url and not official(_host(source.url), as_source=True):
            yield bad(record, f"sources.{key}.url", f"{source.url}: {_host(source.url)} is not in hosts.yaml")
    for field, text in texts(record):
        yield from _in_text(record, field, text)


def _in_text(record: Record, field: str, text: str) -> Iterator[Problem]:
    for address in _ADDRESS.findall(text):
        if address.startswith("http://"):
            yield bad(record, field, f"{address}: write https")
    for host in _BARE_HOST.findall(_ADDRESS.sub(lambda m: f" {_host(m.group())} ", text)):
        known = hosts().get(host.casefold())
        if not official(host) and not (known and known.use == "warn about"):
            yield bad(record, field, f"{host} is neither {GOVERNMENT} nor in hosts.yaml")


def texts(record: Record) -> Iterator[tuple[str, str]]:
    """The texts of ``record`` that a person reads as an answer."""
    for name in ("summary", "answer"):
        if getattr(record, name):
            yield name, getattr(record, name)
    for name in ("steps_online", "steps_desk", "conditions"):
        yield from ((name, text) for text in getattr(record, name))
    if record.where:
        yield "where.text", record.where.text
        if record.where.elsewhere:
            yield "where.elsewhere", record.where.elsewhere
    for confused in record.confused:
        yield "confused", confused.difference
    for case in record.documents:
        yield from (("documents", item.note) for item in case.items if item.note)
    for channel in record.channels:
        yield from (("channels", fee.note) for fee in channel.fees if fee.note)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
