"""The national portal's connector, service TraCuuHoSo: one POST, every value a string, times as ``yyyyMMddHHmmss``
in Vietnam's time, ``error_code`` "00" when all is well."""

from __future__ import annotations

from typing import Any

import httpx
from pydantic import AliasChoices, Field

from knowledge.calendar import Clock
from knowledge.dossiers.parts import DossierCode
from knowledge.dossiers.portals.shapes import Lenient, Maker, as_shape, packed_day
from knowledge.dossiers.portals.tokens import Tokens
from knowledge.dossiers.portals.wire import PortalError, exchange
from knowledge.dossiers.vault import Vault
from knowledge.models import Dossier

LOGIN_PATH = "/login"
SERVICE_PATH = "/TraCuuHoSo"
OK = "00"
WITH_REASON = {"3", "8"}
"""Refused and stopped: GhiChu then says why."""


class _Session(Lenient):
    session: str


class _Supplement(Lenient):
    what: str = Field(default="", alias="NoiDungBoSung")
    new_due: str | None = Field(default=None, alias="NgayHenTraMoi")


class _Dossier(Lenient):
    code: str = Field(alias="MaHoSo")
    procedure: str = Field(default="", alias="TenTTHC")
    owner: str = Field(default="", alias="ChuHoSo")
    phone: str = Field(default="", alias="SoDienThoai")
    received: str | None = Field(default=None, alias="NgayTiepNhan")
    due: str | None = Field(default=None, alias="NgayHenTra")
    returned: str | None = Field(default=None, alias="NgayTra")
    settled: str | None = Field(default=None, alias="NgayKetThucXuLy")
    state: str = Field(alias="TrangThaiHoSo")
    agency: str = Field(default="", alias="DonViXuLy")
    note: str | None = Field(default=None, alias="GhiChu")
    supplements: list[_Supplement] = Field(default_factory=list, alias="DanhSachHoSoBoSung")


class _Answer(Lenient):
    """Connectors differ in where the dossiers stand: ``result`` or ``data``, a list or a single one."""

    error_code: str
    result: list[_Dossier] | _Dossier | None = Field(
        default=None, validation_alias=AliasChoices("result", "data", "Data")
    )

    @property
    def dossiers(self) -> list[_Dossier]:
        if isinstance(self.result, _Dossier):
            return [self.result]
        return self.result or []


class National:
    """The connector at ``url``; ``credentials`` are ``user:password`` to log in with, or a session that lasts."""

    def __init__(self, client: httpx.AsyncClient, url: str, credentials: str, clock: Clock, vault: Vault) -> None:
        self.name = "Cổng Dịch vụ công quốc gia"
        self._client = client
        self._url = url.rstrip("/")
        self._credentials = credentials
        self._make = Maker(self.name, clock, vault)
        self._tokens = Tokens(self._log_in)

    async def fetch(self, code: DossierCode) -> Dossier | None:
        """See :class:`Portal`."""
        answer = await self._tokens.use(lambda session: self._ask(session, code))
        found = next((one for one in answer.dossiers if one.code.upper() == code.text), None)
        return self._read(code, found) if found else None

    async def _log_in(self) -> str:
        user, colon, password = self._credentials.partition(":")
        if not colon:
            return self._credentials
        body = {"username": user, "password": password}
        return as_shape(_Session, await exchange(self._client, "POST", self._url + LOGIN_PATH, json=body)).session

    async def _ask(self, session: str, code: DossierCode) -> _Answer:
        body = {"session": session, "service": "TraCuuHoSo", "MaHoSo": code.text}
        raw: Any = await exchange(self._client, "POST", self._url + SERVICE_PATH, json=body)
        answer = as_shape(_Answer, raw)
        if answer.error_code != OK:
            # The codes are not published. An expired session is the one a new log-in mends, so that is tried.
            raise PortalError("token", f"error_code {answer.error_code[:8]!r}")
        if not answer.model_fields_set & {"result"}:
            raise PortalError("shape", "neither result nor data")
        return answer

    def _read(self, code: DossierCode, found: _Dossier) -> Dossier:
        last = found.supplements[-1] if found.supplements else _Supplement()
        return self._make.dossier(
            code,
            procedure=found.procedure,
            label=found.state,
            agency=found.agency,
            owner=found.owner,
            phone=found.phone,
            supplement=last.what,
            reason=(found.note or "") if found.state in WITH_REASON else "",
            received_on=packed_day(found.received),
            due_on=packed_day(last.new_due) or packed_day(found.due),
            finished_on=packed_day(found.returned) or packed_day(found.settled),
        )
