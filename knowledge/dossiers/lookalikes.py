"""Numbers that people take for a dossier code: told apart and named, and never shown again when they are private."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from knowledge.dossiers.families import grammar

_PROCEDURE = re.compile(r"(?<![\w.\-])(\d\.\d{6})(?:\.\d{2,3})*(?:\.[HG]\d{2}(?:\.\d{2})?)?(?![\w\-])", re.I)
_NUMBER = re.compile(r"(?<![\w./\-])\+?[\dOIL](?:[ .\-]{0,2}[\dOIL]){3,19}(?![\w/\-])")
_LETTERS = str.maketrans("OIL", "011")


@dataclass(frozen=True)
class Number:
    """A number in a message. ``kind`` is a name in ``code_families.yaml`` or ``procedure``;
    ``shown`` is empty for one that must not be repeated. ``share`` is how much of the message it is."""

    kind: str
    title: str
    shown: str
    secret: bool
    share: float


def procedure_codes(text: str) -> list[str]:
    """Codes of procedures (1.004222, also with a unit behind: 1.011442.000.00.00.H38), without the unit."""
    return list(dict.fromkeys(match.group(1) for match in _PROCEDURE.finditer(text)))


def look_alikes(text: str) -> list[Number]:
    """The numbers in ``text`` that are no dossier codes, in order, each named."""
    clean = unicodedata.normalize("NFKC", text).upper()
    found = [Number("procedure", "mã thủ tục", code, False, len(code) / len(clean)) for code in procedure_codes(clean)]
    for match in _NUMBER.finditer(_PROCEDURE.sub(" ", clean)):
        number = _named(match.group(), len(clean))
        if number:
            found.append(number)
    return found


def _named(written: str, length: int) -> Number | None:
    if sum(map(str.isdigit, written)) < len(re.sub(r"[ .\-+]", "", written)) / 2:
        return None  # letters: "lill", not a number
    digits = re.sub(r"[ .\-+]", "", written).translate(_LETTERS)
    for kind, known in grammar().look_alikes.items():
        if re.fullmatch(known.digits, digits):
            return Number(kind, known.title, "" if known.secret else digits, known.secret, len(written) / length)
    return None
