"""Families of dossier codes and the agencies in them, read from ``knowledge/data``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from knowledge.files import DATA
from knowledge.yaml_files import read_yaml

System = Literal["province", "national", "police", "ministry", "insurance"]
LEVEL_ONE = re.compile(r"[HG]\d{2}")
INSURANCE = "BHXH"


class Family(BaseModel):
    """How one family of codes is written, and which kind of system knows it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    form: str
    agency: str
    number: str
    system: System
    where: str
    seen: tuple[str, ...]
    made: tuple[str, ...]
    source: str
    confidence: str
    old_after: date | None = None

    @property
    def slashed(self) -> bool:
        """Written ``number/year/number``, without a day."""
        return "{year}" in self.form


class LookAlike(BaseModel):
    """A number that people take for a dossier code; a ``secret`` one is never shown again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    digits: str
    title: str
    secret: bool


@dataclass(frozen=True)
class Grammar:
    """All that is known of how codes are written."""

    families: dict[str, Family]
    unusual_agency: str
    unusual_number: str
    look_alikes: dict[str, LookAlike]


@cache
def grammar() -> Grammar:
    """The grammar in ``code_families.yaml``."""
    raw = read_yaml(DATA / "code_families.yaml")
    return Grammar(
        TypeAdapter(dict[str, Family]).validate_python(raw["families"]),
        raw["unusual"]["agency"],
        raw["unusual"]["number"],
        TypeAdapter(dict[str, LookAlike]).validate_python(raw["look_alikes"]),
    )


@cache
def _agencies() -> tuple[dict[str, dict[str, str]], dict[str, str], dict[str, str]]:
    tables = read_yaml(DATA / "agencies.yaml")
    return tables["provinces"], tables["ministries"], tables["police"]


@cache
def level_ones() -> frozenset[str]:
    """The codes of provinces (H…) and ministries (G…) that exist."""
    provinces, ministries, _ = _agencies()
    return frozenset(provinces) | frozenset(ministries)


def level_one(agency_code: str) -> str | None:
    """The group of ``agency_code`` that names the province or the ministry."""
    return next((group for group in agency_code.split(".") if LEVEL_ONE.fullmatch(group)), None)


def agency_name(agency_code: str) -> str | None:
    """The province or ministry in ``agency_code``; ``None`` when there is no such."""
    if agency_code == INSURANCE:
        return "cơ quan Bảo hiểm xã hội"
    provinces, ministries, police = _agencies()
    group = level_one(agency_code) or ""
    if group == "G01":
        unit = agency_code.split(".")[1:2]
        return police.get("".join(unit), ministries[group])
    if group == "G22" and agency_code.split(".")[1:2] != ["99"]:
        return "Văn phòng Chính phủ"
    if group in ministries:
        return ministries[group]
    if group not in provinces:
        return None
    name, now = provinces[group]["name"], provinces[group]["now"]
    if name == now:
        return name
    return f"{name} (nay thuộc {now})" if merged_into(agency_code) else f"{name} (nay là {now})"


def merged_into(agency_code: str) -> str | None:
    """The province that the one in ``agency_code`` became part of on 2025-07-01."""
    provinces, _, _ = _agencies()
    entry = provinces.get(level_one(agency_code) or "")
    # "Thừa Thiên Huế" was renamed, not merged: its code lives on.
    return entry["now"] if entry and entry["now"] not in entry["name"] else None


def merger(agency_code: str) -> tuple[str, str] | None:
    """(the old province, the one it became part of) of a province that was merged away."""
    provinces, _, _ = _agencies()
    now = merged_into(agency_code)
    return (provinces[level_one(agency_code) or ""]["name"], now) if now else None
