"""What people really write about where they live, up and down the country, and the units it means.

The units were read from the published list of mergers, not from our own tables.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from knowledge.places import Places

with (Path(__file__).parent / "sentences.csv").open(encoding="utf-8", newline="") as file:
    SENTENCES = [(row["home"], row["sentence"], set(row["units"].split(";"))) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("home", "sentence", "units"), SENTENCES, ids=[sentence for _, sentence, _ in SENTENCES])
def test_a_sentence_leads_to_its_units(places: Places, home: str, sentence: str, units: set[str]) -> None:
    found = places.find(sentence, home)
    assert found, "no place was seen in it"
    assert {unit.label for unit in found.units} == units


def test_there_are_enough_of_them() -> None:
    assert len({sentence for _, sentence, _ in SENTENCES}) >= 200
