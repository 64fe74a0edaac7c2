"""Progress of a dossier of social insurance (message code 019): steps with what was done when, and a summary."""

from __future__ import annotations

from datetime import datetime

import httpx
from pydantic import Field

from knowledge.calendar import Clock
from knowledge.dossiers.parts import DossierCode
from knowledge.dossiers.portals.shapes import Lenient, Maker, as_shape, iso_day
from knowledge.dossiers.portals.wire import PortalError, exchange
from knowledge.dossiers.vault import Vault
from knowledge.models import Dossier

PROGRESS = "019"
DONE = "Đã xử lý xong"


class _Act(Lenient):
    what: str = Field(default="", alias="Hanhdong")
    when: str = Field(default="", alias="Thoigianxuly")


class _Step(Lenient):
    office: str = Field(default="", alias="Tenphongban")
    acts: list[_Act] = Field(default_factory=list, alias="Lichsuquitrinhxulys")


class _Summary(Lenient):
    code: str = Field(alias="Sohoso")
    procedure: str = Field(default="", alias="Tenthutuc")
    due: str | None = Field(default=None, alias="Ngayhentra")
    done: str | None = Field(default=None, alias="Ngayxulyxong")


class _Info(Lenient):
    summary: _Summary | None = Field(default=None, alias="Tthoso")


class _Answer(Lenient):
    steps: list[_Step] | None = Field(default=None, alias="Quatrinh")
    info: _Info | None = None


class Insurance:
    """The service at ``url``; ``credentials`` are its access token."""

    def __init__(self, client: httpx.AsyncClient, url: str, credentials: str, clock: Clock, vault: Vault) -> None:
        self.name = "hệ thống của cơ quan Bảo hiểm xã hội"
        self._client = client
        self._url = url
        self._headers = {"Authorization": f"Bearer {credentials}"} if credentials else {}
        self._make = Maker(self.name, clock, vault)

    async def fetch(self, code: DossierCode) -> Dossier | None:
        """See :class:`Portal`."""
        body = {"code": PROGRESS, "data": {"SoHoSo": code.text}}
        answer = as_shape(_Answer, await exchange(self._client, "POST", self._url, json=body, headers=self._headers))
        summary = answer.info.summary if answer.info else None
        if summary is None and answer.steps is None:
            raise PortalError("shape", "neither steps nor a summary")
        if summary is None or summary.code != code.text:
            return None
        return self._read(code, summary, answer.steps or [])

    def _read(self, code: DossierCode, summary: _Summary, steps: list[_Step]) -> Dossier:
        acts = [(day, act.what, step.office) for step in steps for act in step.acts if (day := _day(act.when))]
        first, last = min(acts, default=None), max(acts, default=None, key=lambda act: act[0])
        return self._make.dossier(
            code,
            procedure=summary.procedure,
            label=DONE if summary.done else (last[1] if last else "Được tiếp nhận"),
            agency=last[2] if last else "",
            received_on=first[0].date() if first else None,
            due_on=iso_day(summary.due),
            finished_on=iso_day(summary.done),
        )


def _day(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%d/%m/%Y %H:%M")  # noqa: DTZ007  (Vietnam's time, only the day is used)
    except ValueError:
        return None
