"""Invitations of colleagues; and the record of what staff do, which from here on only grows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# A day less than the record is kept (`retention.KEEP`): the clock of who purges may be ahead of the
# database's, and the purge must not fail over it.
ONLY_GROWS = """
CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.at < now() - interval '729 days' THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'the record of what staff did only grows' USING ERRCODE = 'insufficient_privilege';
END
$$
"""


def upgrade() -> None:
    words = postgresql.ARRAY(sa.Text())
    op.create_table(
        "invitations",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("teams", words, nullable=False),
        sa.Column("speaks", words, nullable=False),
        sa.Column("for_children", sa.Boolean(), nullable=False),
        sa.Column("most_cases", sa.SmallInteger(), nullable=False),
        sa.Column("most_urgent", sa.SmallInteger(), nullable=False),
        sa.Column("invited_by", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_invitations_line_id")),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["staff.id"], name=op.f("fk_invitations_invited_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.execute(ONLY_GROWS)
    op.execute(
        "CREATE TRIGGER audit_rows_stay BEFORE UPDATE OR DELETE ON audit"
        " FOR EACH ROW EXECUTE FUNCTION audit_only_grows()"
    )
    op.execute(
        "CREATE TRIGGER audit_stays BEFORE TRUNCATE ON audit"
        " FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER audit_stays ON audit")
    op.execute("DROP TRIGGER audit_rows_stay ON audit")
    op.execute("DROP FUNCTION audit_only_grows()")
    op.drop_table("invitations")
