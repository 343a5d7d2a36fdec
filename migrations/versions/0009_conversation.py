"""Replies kept ready, and when a person may be written to."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ONCE = "ix_case_messages_reply"


def upgrade() -> None:
    op.add_column("cases", sa.Column("agreed_sealed", sa.LargeBinary(), nullable=True))
    op.add_column("case_messages", sa.Column("reply_name", sa.Text(), nullable=True))
    op.add_column(
        "case_messages", sa.Column("kept_until", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index(
        ONCE,
        "case_messages",
        ["case_id", "reply_name"],
        unique=True,
        postgresql_where=sa.text("reply_name IS NOT NULL"),
    )
    op.create_table(
        "ready_replies",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_ready_replies_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ready_replies")),
        sa.UniqueConstraint("line_id", "name", name=op.f("uq_ready_replies_line_id_name")),
    )
    op.create_table(
        "ready_texts",
        sa.Column("reply_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_by", sa.BigInteger(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["reply_id"],
            ["ready_replies.id"],
            name=op.f("fk_ready_texts_reply_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"], ["staff.id"], name=op.f("fk_ready_texts_reviewed_by")
        ),
        sa.PrimaryKeyConstraint("reply_id", "language", name=op.f("pk_ready_texts")),
    )


def downgrade() -> None:
    op.drop_table("ready_texts")
    op.drop_table("ready_replies")
    op.drop_index(ONCE, table_name="case_messages")
    for column in ("kept_until", "reply_name"):
        op.drop_column("case_messages", column)
    op.drop_column("cases", "agreed_sealed")
