"""Where colleagues are told that something waits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("notice_calls", "notices", "notice_rules", "notice_addresses", "case_looks")


def upgrade() -> None:
    _calls()
    _notices()
    _rules()
    _addresses()
    _looks()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _calls() -> None:
    op.create_table(
        "notice_calls",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column(
            "staff_ids",
            postgresql.ARRAY(sa.BigInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_notice_calls_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_calls")),
    )


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("again", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), server_default=sa.text("''"), nullable=False),
        _of_staff("notices"),
        sa.PrimaryKeyConstraint("staff_id", "what", "by", name=op.f("pk_notices")),
    )
    op.create_index(
        "ix_notices_due", "notices", ["by", "due_at"], postgresql_where=sa.text("state = 'queued'")
    )


def _rules() -> None:
    op.create_table(
        "notice_rules",
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("chosen", postgresql.JSONB(), nullable=False),
        sa.Column("quiet_from", sa.SmallInteger(), nullable=True),
        sa.Column("quiet_until", sa.SmallInteger(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("on_duty_only", sa.Boolean(), nullable=False),
        sa.Column("breaks_through", sa.Boolean(), nullable=False),
        _of_staff("notice_rules"),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_notice_rules")),
    )


def _addresses() -> None:
    op.create_table(
        "notice_addresses",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        _of_staff("notice_addresses"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_addresses")),
        sa.UniqueConstraint("staff_id", "by", name=op.f("uq_notice_addresses_staff_id_by")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_notice_addresses_token_hash")),
    )


def _looks() -> None:
    op.create_table(
        "case_looks",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_looks_case_id"), ondelete="CASCADE"
        ),
        _of_staff("case_looks"),
        sa.PrimaryKeyConstraint("case_id", "staff_id", name=op.f("pk_case_looks")),
    )


def _of_staff(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["staff_id"], ["staff.id"], name=op.f(f"fk_{table}_staff_id"), ondelete="CASCADE"
    )
