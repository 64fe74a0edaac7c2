"""Places are read once for all tests of this folder."""

from __future__ import annotations

import pytest

from knowledge.places import Places, load_places


@pytest.fixture(scope="session")
def places() -> Places:
    return load_places()
