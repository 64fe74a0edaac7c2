"""The second fact: the last four digits of the telephone or the year of birth that a dossier holds.

Both are four digits, so both are tried with each guess. They are kept only as keyed hashes bound to the code."""

from __future__ import annotations

import hmac
import re

from knowledge.dossiers.vault import Vault
from knowledge.models import Dossier

_NOTHING = "-" * 64


def phone_fact(vault: Vault, code: str, phone: str) -> str | None:
    """What is kept of a telephone number: a keyed hash of its last four digits."""
    digits = re.sub(r"\D", "", phone)
    return vault.lasting_mark("phone", code, digits[-4:]) if len(digits) >= 9 else None


def birth_fact(vault: Vault, code: str, born: str) -> str | None:
    """What is kept of a day or year of birth: a keyed hash of the year."""
    year = re.search(r"(?<!\d)(?:19|20)\d{2}(?!\d)", born)
    return vault.lasting_mark("birth", code, year.group()) if year else None


def has_fact(dossier: Dossier) -> bool:
    return bool(dossier.phone_mark or dossier.birth_mark)


def proves(vault: Vault, code: str, dossier: Dossier | None, answer: str) -> bool:
    """Whether ``answer`` is one of the facts. Takes the same time with and without a dossier, right or wrong."""
    digits = re.sub(r"\D", "", answer)[-4:].rjust(4, "x")
    phone = (dossier.phone_mark if dossier else None) or _NOTHING
    birth = (dossier.birth_mark if dossier else None) or _NOTHING
    # Both are always computed and compared: `or` would tell by its haste which one was right.
    right = [
        hmac.compare_digest(vault.mark("phone", code, digits), phone),
        hmac.compare_digest(vault.mark("birth", code, digits), birth),
    ]
    return any(right)


def masked_name(name: str) -> str:
    """NGUYỄN VĂN A as N*** V** A: the length of a word shows, no more."""
    return " ".join(word[0] + "*" * (len(word) - 1) for word in name.split())
