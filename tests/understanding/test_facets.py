"""Which part of the answer is asked for, on our own labelled questions; half were kept from tuning."""

from __future__ import annotations

import pytest

from knowledge.understanding import Index
from knowledge.understanding.normalize import fold


@pytest.mark.parametrize(("half", "least"), [("seen", 0.97), ("held", 0.95)])
def test_the_part_asked_for(index: Index, facet_rows: list[dict[str, str]], half: str, least: float) -> None:
    rows = [r for r in facet_rows if r["half"] == half]
    right = sum((index.understand(r["question"]).facet or "none") == r["facet"] for r in rows)
    assert len(rows) >= 300
    assert right / len(rows) >= least


def test_a_bare_name_asks_for_no_part(index: Index, records: list) -> None:  # type: ignore[type-arg]
    """ "gia hạn tạm trú" asks for no price ("giá"), "căn cước lần đầu" for no place ("đâu")."""
    asked = []
    for record in records:
        for name in (record.name, record.label.partition(" (")[0]) if record.kind == "procedure" else ():
            found = [index.understand(typed) for typed in (name, fold(name))]
            asked += [name for f in found if f.entry == record.slug and f.facet]
    assert len(asked) <= 4, asked
