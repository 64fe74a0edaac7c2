"""Which system is asked for which code, as the settings say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx

from knowledge.calendar import Clock
from knowledge.dossiers.families import System
from knowledge.dossiers.lookup import Found, LookUp
from knowledge.dossiers.parts import DossierCode
from knowledge.dossiers.portals.cache import Remembered
from knowledge.dossiers.portals.igate import Igate
from knowledge.dossiers.portals.insurance import Insurance
from knowledge.dossiers.portals.national import National
from knowledge.dossiers.portals.patient import Patience, Patient
from knowledge.dossiers.portals.shapes import Portal
from knowledge.dossiers.portals.wire import new_client
from knowledge.dossiers.vault import Vault

Maker = Callable[[httpx.AsyncClient, str, str, Clock, Vault], Portal]
# What each kind of system can be asked for. The national connector holds what provinces hand on to it.
KINDS: dict[str, tuple[Maker, frozenset[System]]] = {
    "igate": (Igate, frozenset({"province"})),
    "national": (National, frozenset({"national", "ministry", "police", "province"})),
    "bhxh": (Insurance, frozenset({"insurance"})),
}


class PortalConfigError(ValueError):
    """PORTAL_KIND, PORTAL_URL and PORTAL_TOKEN do not go together; the message says why."""


@dataclass(frozen=True)
class PortalConfig:
    """One system to ask."""

    kind: str
    url: str
    token: str


def read_configs(kinds: str, urls: str, tokens: str) -> list[PortalConfig]:
    """The systems in three settings that each hold one value a system, parted by commas.

    Raises:
        PortalConfigError: an unknown kind, or not as many addresses as kinds.
    """
    split = [[part.strip() for part in text.split(",")] if text.strip() else [] for text in (kinds, urls, tokens)]
    if len(split[0]) != len(split[1]):
        raise PortalConfigError("give PORTAL_URL one address for each kind in PORTAL_KIND")
    if len(split[2]) not in {0, len(split[0])}:
        raise PortalConfigError("give PORTAL_TOKEN one value for each kind in PORTAL_KIND, or none")
    for kind, url in zip(split[0], split[1], strict=True):
        if kind not in KINDS:
            raise PortalConfigError(f"PORTAL_KIND {kind!r}: use {', '.join(KINDS)}")
        if not url.startswith(("http://", "https://")):
            raise PortalConfigError("PORTAL_URL must begin with https:// (or http://)")
    rows = zip(split[0], split[1], split[2] or [""] * len(split[0]), strict=True)
    return [PortalConfig(*row) for row in rows]


def look_up_for(
    configs: Sequence[PortalConfig],
    local: LookUp,
    clock: Clock,
    vault: Vault,
    patience: Patience | None = None,
) -> LookUp:
    """The local table alone, or the systems in ``configs`` with the local table behind them."""
    if not configs:
        return local
    systems: list[tuple[frozenset[System], LookUp]] = []
    clients: list[httpx.AsyncClient] = []
    for config in configs:
        make, serves = KINDS[config.kind]
        # A client of its own: one system's stuck connections take none from another's pool.
        clients.append(new_client())
        portal = make(clients[-1], config.url, config.token, clock, vault)
        systems.append((serves, Remembered(Patient(portal, clock, patience or Patience()))))
    return BySystem(systems, local, clients)


class BySystem:
    """Asks the systems that know a code's family, in order, then the desk's own table."""

    def __init__(
        self,
        systems: Sequence[tuple[frozenset[System], LookUp]],
        local: LookUp,
        clients: Sequence[httpx.AsyncClient] = (),
    ) -> None:
        self._systems = systems
        self._local = local
        self._clients = clients

    async def close(self) -> None:
        """Close the connections to the systems."""
        for client in self._clients:
            await client.aclose()

    async def find(self, code: DossierCode) -> Found:
        """The first dossier found; else what went wrong, if something did; else that nobody has it."""
        failure: Found | None = None
        for serves, system in self._systems:
            if code.system in serves:
                found = await system.find(code)
                if found.dossier:
                    return found
                failure = failure or (found if found.error else None)
        found = await self._local.find(code)
        return found if found.dossier or failure is None else failure
