"""Receipt codes of dossiers: find them in a message, repair what is safe to repair, explain them.

Structure: ``<agency identifier>-<day received YYMMDD>-<number>`` (Nghị định 61/2018, Quyết định 20/2020/QĐ-TTg);
social insurance writes ``number/year/number``. There is no check digit: a well-formed code may still not exist.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache

import yaml

from knowledge.files import DATA

FIRST_YEAR = 2016
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
_AGENCY = r"(?:[0-9A-Z]{2,3}\.){1,3}[HG][0-9OIL]{2}|[HG][0-9OIL]{2}(?:\.[0-9A-Z]{1,3}){0,3}"
_CODE = re.compile(rf"(?<![0-9A-Z.])({_AGENCY})-([0-9OIL]{{6}})-([0-9OIL]{{3,6}})(?![0-9A-Z])")
_INSURANCE = re.compile(r"(?<!\d)(\d{5})/(\d{4})/(\d{5})(?!\d)")
_LOOKALIKES = str.maketrans("OIL", "011")


@dataclass(frozen=True)
class DossierCode:
    """A well-formed code. ``problem`` says why it cannot be right, in Vietnamese, or is empty."""

    text: str
    agency_code: str
    agency: str | None
    received_on: date | None
    problem: str = ""


@cache
def _agencies() -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    tables = yaml.safe_load((DATA / "agencies.yaml").read_text(encoding="utf-8"))
    return tables["provinces"], tables["ministries"]


def find_codes(message: str, today: date) -> list[DossierCode]:
    """All codes in ``message``, in order, each once. Spaces around dashes and dots, lower case,
    odd dashes, O for 0 and l for 1 inside digit groups are repaired."""
    text = unicodedata.normalize("NFKC", message).translate(_DASHES).upper()
    text = re.sub(r"\s*-\s*", "-", text)
    text = re.sub(r"(?<=[0-9A-Z])\s*[.,]\s*(?=[0-9A-Z]{2,3}\b)", ".", text)
    found = [(m.start(), _province_code(m, today)) for m in _CODE.finditer(text)]
    found += [(m.start(), _insurance_code(m)) for m in _INSURANCE.finditer(text)]
    codes = [code for _, code in sorted(found, key=lambda item: item[0])]
    return list({code.text: code for code in codes}.values())


def parse_code(text: str, today: date) -> DossierCode | None:
    """The one code that ``text`` consists of, or ``None``."""
    codes = find_codes(text, today)
    return codes[0] if len(codes) == 1 else None


def _province_code(match: re.Match[str], today: date) -> DossierCode:
    agency_code = _repair_agency(match.group(1))
    day, number = (part.translate(_LOOKALIKES) for part in match.groups()[1:])
    received = _day(day)
    problem = ""
    if received is None:
        problem = f"“{day}” không phải là một ngày (năm, tháng, ngày: mỗi thứ hai số)"
    elif received > today:
        problem = f"ngày {received:%d/%m/%Y} còn chưa tới"
    elif received.year < FIRST_YEAR:
        problem = f"năm {received.year} quá xa"
    elif not number.strip("0"):
        problem = "số thứ tự toàn số 0"
    return DossierCode(
        f"{agency_code}-{day}-{number}", agency_code, _agency_name(agency_code), received, problem
    )


def _insurance_code(match: re.Match[str]) -> DossierCode:
    return DossierCode(match.group(), "BHXH", "cơ quan Bảo hiểm xã hội", None)


def _repair_agency(agency: str) -> str:
    """O and l are digits next to the H or G of the first level; elsewhere letters may be meant."""
    groups = agency.split(".")
    return ".".join(
        g[0] + g[1:].translate(_LOOKALIKES) if g[0] in "HG" and len(g) == 3 else g for g in groups
    )


def _day(digits: str) -> date | None:
    try:
        return date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return None


def _agency_name(agency_code: str) -> str | None:
    provinces, ministries = _agencies()
    for group in agency_code.split("."):
        if group in ministries:
            return ministries[group]
        if group in provinces:
            name, now = provinces[group]["name"], provinces[group]["now"]
            return name if name == now else f"{name} (nay thuộc {now})"
    return None
