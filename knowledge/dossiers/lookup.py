"""Look up a dossier by its code. One interface; the local table is the embedded default."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from knowledge.calendar import VIETNAM, Clock
from knowledge.dossiers.codes import DossierCode
from knowledge.dossiers.states import states
from knowledge.models import Dossier
from knowledge.store import Store

Failure = Literal["unavailable", "denied"]


@dataclass(frozen=True)
class Found:
    """What a system says of a dossier. ``error`` is set when it could not be asked."""

    code: str
    source: str
    as_of: datetime
    dossier: Dossier | None = None
    overdue: bool = False
    error: Failure | None = None


class LookUp(Protocol):
    """A system that knows dossiers."""

    async def find(self, code: DossierCode) -> Found:
        """Ask for one dossier; never raises, a failure is in ``error``."""
        ...


class LocalTable:
    """The table filled by ``motcua dossiers import``."""

    name = "bảng hồ sơ của bộ phận một cửa"

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def find(self, code: DossierCode) -> Found:
        """The dossier with this code, if the table has it."""
        dossier = await self._store.dossier(code.text)
        now = self._clock()
        if dossier is None:
            return Found(code.text, self.name, now)
        as_of = dossier.as_of if dossier.as_of.tzinfo else dossier.as_of.replace(tzinfo=VIETNAM)
        return Found(code.text, dossier.source, as_of, dossier, is_overdue(dossier, now.date()))


def is_overdue(dossier: Dossier, today: date) -> bool:
    """Past its due day and neither finished nor waiting for the citizen."""
    state = states().get(dossier.state)
    if dossier.due_on is None or dossier.finished_on or (state and (state.finished or state.paused)):
        return False
    return today > dossier.due_on
