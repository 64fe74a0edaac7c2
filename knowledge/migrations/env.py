"""Alembic's entry point; the connection is handed in by :func:`knowledge.db.migrate`."""

from alembic import context
from sqlmodel import SQLModel

from knowledge import models  # noqa: F401  (fills the metadata)


def run() -> None:
    """Run the migrations on the given connection, in batch mode so that SQLite can alter tables."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
