"""What an index learnt, kept in a file: a second start need not learn the same again.

The file's name is a fingerprint of everything that was learnt from: the entries, the tables, and the code of
this package. It can be stale only by being unused.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from knowledge.understanding.corpus import Entry
from knowledge.understanding.labelled import OURS
from knowledge.understanding.tables import FOLDER

Learnt = TypeVar("Learnt")
KEPT = 3  # files: another version's workers may still start from theirs


def remembered(folder: Path | None, entries: Sequence[Entry], learn: Callable[[], Learnt]) -> Learnt:
    """What ``learn`` gives, from ``folder`` when it was learnt before from the same.

    The file is written whole or not at all; a folder that cannot be written is no reason to fail.
    """
    if folder is None:
        return learn()
    file = folder / f"index-{_fingerprint(entries)}.pickle"
    with suppress(Exception):  # a broken file may break in any way; it is made anew
        kept: Learnt = pickle.loads(file.read_bytes())  # noqa: S301  (our own folder, as our own code is)
        return kept
    found = learn()
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".new")
        draft.write_bytes(pickle.dumps(found, pickle.HIGHEST_PROTOCOL))
        draft.replace(file)
        for old in sorted(folder.glob("index-*.pickle"), key=lambda f: f.stat().st_mtime)[:-KEPT]:
            old.unlink()
    return found


def _fingerprint(entries: Sequence[Entry]) -> str:
    made = hashlib.sha256()
    for path in (*sorted(Path(__file__).parent.glob("*.py")), *sorted(FOLDER.glob("*.yaml")), OURS):
        made.update(hashlib.sha256(path.read_bytes()).digest())
    for e in entries:
        made.update(hashlib.sha256(repr((e.kind, e.key, e.names, e.questions, e.asked)).encode()).digest())
    return made.hexdigest()[:24]
