"""Understanding, beside its peers, at three sizes, and without each of its parts.

    python -m benchmarks.understanding [peers|size|ablation|all] [QUESTIONS.csv] [CATALOGUE-2642.csv]

Without a file of questions every tenth of our own labelled ones is taken out of the index and asked; without
the national catalogue a made list of that size takes its place.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path

from benchmarks import understanding_ablation, understanding_peers, understanding_size
from knowledge.files import read_all
from knowledge.understanding import labelled
from knowledge.understanding.labelled import Row, read_rows

EVERY = 10


def held_out() -> list[Row]:
    """Every tenth labelled question; from now on no index of this process is built with these."""
    rows = read_rows(labelled.OURS, None)
    file = Path(tempfile.mkdtemp()) / "asked.csv"
    with file.open("w", encoding="utf-8", newline="") as kept:
        writer = csv.writer(kept)
        writer.writerow(labelled.HEADER)
        for at, row in enumerate(rows):
            if at % EVERY:
                writer.writerow([row.id, row.kind, "|".join(sorted(row.expected)) or labelled.NONE, row.question])
    labelled.OURS = file
    return rows[::EVERY]


def main() -> None:
    """Runs one of the three, or all."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else "all"
    given = [Path(a) for a in sys.argv[2:]]
    slugs = {r.slug for r in read_all()[0]}
    rows = read_rows(given[0], slugs) if given else held_out()
    if wanted in ("peers", "all"):
        understanding_peers.main(rows)
    if wanted in ("size", "all"):
        understanding_size.main(rows, given[1] if len(given) > 1 else None)
    if wanted in ("ablation", "all"):
        understanding_ablation.main(rows)


if __name__ == "__main__":
    main()
