"""Questions people bring to us that no entry of ours answers, and who can help instead."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter

from knowledge.files import DATA
from knowledge.understanding import NotOurs
from knowledge.yaml_files import read_yaml


def read_not_ours(path: Path = DATA / "not_ours.yaml") -> list[NotOurs]:
    """The topics in the file at ``path``; none when there is no such file.

    Raises:
        pydantic.ValidationError: the file is not a list of topics.
    """
    if not path.exists():
        return []
    return TypeAdapter(list[NotOurs]).validate_python(read_yaml(path))
