"""What an operator watches that is not counted as it happens: looked up when it is asked for."""

from __future__ import annotations

import structlog
from prometheus_client import REGISTRY, CollectorRegistry, Gauge, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from bot.app import App
from bot.metric_files import shared
from knowledge.calendar import in_vietnam


def _gauge(name: str, meaning: str) -> Gauge:
    """Of several workers the one that looked last is believed."""
    return Gauge(name, meaning, multiprocess_mode="livemostrecent")


INBOX = _gauge("motcua_inbox_waiting", "Events stored and not answered yet")
OUTBOX = _gauge("motcua_outbox_waiting", "Messages written and not sent yet")
AGE = _gauge("motcua_outbox_age_seconds", "Age of the oldest message that is not sent yet")
DEAD = _gauge("motcua_outbox_dead", "Messages given up")
WORKERS = _gauge("motcua_workers", "Workers that run on this database")
SNAPSHOT = _gauge("motcua_snapshot_version", "Published version that this worker answers from")
PAUSED = _gauge("motcua_paused", "1 while answering is paused")
DATABASE = _gauge("motcua_database_up", "1 when the database can be reached")

log = structlog.get_logger()


async def measure(app: App) -> None:
    """Set the gauges. A database that is away is one of them, not an error."""
    SNAPSHOT.set(app.knowledge.snapshot.version)
    PAUSED.set(app.knowledge.standing.paused is not None)
    if app.delivery is None:
        return
    mailbox = app.delivery.mailbox
    try:
        INBOX.set(await mailbox.waiting())
        OUTBOX.set(await mailbox.unsent())
        DEAD.set(await mailbox.dead())
        oldest = await mailbox.oldest_unsent()
        AGE.set((app.knowledge.clock() - in_vietnam(oldest)).total_seconds() if oldest else 0)
        WORKERS.set(await app.delivery.workers.count())
        DATABASE.set(1)
    except Exception as error:
        log.warning("database not measured", exc_info=error)
        DATABASE.set(0)


def exposition() -> bytes:
    """All that is counted and measured, in Prometheus's words; of all workers together."""
    registry = REGISTRY
    if shared():
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)
