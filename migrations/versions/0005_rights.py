"""Rights: teams, languages, training and limits of staff, and a record of what they did."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    words = postgresql.ARRAY(sa.Text())
    op.add_column(
        "staff", sa.Column("teams", words, server_default=sa.text("'{}'"), nullable=False)
    )
    op.add_column(
        "staff", sa.Column("speaks", words, server_default=sa.text("'{}'"), nullable=False)
    )
    op.add_column(
        "staff",
        sa.Column("for_children", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "staff",
        sa.Column("most_cases", sa.SmallInteger(), server_default=sa.text("8"), nullable=False),
    )
    op.add_column(
        "staff",
        sa.Column("most_urgent", sa.SmallInteger(), server_default=sa.text("3"), nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("about", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_audit_line_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_audit_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_line", "audit", ["line_id", "at"])
    op.create_index("ix_audit_case", "audit", ["case_id", "at"])


def downgrade() -> None:
    op.drop_table("audit")
    for column in ("most_urgent", "most_cases", "for_children", "speaks", "teams"):
        op.drop_column("staff", column)
