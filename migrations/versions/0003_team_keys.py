"""Teams have keys of their own: what is said in a case is sealed to them, and no more to the server

Words of cases from before (no version with them was ever released) were sealed to the server and are
deleted here.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM case_messages")
    op.execute("UPDATE cases SET summary_sealed = NULL")
    op.create_table(
        "erasures",
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("erasure_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("line_id", "erasure_hash", name=op.f("pk_erasures")),
    )
    op.create_table(
        "releases",
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("k", sa.SmallInteger(), nullable=False),
        sa.Column("epsilon", sa.Float(53), nullable=True),
        sa.Column("tables", postgresql.JSONB(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_releases_line_id")),
        sa.PrimaryKeyConstraint("line_id", "since", name=op.f("pk_releases")),
    )
    op.create_table(
        "team_keys",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_team_keys_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_keys")),
    )
    op.create_index(
        "ix_team_keys_current",
        "team_keys",
        ["line_id", "team"],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.create_table(
        "teams",
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_teams_line_id")),
        sa.PrimaryKeyConstraint("line_id", "name", name=op.f("pk_teams")),
    )
    op.create_table(
        "escrows",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("team_key_id", sa.BigInteger(), nullable=False),
        sa.Column("needed", sa.SmallInteger(), nullable=False),
        sa.Column("made_for", sa.SmallInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drilled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["team_key_id"],
            ["team_keys.id"],
            name=op.f("fk_escrows_team_key_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escrows")),
    )
    op.create_table(
        "staff_keys",
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_keys_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_keys")),
    )
    op.create_table(
        "case_keys",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("team_key_id", sa.BigInteger(), nullable=True),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_keys_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_key_id"], ["team_keys.id"], name=op.f("fk_case_keys_team_key_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_keys")),
    )
    op.create_index("ix_case_keys_case", "case_keys", ["case_id", "team"], unique=False)
    op.create_index(
        "ix_case_keys_waiting",
        "case_keys",
        ["team"],
        unique=False,
        postgresql_where=sa.text("team_key_id IS NULL"),
    )
    op.create_table(
        "escrow_gifts",
        sa.Column("escrow_id", sa.BigInteger(), nullable=False),
        sa.Column("from_staff", sa.BigInteger(), nullable=False),
        sa.Column("to_staff", sa.BigInteger(), nullable=False),
        sa.Column("share_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["escrow_id"],
            ["escrows.id"],
            name=op.f("fk_escrow_gifts_escrow_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["from_staff"],
            ["staff_keys.staff_id"],
            name=op.f("fk_escrow_gifts_from_staff"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["to_staff"],
            ["staff_keys.staff_id"],
            name=op.f("fk_escrow_gifts_to_staff"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "escrow_id", "from_staff", "to_staff", name=op.f("pk_escrow_gifts")
        ),
    )
    op.create_table(
        "escrow_shares",
        sa.Column("escrow_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("share_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["escrow_id"],
            ["escrows.id"],
            name=op.f("fk_escrow_shares_escrow_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff_keys.staff_id"],
            name=op.f("fk_escrow_shares_staff_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("escrow_id", "staff_id", name=op.f("pk_escrow_shares")),
    )
    op.create_table(
        "team_members",
        sa.Column("team_key_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("key_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff_keys.staff_id"],
            name=op.f("fk_team_members_staff_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["team_key_id"],
            ["team_keys.id"],
            name=op.f("fk_team_members_team_key_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("team_key_id", "staff_id", name=op.f("pk_team_members")),
    )
    op.add_column("cases", sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("cases", sa.Column("public_key", sa.LargeBinary(), nullable=True))
    op.add_column("cases", sa.Column("answers_sealed", sa.LargeBinary(), nullable=True))
    op.drop_column("cases", "forgotten")
    op.add_column("contacts", sa.Column("handle", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_contacts_handle",
        "contacts",
        ["line_id", "handle"],
        unique=False,
        postgresql_where=sa.text("handle IS NOT NULL"),
    )
    op.add_column(
        "lines", sa.Column("period", sa.Text(), server_default=sa.text("'month'"), nullable=False)
    )
    # ### end Alembic commands ###


def downgrade() -> None:
    raise NotImplementedError("keys are not taken back: restore a backup from before")
