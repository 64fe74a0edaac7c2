"""Whom a person can call when the bot does not know (``knowledge/data/contacts.yaml``)."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from knowledge.files import DATA
from knowledge.yaml_files import read_yaml

FILE = "contacts.yaml"


class Contact(BaseModel):
    """One telephone line; ``sure`` is false when its source is old or contradicted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    number: str
    sure: bool
    source: str


def contacts_for(province: str, path: Path = DATA / FILE) -> tuple[Contact, ...]:
    """The lines of ``province`` (its code; may be empty), then those of the whole country."""
    raw = read_yaml(path)
    table = TypeAdapter(dict[str, list[Contact]]).validate_python(raw)
    own = table.get(province, []) if province else []
    return (*own, *table.get("", []))
