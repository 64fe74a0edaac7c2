"""The ten national states of a dossier, and what each means for the person."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from knowledge.files import DATA
from knowledge.yaml_files import read_yaml

OTHER = "khac"
"""The state of a dossier whose label we do not know: shown as it stands, never guessed."""


class State(BaseModel):
    """One state: ``number`` as the national portal counts, ``next`` what the person does now, ``acts`` whose turn
    it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: str
    acts: Literal["office", "person", "nobody"]
    label: str
    meaning: str
    next_step: str = Field(alias="next")
    words: tuple[str, ...]
    paused: bool = False
    finished: bool = False

    @property
    def resumes(self) -> bool:
        """Whether the clock runs on once the person has done their part. A stopped dossier has ended."""
        return self.paused and self.number != "8"


@cache
def states() -> dict[str, State]:
    """All states by their name."""
    raw = read_yaml(DATA / "dossier_states.yaml")
    return TypeAdapter(dict[str, State]).validate_python(raw)


def state_name(label: str) -> str:
    """The state that a desk's ``label`` (or the portal's number) stands for; ``khac`` when unknown."""
    wanted = " ".join(label.casefold().split())
    for name, state in states().items():
        if wanted in {state.number, name, *state.words}:
            return name
    return OTHER
