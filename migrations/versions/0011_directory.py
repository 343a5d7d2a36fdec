"""Services that people are sent to, and the consent to pass a case on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WORDS = ("code", "name", "kind", "country", "area")
MORE_WORDS = (
    "hours",
    "time_zone",
    "cost",
    "reach_phone",
    "reach_email",
    "reach_web",
    "reach_place",
)


def upgrade() -> None:
    op.create_table(
        "services",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in WORDS),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("serves", postgresql.ARRAY(sa.Text()), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in MORE_WORDS),
        sa.Column("texts", postgresql.JSONB(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("verified_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_services_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint("line_id", "code", name=op.f("uq_services_line_id_code")),
    )
    op.create_table(
        "directory_settings",
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.SmallInteger(), server_default=sa.text("90"), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["line_id"], ["lines.id"], name=op.f("fk_directory_settings_line_id")
        ),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_directory_settings")),
    )
    op.create_table(
        "handoffs",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("from_team", sa.Text(), nullable=False),
        sa.Column("to_team", sa.Text(), nullable=False),
        sa.Column("parts", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by_staff", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=True),
        sa.Column("stands", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withheld_to", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "state <> 'passed' OR (ground IS NOT NULL AND (ground IN ('inside', 'danger', 'child', 'law')"
            " OR (ground = 'consent' AND answered_at IS NOT NULL)))",
            name=op.f("ck_handoffs_ground"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_handoffs_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by_staff"], ["staff.id"], name=op.f("fk_handoffs_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoffs")),
    )
    op.create_index(
        "ix_handoffs_open",
        "handoffs",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'agreed')"),
    )
    op.create_index("ix_handoffs_case", "handoffs", ["case_id", "id"])


def downgrade() -> None:
    for table in ("handoffs", "directory_settings", "services"):
        op.drop_table(table)
