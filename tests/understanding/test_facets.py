"""Which part of the answer is asked for, on our own labelled questions; half were kept from tuning."""

from __future__ import annotations

import pytest

from knowledge.understanding import Index


@pytest.mark.parametrize(("half", "least"), [("seen", 0.97), ("held", 0.95)])
def test_the_part_asked_for(index: Index, facet_rows: list[dict[str, str]], half: str, least: float) -> None:
    rows = [r for r in facet_rows if r["half"] == half]
    right = sum((index.understand(r["question"]).facet or "none") == r["facet"] for r in rows)
    assert len(rows) >= 300
    assert right / len(rows) >= least
