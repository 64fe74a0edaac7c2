"""What the adapters share: dates and names as portals write them, and a dossier made of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.calendar import VIETNAM, Clock
from knowledge.dossiers.facts import birth_fact, masked_name, phone_fact
from knowledge.dossiers.parts import DossierCode
from knowledge.dossiers.portals.wire import PortalError
from knowledge.dossiers.states import OTHER, state_name
from knowledge.dossiers.vault import Vault
from knowledge.models import Dossier
from knowledge.privacy import mask

VIETNAMESE = 228
"""iGate's number for the Vietnamese language."""
Shape = TypeVar("Shape", bound=BaseModel)


class Lenient(BaseModel):
    """A portal's object: fields we do not know are ignored, numbers may stand for text."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class Portal(Protocol):
    """One portal system."""

    name: str

    async def fetch(self, code: DossierCode) -> Dossier | None:
        """The dossier, or ``None`` when the portal has none with this code.

        Raises:
            PortalError: it did not answer as it should.
        """
        ...


def as_shape(shape: type[Shape], answer: Any) -> Shape:
    """``answer`` read as ``shape``.

    Raises:
        PortalError: it is something else. What it was is not told: it may hold personal data.
    """
    try:
        return shape.model_validate(answer)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise PortalError("shape", f"unexpected type at {where or 'the top'}") from None


def vietnamese_name(value: Any) -> str:
    """A name that may be text, an object with a name, or a list of one name a language."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        return vietnamese_name(value.get("name") or value.get("translate") or "")
    if isinstance(value, list):
        entries = [entry for entry in value if isinstance(entry, dict)]
        own = [entry for entry in entries if entry.get("languageId") == VIETNAMESE]
        return vietnamese_name((own or entries or [{}])[0].get("name") or "")
    return ""


def iso_day(text: str | None) -> date | None:
    """The day in Vietnam of an ISO time such as ``2026-11-05T01:23:45.000+0000``.

    Raises:
        PortalError: it is no time.
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise PortalError("shape", "not an ISO time") from None
    return (moment.astimezone(VIETNAM) if moment.tzinfo else moment).date()


def packed_day(text: str | None) -> date | None:
    """The day of ``yyyyMMddHHmmss`` (or ``yyyyMMdd``), which is Vietnam's time.

    Raises:
        PortalError: it is something else.
    """
    if not text or not text.strip():
        return None
    try:
        return datetime.strptime(text.strip()[:8], "%Y%m%d").date()  # noqa: DTZ007  (a day there, no instant)
    except ValueError:
        raise PortalError("shape", "not a yyyyMMddHHmmss time") from None


class Maker:
    """Makes a :class:`Dossier` of what a portal says; names and telephones go no further than here."""

    def __init__(self, source: str, clock: Clock, vault: Vault) -> None:
        self._source = source
        self._clock = clock
        self._vault = vault

    def dossier(
        self,
        code: DossierCode,
        *,
        procedure: str,
        label: str,
        agency: str = "",
        owner: str = "",
        phone: str = "",
        born: str = "",
        supplement: str = "",
        reason: str = "",
        received_on: date | None = None,
        due_on: date | None = None,
        finished_on: date | None = None,
    ) -> Dossier:
        """``label`` is the state as the portal writes it (its number or its words)."""
        if not label:
            raise PortalError("shape", "no state")
        state = state_name(label)
        return Dossier(
            code=code.text,
            procedure=procedure or "(cổng không ghi tên thủ tục)",
            state=state,
            state_label=label if state == OTHER else "",
            agency=agency or code.agency,
            source=self._source,
            as_of=self._clock(),
            owner=masked_name(owner) or None,
            supplement=mask(supplement) or None,
            reason=mask(reason) or None,
            phone_mark=phone_fact(self._vault, code.text, phone),
            birth_mark=birth_fact(self._vault, code.text, born),
            received_on=received_on or code.received_on,
            due_on=due_on,
            finished_on=finished_on,
        )
