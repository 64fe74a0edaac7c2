"""Properties: nothing makes it fail, every unit and every old name is found."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.files import read_all
from knowledge.places import Places, load_places
from knowledge.understanding.normalize import fold

WORDS = st.sampled_from(
    [
        "ở",
        "phường",
        "xã",
        "p.",
        "Q",
        "3",
        "tp",
        "thị",
        "trấn",
        "Hạ",
        "Long",
        "cũ",
        ",",
        "hồng hải",
        "tỉnh",
        "Huế",
        "ward",
    ]
)


@given(
    text=st.text(max_size=80) | st.lists(WORDS, max_size=12).map(" ".join), home=st.sampled_from(["22", "79", "", "x"])
)
@settings(max_examples=300, deadline=None)
def test_it_never_raises_and_names_only_real_units(text: str, home: str) -> None:
    places = load_places()
    found = places.find(text, home)
    assert found is None or all(places.unit(unit.code) is unit for unit in found.units)


def test_every_unit_is_found_by_kind_and_name_with_its_province(places: Places) -> None:
    for unit in places.units.values():
        found = places.find(f"{unit.label}, {places.province_of(unit).name}", "22")
        assert found, unit
        assert unit in found.units


def test_every_unit_is_found_at_home_by_kind_and_name(places: Places) -> None:
    for unit in places.units.values():
        found = places.find(unit.label, unit.province)
        assert found, unit
        assert unit in found.units
        assert len({fold(u.label) for u in found.units}) == 1  # others only when they have the same name


def test_every_old_name_leads_to_its_units(places: Places) -> None:
    for old in places.former:
        if old.kind == "huyện":  # an island district without communes
            continue
        found = places.find(f"{old.label} cũ", places.districts[old.district].province)
        assert found, old
        assert set(old.now) <= {unit.code for unit in found.units}, old


def test_most_old_names_are_found_without_marks_too(places: Places) -> None:
    tried, missed = 0, 0
    for old in places.former[::5]:
        town = places.districts[old.district]
        found = places.find(f"o {fold(old.label)} {fold(town.name)} cu", town.province)
        tried += 1
        missed += not found or not set(old.now) <= {unit.code for unit in found.units}
    assert missed / tried < 0.01


def test_every_old_district_leads_to_all_its_units(places: Places) -> None:
    reached = defaultdict(set)
    for old in places.former:
        reached[old.district] |= set(old.now)
    unclear = []
    for town in places.districts.values():
        found = places.find(f"{town.label}, {town.old_province}", "22")
        if not found or not reached[town.code] <= {unit.code for unit in found.units}:
            unclear.append(town.label)
    assert unclear == ["thành phố Bắc Ninh"]  # the name of today's province too


def test_the_tables_fit_together(places: Places) -> None:
    assert len(places.provinces) == 34
    assert len(places.units) == 3321
    assert all(unit.province in places.provinces for unit in places.units.values())
    assert all(code in places.units for old in places.former for code in old.now)
    assert {code for old in places.former for code in old.now} == set(places.units)


def test_questions_that_name_no_place_name_none(places: Places) -> None:
    """The knowledge base's own questions: where a commune is found in one, it really stands there."""
    records, _ = read_all()
    questions = [q for record in records for q in (*record.questions, *record.old_names, record.name)]
    communes = [q for q in questions if (f := places.find(q, "22")) and f.level in ("unit", "former")]
    assert len(questions) > 2000
    assert len(communes) < len(questions) * 0.002, communes
