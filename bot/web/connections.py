"""Connections are few and patient, not endless: a limit on how many, and on how long a client may keep us waiting.

uvicorn alone waits for ever for the first byte of a request, and for the last byte of an answer to be taken, and keeps
every connection that somebody opens. Here a client who is slow is cut off after a while; and when all places are
taken, whoever has kept us waiting longest makes room for whoever comes. So those who open thousands of connections
and say nothing push out one another, and not a platform or a person, whose question is there in a moment.
"""

from __future__ import annotations

import asyncio
import resource
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.settings import Settings

HEAD_SECONDS = 10.0
"""To say what is wanted: on a new connection, and after each answer."""
ANSWER_SECONDS = 120.0
"""From there until the answer is taken: sixty for the body of a photo, the rest for us and the way back."""
SPARE_FILES = 256
"""What the program opens besides connections of clients: its database, platforms, portals."""


def server_config(web: ASGIApp, settings: Settings, stop_seconds: int) -> uvicorn.Config:
    """How ``web`` is served."""
    return uvicorn.Config(
        web,
        http=patient_protocol(room_for(settings.max_connections)),
        # Nothing of ours speaks it, and its connections would be under no limit.
        ws="none",
        # Its warnings are about what strangers send; nobody shall fill our log with that.
        log_level="error",
        access_log=False,
        timeout_graceful_shutdown=stop_seconds,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
    )


def room_for(most: int) -> int:
    """How many connections there can be: ``most``, if the system lets us have so many files open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return most if soft == resource.RLIM_INFINITY else max(1, min(most, soft - SPARE_FILES))


def patient_protocol(most: int) -> type[H11Protocol]:
    """uvicorn's HTTP for at most ``most`` connections at a time."""
    return type("PatientProtocol", (Patient,), {"most": most, "waiting": {}})


class Patient(H11Protocol):
    """Has at most ``most`` connections, and cuts off those that keep us waiting."""

    most: int
    waiting: dict[Patient, None]
    """The connections whose client is to do something, the one that has been waited for longest first."""

    _timer: asyncio.TimerHandle | None = None
    _stage: object = None

    def connection_made(self, transport: Any) -> None:
        """Take a connection, if there is room or somebody can make some."""
        if len(self.connections) >= self.most and not self._make_room():
            # All are being answered. The platforms call again after a closed connection; a page says it is busy.
            self.transport = transport
            transport.abort()
            return
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        """Part of a request has come."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """The answer is written; perhaps the next request has come already."""
        super().on_response_complete()
        self._look()

    def pause_writing(self) -> None:
        """The client takes no more of the answer."""
        super().pause_writing()
        self.waiting.setdefault(self)

    def resume_writing(self) -> None:
        """The client takes the answer again."""
        super().resume_writing()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self.waiting.pop(self, None)
        if self._timer:
            self._timer.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        """Whose turn is it, the client's or ours, and how long may it take?"""
        asked = self.cycle is not None and not self.cycle.response_complete
        if not asked or self.cycle.more_body:
            self.waiting.setdefault(self)
        else:
            self.waiting.pop(self, None)
        stage = (self.cycle, asked)
        if stage != self._stage:
            self._stage = stage
            if self._timer:
                self._timer.cancel()
            # An answer that is not taken yet has its time, too.
            taken = not asked and not self.transport.get_write_buffer_size()
            self._timer = self.loop.call_later(HEAD_SECONDS if taken else ANSWER_SECONDS, self._give_up)

    def _give_up(self) -> None:
        self._timer = None
        self.transport.abort()

    def _make_room(self) -> bool:
        slowest = next(iter(self.waiting), None)
        if slowest is None:
            return False
        del self.waiting[slowest]
        self.connections.discard(slowest)
        slowest.transport.abort()
        return True
