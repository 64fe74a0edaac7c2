"""notices: they leave through the outbox; kept here is only what waits for the person to write

Revision ID: 0004
Revises: 0003
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)




def upgrade() -> None:
    # The few that were still to be sent have another form; nothing was released with it.
    op.drop_table("notice")
    op.create_table("notice", *_common("name"), sa.Column("payload", sa.JSON(), nullable=False))
    op.create_index("ix_notice_chat", "notice", ["chat"])


def downgrade() -> None:
    op.drop_table("notice")
    op.create_table(
        "notice",
        *_common("unique"),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("not_after", TIME, nullable=True),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("claim", sa.String(32), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", TIME, nullable=True),
    )
    op.create_index("ix_notice_chat", "notice", ["chat"])
    op.create_index("ix_notice_next_at", "notice", ["next_at"])


def _common(name: str) -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(name, sa.String(96), nullable=False, unique=name == "unique"),
        sa.Column("chat", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(24), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
    ]
