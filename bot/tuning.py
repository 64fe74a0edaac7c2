"""How the interpreter is set for a process that answers many people at once.

Both were found with a profile of questions beside a slow portal (``make bench-dossiers``); docs/dossiers.md has it.
"""

from __future__ import annotations

import gc
import sys

from knowledge.knowledge import Knowledge

SWITCH_SECONDS = 0.0005
"""After this long a thread that waits for the interpreter gets it. SQLite's threads ask for it a dozen times in a
transaction: with Python's own 5 ms each, a busy loop kept everybody's answer waiting to be written down."""


def share_fairly() -> None:
    """Let the threads of the database have their turn quickly."""
    sys.setswitchinterval(SWITCH_SECONDS)


def keep_out_of_sight() -> None:
    """What is loaded is never garbage. Were the collector to look through it, all would stand still meanwhile."""
    gc.freeze()


async def refresh(knowledge: Knowledge) -> None:
    """Swap in what was published, and have the collector leave it alone too. (What it replaces goes by itself.)"""
    if await knowledge.refresh():
        keep_out_of_sight()
