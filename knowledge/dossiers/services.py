"""What answering about dossiers needs beside the look-up itself, in one object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from knowledge.calendar import Clock
from knowledge.dossiers.guard import Guard
from knowledge.dossiers.notices import Notices
from knowledge.dossiers.photo import PhotoReader
from knowledge.dossiers.vault import Vault
from knowledge.dossiers.watches import Watches

REPLY_WINDOWS = {"zalo-oa": timedelta(hours=48)}
"""Channels that let us write only for a time after the person did (Zalo: free within 48 hours)."""
MISS_STEP_SECONDS = 0.25


@dataclass(frozen=True)
class DossierServices:
    """``push`` names the channels on which we can write first. Answers about codes that lead to nothing leave
    at steps of ``miss_step`` seconds, so that their time does not tell why."""

    vault: Vault
    guard: Guard
    notices: Notices
    watches: Watches
    photos: PhotoReader = field(default_factory=PhotoReader)
    push: frozenset[str] = frozenset()
    windows: Mapping[str, timedelta] = field(default_factory=lambda: REPLY_WINDOWS)
    miss_step: float = MISS_STEP_SECONDS

    def can_watch(self, channel: str) -> bool:
        """Whether a chat on ``channel`` can be told something later."""
        return self.vault.on and channel in self.push


def dossier_services(
    engine: AsyncEngine, secret: str, clock: Clock, push: frozenset[str] = frozenset()
) -> DossierServices:
    """The services on one database."""
    vault = Vault(secret)
    return DossierServices(vault, Guard(engine, vault, clock), Notices(engine), Watches(engine), push=push)
