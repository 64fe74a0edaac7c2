"""A shared location names the nearest units."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.places import Places, load_places
from knowledge.places.nearest import distance


def test_the_centre_of_a_unit_is_nearest_to_itself(places: Places) -> None:
    for unit in list(places.units.values())[::40]:
        assert places.nearest(unit.lat, unit.lon)[0].unit == unit


def test_three_units_nearest_first(places: Places) -> None:
    near = places.nearest(20.951, 107.083)  # the harbour of Hồng Gai
    assert len(near) == 3
    assert [n.km for n in near] == sorted(n.km for n in near)
    assert all(n.unit.province == "22" for n in near)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(48.85, 2.35), (25.03, 121.56), (13.75, 100.5), (0, 0), (999, 999), (math.nan, math.nan), (22.8, 108.3)],
)
def test_outside_vietnam_there_is_none(places: Places, lat: float, lon: float) -> None:
    assert places.nearest(lat, lon) == []


def test_a_distance_that_is_known() -> None:
    assert distance(21.0285, 105.8542, 10.7769, 106.7009) == pytest.approx(1144, abs=5)  # Hà Nội to Sài Gòn


@given(lat=st.floats(allow_nan=True), lon=st.floats(allow_nan=True))
def test_no_point_makes_it_fail(lat: float, lon: float) -> None:
    assert len(load_places().nearest(lat, lon)) in (0, 3)
