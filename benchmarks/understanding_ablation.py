"""What each part of understanding gives: accuracy without it.

    python benchmarks/understanding_ablation.py QUESTIONS.csv

Each row rebuilds the index with one part switched off. A part that gives nothing should be removed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from benchmarks.understanding_peers import by_us, measured, read_not_ours
from knowledge.files import read_all
from knowledge.understanding import Index, corpus, english, model, reading, repair, rewrite, terms
from knowledge.understanding.labelled import read_rows


@contextmanager
def without_block(number: int) -> Iterator[None]:
    """One kind of term weighs nothing when texts are compared."""
    kept = float(terms.BLOCK_WEIGHTS[number])
    terms.BLOCK_WEIGHTS[number] = 1e-9
    try:
        yield
    finally:
        terms.BLOCK_WEIGHTS[number] = kept


def patched(target: Any, name: str, value: Any) -> Callable[[], Any]:
    """One function of the package replaced."""
    return lambda: mock.patch.object(target, name, value)


def main() -> None:
    """Prints the table."""
    records, _ = read_all()
    rows = read_rows(Path(sys.argv[1]), {r.slug for r in records})
    parts: list[tuple[str, Callable[[], Any]]] = [
        ("everything", patched(corpus, "LEARNABLE", corpus.LEARNABLE)),
        *((f"without {name}", lambda at=at: without_block(at)) for at, name in enumerate(terms.BLOCKS)),
        ("without Telex and VNI", patched(repair, "decode", lambda word: None)),
        ("without repair of single words", patched(repair.Repairer, "_guessed", lambda self, token, plain: (token,))),
        ("without dialect", patched(reading, "dialect", lambda has_marks: rewrite.shorthand()[1])),
        ("without English", patched(english, "SHARE", 2.0)),
        ("without the learnt part (ridge)", patched(model, "MAX_PHRASES", 0)),
        ("without what is not ours", patched(corpus, "load", lambda name: {"groups": []})),
    ]
    print("| | top-1 % | top-3 % | NONE refused % |\n|---|--:|--:|--:|")
    for name, switch in parts:
        with switch():
            not_ours = [] if "not ours" in name else read_not_ours()
            one, three, none = measured(by_us(Index.build(records, not_ours)), rows)
        print(f"| {name} | {one:.1f} | {three:.1f} | {none:.0f} |", flush=True)


if __name__ == "__main__":
    np.seterr(all="ignore")
    main()
