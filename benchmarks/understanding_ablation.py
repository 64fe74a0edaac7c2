"""What each part of understanding gives: accuracy without it.

    python -m benchmarks.understanding ablation [QUESTIONS.csv] [CATALOGUE-2642.csv]

Each row rebuilds the index with one part switched off. A part that gives nothing should be removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

from benchmarks.understanding_peers import by_us, measured
from knowledge.files import read_all
from knowledge.not_ours import read_not_ours
from knowledge.understanding import Index, corpus, english, lessons, reading, repair, rewrite, signals
from knowledge.understanding.labelled import Row


@contextmanager
def without_signal(number: int) -> Iterator[None]:
    """One signal says the same of every candidate."""
    closer = signals.Look.closer

    def silenced(look: signals.Look, candidates: Any) -> signals.Signals:
        found = closer(look, candidates)
        found.values[:, number] = 0
        return found

    with mock.patch.object(signals.Look, "closer", silenced):
        yield


def patched(target: Any, name: str, value: Any) -> Callable[[], Any]:
    """One function of the package replaced."""
    return lambda: mock.patch.object(target, name, value)


def main(rows: Sequence[Row]) -> None:
    """Prints the table."""
    records, _ = read_all()
    parts: list[tuple[str, Callable[[], Any]]] = [
        ("everything", patched(lessons, "SEED", lessons.SEED)),
        *((f"without «{name}»", lambda at=at: without_signal(at)) for at, name in enumerate(signals.SIGNALS)),
        ("without Telex and VNI", patched(repair, "decode", lambda word: None)),
        ("without repair of single words", patched(repair.Repairer, "_guessed", lambda self, token, plain: (token,))),
        ("without the spelling of the chat", patched(repair, "_as_spelled", lambda token: token)),
        ("without ages", patched(reading, "ages", lambda folded: iter(()))),
        ("without dialect", patched(reading, "dialect", lambda has_marks: rewrite.shorthand()[1])),
        ("without English", patched(english, "SHARE", 2.0)),
        ("without labelled questions", patched(corpus, "_asked_of", dict)),
        ("without what is not ours", patched(corpus, "load", lambda name: {"groups": []})),
    ]
    print("| | top-1 % | top-3 % | NONE refused % |\n|---|--:|--:|--:|")
    for name, switch in parts:
        with switch():
            not_ours = [] if "not ours" in name else read_not_ours()
            one, three, none = measured(by_us(Index.build(records, not_ours)), rows)
        print(f"| {name} | {one:.1f} | {three:.1f} | {none:.0f} |", flush=True)
