"""The units whose centres lie nearest to a point."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from knowledge.places.tables import Unit

EARTH_KM = 6371.0
FAR_KM = 60.0
"""Farther from every centre than this is not in the country; the largest communes reach some 25 km out."""
AT_SEA_KM = 250.0
"""Around Trường Sa and Hoàng Sa the islands lie farther apart."""
_ISLES = {"Trường Sa", "Hoàng Sa"}


@dataclass(frozen=True, slots=True)
class Near:
    """A unit and how far its centre is, in kilometres."""

    unit: Unit
    km: float


def nearest(units: Iterable[Unit], lat: float, lon: float, n: int = 3) -> list[Near]:
    """The ``n`` nearest units, nearest first; none for a point outside Vietnam.

    A centre is the middle of a unit's area, so the nearest one need not be the unit the point lies in.
    """
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return []
    found = heapq.nsmallest(n, (Near(unit, distance(lat, lon, unit.lat, unit.lon)) for unit in units), key=_km)
    if not found or found[0].km > (AT_SEA_KM if found[0].unit.name in _ISLES else FAR_KM):
        return []
    return found


def _km(near: Near) -> float:
    return near.km


def distance(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Kilometres between two points along the earth's surface (haversine)."""
    half_lat, half_lon = radians(other_lat - lat) / 2, radians(other_lon - lon) / 2
    chord = sin(half_lat) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(half_lon) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(chord)))
