"""Places: from what a person calls the place where they live to the commune-level unit of today."""

from knowledge.places.gazetteer import Places, load_places
from knowledge.places.offices import Office, office_at
from knowledge.places.resolve import Found
from knowledge.places.tables import District, Former, Province, Unit

__all__ = ["District", "Former", "Found", "Office", "Places", "Province", "Unit", "load_places", "office_at"]
