"""Shifts, holidays and the clocks by which the unanswered are called for."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shifts",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("starts", sa.SmallInteger(), nullable=False),
        sa.Column("ends", sa.SmallInteger(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("on_holidays", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("(weekday IS NULL) <> (day IS NULL)", name=op.f("ck_shifts_when")),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_shifts_line_id")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_shifts_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    op.create_index("ix_shifts_line", "shifts", ["line_id", "team"])
    op.create_table(
        "shift_changes",
        sa.Column("shift_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shifts.id"], name=op.f("fk_shift_changes_shift_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_shift_changes_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shift_id", "day", name=op.f("pk_shift_changes")),
    )
    op.create_table(
        "holidays",
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_holidays_line_id")),
        sa.PrimaryKeyConstraint("line_id", "day", name=op.f("pk_holidays")),
    )
    op.create_table(
        "aways",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_aways_line_id")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_aways_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aways")),
    )
    op.create_index(
        "ix_aways_now",
        "aways",
        ["staff_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "clocks",
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("urgency", sa.SmallInteger(), nullable=False),
        sa.Column("back", sa.Integer(), nullable=False),
        sa.Column("call", sa.Integer(), nullable=False),
        sa.Column("supervisors", sa.Integer(), nullable=False),
        sa.Column("alarm", sa.Integer(), nullable=False),
        sa.Column("always", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_clocks_line_id")),
        sa.PrimaryKeyConstraint("line_id", "urgency", name=op.f("pk_clocks")),
    )
    instant = sa.DateTime(timezone=True)
    op.add_column("cases", sa.Column("waits_since", instant, nullable=True))
    op.add_column("cases", sa.Column("hushed_at", instant, nullable=True))
    op.add_column("cases", sa.Column("hours_told_at", instant, nullable=True))
    op.add_column(
        "cases", sa.Column("stage", sa.SmallInteger(), server_default=sa.text("0"), nullable=False)
    )
    op.create_index(
        "ix_cases_unanswered",
        "cases",
        ["line_id"],
        postgresql_where=sa.text("waits_since IS NOT NULL AND state <> 'closed'"),
    )
    # Of those that somebody has taken, nobody knows any more whether the contact was answered.
    op.execute("UPDATE cases SET waits_since = opened_at WHERE state = 'waiting'")


def downgrade() -> None:
    op.drop_index("ix_cases_unanswered", "cases")
    for column in ("stage", "hours_told_at", "hushed_at", "waits_since"):
        op.drop_column("cases", column)
    for table in ("clocks", "aways", "holidays", "shift_changes", "shifts"):
        op.drop_table(table)
