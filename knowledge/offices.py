"""The kinds of offices that receive dossiers (``knowledge/data/offices.yaml``)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from knowledge.files import DATA
from knowledge.yaml_files import read_yaml


@cache
def office_kinds(data: Path = DATA) -> dict[str, dict[str, str]]:
    """name and short name of every kind, by key."""
    kinds: dict[str, dict[str, str]] = read_yaml(data / "offices.yaml")
    return kinds


def office_name(key: str) -> str:
    """The full name of the kind of office called ``key``."""
    return office_kinds()[key]["name"]
