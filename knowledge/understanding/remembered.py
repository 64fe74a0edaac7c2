"""What an index learnt, kept in a file: a second start need not learn the same again.

The file's name is a fingerprint of everything that was learnt from, so it can be stale only by being unused.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from knowledge.understanding.confidence import OURS_FEATURES, RIGHT_FEATURES, Confidence
from knowledge.understanding.fitting import Doubles, Logistic
from knowledge.understanding.labelled import OURS
from knowledge.understanding.lessons import SAMPLES, Lesson
from knowledge.understanding.signals import SIGNALS
from knowledge.understanding.tables import FOLDER
from knowledge.understanding.space import BLOCK_WEIGHTS, IMAGINED
from knowledge.understanding.terms import MAX_WORDS, Ints

# Raise it when the way of learning changes without changing the names below.
VERSION = 3
_PARTS = ("ours", "right", "faq")


@dataclass(frozen=True, slots=True)
class Readings:
    """What reading all phrases gave: how often each word stands in them, its number, each phrase's terms and words, the lessons."""

    frequencies: dict[str, int]
    words: dict[str, int]
    marked: dict[str, int]
    terms: list[Ints]
    forms: list[str]
    lessons: list[Lesson]


@dataclass(frozen=True, slots=True)
class Learnt:
    """The costly results of training."""

    weights: Doubles
    confidence: Confidence


def fingerprint(terms: Sequence[Ints], owners: Ints, kinds: Ints) -> str:
    """A name for one set of phrases and one way of learning from them."""
    made = hashlib.sha256(
        repr((VERSION, IMAGINED, SAMPLES, BLOCK_WEIGHTS, SIGNALS, OURS_FEATURES, RIGHT_FEATURES)).encode()
    )
    for array in (*terms, owners, kinds):
        made.update(array.tobytes())
    return made.hexdigest()[:24]


def save(folder: Path, name: str, learnt: Learnt) -> None:
    """Writes the file whole or not at all; a folder that cannot be written is no reason to fail."""
    arrays: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float64]]] = {"weights": learnt.weights}
    for part in _PARTS:
        fitted: Logistic = getattr(learnt.confidence, part)
        arrays[part] = np.vstack([fitted.mean, fitted.spread, fitted.weights, np.full(len(fitted.mean), fitted.offset)])
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"{name}.new.npz"
        np.savez(draft, **arrays)  # type: ignore[arg-type]
        draft.replace(folder / f"{name}.npz")


def load(folder: Path, name: str) -> Learnt | None:
    """What was saved under ``name``, or None."""
    try:
        with np.load(folder / f"{name}.npz", allow_pickle=False) as file:
            ours, right, faq = (_logistic(file[part]) for part in _PARTS)
            return Learnt(file["weights"], Confidence(ours, right, faq))
    except (OSError, ValueError, KeyError, IndexError, TypeError, BadZipFile):
        return None


def readings(folder: Path | None, texts: Sequence[str], make: Callable[[], Readings]) -> Readings:
    """How ``texts`` are read: from ``folder`` when they were read before with the same tables, else by ``make``."""
    if folder is None:
        return make()
    made = hashlib.sha256(repr((VERSION, MAX_WORDS, SAMPLES)).encode())
    for part in (*(path.read_bytes() for path in (OURS, *sorted(FOLDER.glob("*.yaml")))), *(text.encode() for text in texts)):
        made.update(hashlib.sha256(part).digest())
    file = folder / f"readings-{made.hexdigest()[:24]}.pickle"
    with suppress(OSError, EOFError, pickle.UnpicklingError, AttributeError, ValueError, LookupError, TypeError):
        kept: Readings = pickle.loads(file.read_bytes())  # noqa: S301  (our own folder, as our own code is)
        return kept
    found = make()
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".new")
        draft.write_bytes(pickle.dumps(found, pickle.HIGHEST_PROTOCOL))
        draft.replace(file)
    return found


def _logistic(rows: Doubles) -> Logistic:
    mean, spread, weights, offset = rows
    return Logistic(mean, spread, weights, float(offset[0]))
