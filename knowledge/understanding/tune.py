"""``motcua tune``: the few global weights and thresholds, from the data, reproducibly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from knowledge.record import Record
from knowledge.understanding.evaluate import Row
from knowledge.understanding.types import NotOurs


def tune(
    records: Sequence[Record], not_ours: Sequence[NotOurs], rows: Sequence[Row], *, seed: int = 0
) -> dict[str, Any]:
    """The tuned settings and how well they do in cross-validation (filled in later)."""
    return {"seed": seed, "records": len(records), "not_ours": len(not_ours), "rows": len(rows)}
