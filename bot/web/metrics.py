"""What an operator watches that is not counted as it happens: looked up when it is asked for."""

from __future__ import annotations

import structlog
from prometheus_client import Gauge

from bot.app import App
from knowledge.calendar import in_vietnam

INBOX = Gauge("motcua_inbox_waiting", "Events stored and not answered yet")
OUTBOX = Gauge("motcua_outbox_waiting", "Messages written and not sent yet")
AGE = Gauge("motcua_outbox_age_seconds", "Age of the oldest message that is not sent yet")
DEAD = Gauge("motcua_outbox_dead", "Messages given up")
WORKERS = Gauge("motcua_workers", "Workers that run on this database")
SNAPSHOT = Gauge("motcua_snapshot_version", "Published version that this worker answers from")
PAUSED = Gauge("motcua_paused", "1 while answering is paused")
DATABASE = Gauge("motcua_database_up", "1 when the database can be reached")

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
