"""dossiers: watches, notices, budgets against guessing, and what the office reports

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
NEW_COLUMNS = (
    ("field", sa.String(120)),
    ("channel", sa.String(16)),
    ("owner", sa.String(120)),
    ("supplement", sa.Text()),
    ("reason", sa.Text()),
    ("phone_mark", sa.String(64)),
    ("birth_mark", sa.String(64)),
)


def upgrade() -> None:
    with op.batch_alter_table("dossier") as batch:
        for name, kind in NEW_COLUMNS:
            batch.add_column(sa.Column(name, kind, nullable=True))
    _add_watches()
    _add_notices()
    op.create_table(
        "spent",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("window", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
    )
    op.create_index("ix_spent_ends_at", "spent", ["ends_at"])
    op.create_table(
        "refused",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("kind", sa.String(24), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
    )


def _add_watches() -> None:
    op.create_table(
        "watch",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("chat", sa.String(64), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(24), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("once", sa.Boolean(), nullable=False),
        sa.Column("seen", sa.String(64), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("claim", sa.String(32), nullable=True),
        sa.Column("claimed_until", TIME, nullable=True),
        sa.Column("heard_at", TIME, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.UniqueConstraint("chat", "mark"),
    )
    op.create_index("ix_watch_chat", "watch", ["chat"])
    op.create_index("ix_watch_next_at", "watch", ["next_at"])


def _add_notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(96), nullable=False),
        sa.Column("chat", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(24), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
    )
    op.create_index("ix_notice_chat", "notice", ["chat"])


def downgrade() -> None:
    for table in ("refused", "spent", "notice", "watch"):
        op.drop_table(table)
    with op.batch_alter_table("dossier") as batch:
        for name, _ in reversed(NEW_COLUMNS):
            batch.drop_column(name)
