"""VNPT iGate's REST search, as HCMC's portal and several provinces use it: an OpenID client-credential token, then
a search by code that answers a page of dossiers."""

from __future__ import annotations

from typing import Any

import httpx
from pydantic import Field

from knowledge.calendar import Clock
from knowledge.dossiers.parts import DossierCode
from knowledge.dossiers.portals.shapes import Lenient, Maker, as_shape, iso_day, vietnamese_name
from knowledge.dossiers.portals.tokens import Tokens
from knowledge.dossiers.portals.wire import PortalError, exchange
from knowledge.dossiers.vault import Vault
from knowledge.models import Dossier

TOKEN_PATH = "/auth/realms/digo/protocol/openid-connect/token"  # noqa: S105  (a path)
SEARCH_PATH = "/pa/dossier-search/dvc"


class _Token(Lenient):
    access_token: str


class _Person(Lenient):
    fullname: str | None = None
    owner: str | None = Field(default=None, alias="ownerFullname")
    phone: str | None = Field(default=None, alias="phoneNumber")
    born: str | None = Field(default=None, alias="birthday")


class _Applicant(Lenient):
    data: _Person = Field(default_factory=_Person)


class _Dossier(Lenient):
    code: str
    applicant: _Applicant = Field(default_factory=_Applicant)
    procedure: Any = None
    status: Any = Field(default=None, alias="dossierStatus")
    task_status: Any = Field(default=None, alias="dossierTaskStatus")
    current_task: Any = Field(default=None, alias="statusCurrentTask")
    agency: Any = None
    applied: str | None = Field(default=None, alias="appliedDate")
    accepted: str | None = Field(default=None, alias="acceptedDate")
    appointed: str | None = Field(default=None, alias="appointmentDate")
    completed: str | None = Field(default=None, alias="completedDate")


class _Page(Lenient):
    content: list[_Dossier]


class Igate:
    """One portal of that kind at ``url``; ``credentials`` are ``client:secret``."""

    def __init__(self, client: httpx.AsyncClient, url: str, credentials: str, clock: Clock, vault: Vault) -> None:
        self.name = "hệ thống một cửa điện tử của tỉnh"
        self._client = client
        self._url = url.rstrip("/")
        self._user, _, self._password = credentials.partition(":")
        self._make = Maker(self.name, clock, vault)
        self._tokens = Tokens(self._new_token)

    async def fetch(self, code: DossierCode) -> Dossier | None:
        """See :class:`Portal`."""
        answer = await self._tokens.use(lambda token: self._search(token, code))
        page = as_shape(_Page, answer)
        # The search also finds codes that only contain this one.
        dossier = next((found for found in page.content if found.code.upper() == code.text), None)
        return self._read(code, dossier) if dossier else None

    async def _new_token(self) -> str:
        try:
            answer = await exchange(
                self._client,
                "POST",
                self._url + TOKEN_PATH,
                data={"grant_type": "client_credentials"},
                auth=(self._user, self._password),
            )
        except PortalError as error:
            if error.kind == "token":
                raise PortalError("failed", "our credentials were refused") from None
            raise
        return as_shape(_Token, answer).access_token

    async def _search(self, token: str, code: DossierCode) -> Any:
        params: dict[str, str | int] = {"page": 0, "size": 10, "spec": "slice", "code": code.text}
        headers = {"Authorization": f"Bearer {token}"}
        return await exchange(self._client, "GET", self._url + SEARCH_PATH, params=params, headers=headers)

    def _read(self, code: DossierCode, found: _Dossier) -> Dossier:
        person = found.applicant.data
        label = vietnamese_name(found.task_status) or vietnamese_name(found.status)
        return self._make.dossier(
            code,
            procedure=vietnamese_name(found.procedure),
            label=label or vietnamese_name(found.current_task),
            agency=vietnamese_name(found.agency),
            owner=person.owner or person.fullname or "",
            phone=person.phone or "",
            born=person.born or "",
            received_on=iso_day(found.accepted or found.applied),
            due_on=iso_day(found.appointed),
            finished_on=iso_day(found.completed),
        )
