"""Second factors, what a session is known by, and when a screen locks."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "lines",
        sa.Column("second_factor", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "lines",
        sa.Column("idle_minutes", sa.SmallInteger(), server_default=sa.text("5"), nullable=False),
    )
    op.add_column(
        "staff_sessions",
        sa.Column("browser", sa.Text(), server_default=sa.text("''"), nullable=False),
    )
    op.add_column(
        "staff_sessions",
        sa.Column("locked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    _table(
        "authenticators",
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        unique="staff_id",
    )
    _table(
        "passkeys",
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        unique="credential_id",
    )
    op.create_index("ix_passkeys_staff_id", "passkeys", ["staff_id"])
    _table(
        "recovery_codes",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        unique="code_hash",
    )
    op.create_table(
        "spent_challenges",
        sa.Column("challenge_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("challenge_hash", name=op.f("pk_spent_challenges")),
    )


def _table(name: str, *columns: sa.Column[Any], unique: str) -> None:
    """A table of what belongs to somebody of the staff."""
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f(f"fk_{name}_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(unique, name=op.f(f"uq_{name}_{unique}")),
    )


def downgrade() -> None:
    for table in ("spent_challenges", "recovery_codes", "passkeys", "authenticators"):
        op.drop_table(table)
    for column in ("locked", "browser"):
        op.drop_column("staff_sessions", column)
    for column in ("idle_minutes", "second_factor"):
        op.drop_column("lines", column)
