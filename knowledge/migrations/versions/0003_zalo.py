"""zalo: the tokens of an Official Account

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "zalo_token",
        sa.Column("app", sa.String(80), primary_key=True),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("refresh", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("life", sa.Integer(), nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("seeds", sa.JSON(), nullable=False),
        sa.Column("holder", sa.String(64), nullable=True),
        sa.Column("held_until", TIME, nullable=True),
        sa.Column("spent", sa.Boolean(), nullable=False),
        sa.Column("not_before", TIME, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("zalo_token")
