"""Connections are few and patient, not endless: a limit on how many, and on how long a request's head may take.

uvicorn alone waits for ever for the first byte of a request, and keeps every connection that somebody opens.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0


def patient_protocol(most: int) -> type[H11Protocol]:
    """uvicorn's HTTP for at most ``most`` connections at a time."""
    return type("PatientProtocol", (Patient,), {"most": most})


class Patient(H11Protocol):
    """Closes what comes beyond ``most`` connections, and those that do not say what they want."""

    most = 1000
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Take a connection, if there is room."""
        if len(self.connections) >= self.most:
            # The platforms call again after a closed connection; a page shows that it is busy.
            self.transport = transport
            transport.abort()
            return
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Part of a request has come."""
        super().data_received(data)
        if self._asked:
            self._wait_no_more()
        elif self._timer is None:
            # The beginning of a head, on a connection that was idle before.
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._wait_no_more()
        super().connection_lost(exc)

    @property
    def _asked(self) -> bool:
        """Whether a request's head is complete, and its answer is not."""
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self) -> None:
        self._timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _wait_no_more(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._timer = None
        if not self._asked:
            self.transport.close()
