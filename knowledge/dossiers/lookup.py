"""Look up a dossier by its code. One interface; the local table is the embedded default."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from knowledge.calendar import Clock, in_vietnam
from knowledge.dossiers.parts import DossierCode
from knowledge.dossiers.states import states
from knowledge.dossiers.working_days import next_working_day
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
        overdue = is_overdue(dossier, now.date())
        return Found(code.text, dossier.source, in_vietnam(dossier.as_of), dossier, overdue)


def is_overdue(dossier: Dossier, today: date) -> bool:
    """Past its due day and neither finished nor waiting for the citizen. A due day on which offices are
    closed means the next working day."""
    state = states().get(dossier.state)
    if dossier.due_on is None or dossier.finished_on or (state and (state.finished or state.paused)):
        return False
    return today > next_working_day(dossier.due_on)
