"""How letters and parcels lie in the database until they are answered and sent: sealed with the installation's key,
so that a copy of the database (a backup, a disk thrown away) does not tell who wrote what. Without MOTCUA_SECRET_KEY
they lie open."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from knowledge.dossiers.vault import Vault
from knowledge.mailbox import Letter, Parcel

SEALED = "sealed"
ADDRESS = "to"


class UnreadableError(Exception):
    """Sealed with another key."""


class Envelope:
    """Closes and opens, with the key of ``vault``. What lies open, from before there was a key, is read as well."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def close(self, payload: dict[str, Any]) -> dict[str, Any]:
        """``payload`` as it is kept."""
        if not self._vault.on:
            return payload
        return {SEALED: self._vault.seal(json.dumps(payload, ensure_ascii=False, separators=(",", ":")))}

    def close_for(self, address: str, messages: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
        """(address, messages) as they are kept: a sealed message has its address inside."""
        if not self._vault.on:
            return address, messages
        return "", [self.close({ADDRESS: address, **message}) for message in messages]

    def opened_letter(self, letter: Letter) -> Letter:
        """The letter with what its channel stored.

        Raises:
            UnreadableError: it was sealed with another key.
        """
        return replace(letter, payload=self._open(letter.payload))

    def opened_parcel(self, parcel: Parcel) -> Parcel:
        """The parcel with its message and address.

        Raises:
            UnreadableError: it was sealed with another key.
        """
        payload = self._open(parcel.payload)
        return replace(parcel, address=payload.pop(ADDRESS, parcel.address), payload=payload)

    def _open(self, kept: dict[str, Any]) -> dict[str, Any]:
        if SEALED not in kept:
            return dict(kept)
        text = self._vault.open(kept[SEALED])
        if text is None:
            raise UnreadableError
        opened: dict[str, Any] = json.loads(text)
        return opened
