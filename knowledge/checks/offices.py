"""The files a province fills in itself: its offices, and whom people can call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import yaml
from pydantic import ValidationError

from knowledge.contacts import FILE, contacts_for
from knowledge.files import Problem
from knowledge.places import offices
from knowledge.places.tables import FOLDER, read_provinces, read_units


def problems(data: Path, today: date) -> Iterator[Problem]:
    """What is wrong with ``places/offices-….csv`` and the contacts in ``data``, as far as there are any."""
    folder = data / "places"
    tables = folder if (folder / "units.csv").exists() else FOLDER
    codes = {unit.code for unit in read_units(tables)} | {province.code for province in read_provinces(tables)}
    yield from offices.problems(folder, codes, today)
    if (data / FILE).exists():
        yield from _contacts(data / FILE)


def _contacts(path: Path) -> Iterator[Problem]:
    try:
        contacts_for("", path)
    except yaml.YAMLError as error:
        yield Problem(path.name, "", f"not readable YAML ({str(error).splitlines()[0]})")
    except ValidationError as error:
        for one in error.errors():
            yield Problem(path.name, ".".join(map(str, one["loc"])), one["msg"])
