"""Campaigns to a million: segments, sign-up codes, variants, series, prices, imports, and running totals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Campaigns that are open while this runs keep their balance.
TALLY = """
INSERT INTO campaign_tallies (campaign_id, variant, what, slot, n)
SELECT o.campaign_id, 'A', what, 0, sum(n) FROM (
  SELECT campaign_id, unnest(ARRAY['planned', state, receipt, 'segments']) AS what,
         unnest(ARRAY[1, 1, 1, segments]) AS n
  FROM outbox WHERE campaign_id IS NOT NULL
) AS o WHERE what IN ('planned', 'accepted', 'suppressed', 'expired', 'failed', 'delivered',
                      'undelivered', 'segments')
GROUP BY 1, 3
"""


def upgrade() -> None:
    op.create_table(
        "campaign_tallies",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "campaign_id", "variant", "what", "slot", name=op.f("pk_campaign_tallies")
        ),
    )
    op.create_table(
        "sender_health",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sender_health")),
    )
    op.create_table(
        "prices",
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("price", sa.Numeric(precision=12, scale=6), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_prices_line_id")),
        sa.PrimaryKeyConstraint("line_id", "country", name=op.f("pk_prices")),
    )
    op.create_table(
        "test_sends",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_test_sends_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_test_sends")),
    )
    op.create_table(
        "signup_pending",
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("signup_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_signup_pending_line_id")),
        sa.PrimaryKeyConstraint("line_id", "signup_hash", name=op.f("pk_signup_pending")),
    )
    op.create_table(
        "signup_tallies",
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_signup_tallies_line_id")),
        sa.PrimaryKeyConstraint(
            "line_id", "code", "day", "event", "slot", name=op.f("pk_signup_tallies")
        ),
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rows_read", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("bytes_read", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("bytes_all", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("imported", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("updated", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("unchanged", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("merged", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("bad", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("values", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_imports_line_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_imports_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_table(
        "signup_codes",
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["created_by"], ["staff.id"], name=op.f("fk_signup_codes_created_by")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["lines.id"], name=op.f("fk_signup_codes_line_id")),
        sa.PrimaryKeyConstraint("line_id", "code", name=op.f("pk_signup_codes")),
    )
    op.create_table(
        "campaign_points",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.Column("waiting", sa.BigInteger(), nullable=False),
        sa.Column("opted_out", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_campaign_points_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("campaign_id", "at", name=op.f("pk_campaign_points")),
    )
    op.create_table(
        "import_rejects",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cells_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["imports.id"],
            name=op.f("fk_import_rejects_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_rejects")),
    )
    op.create_index("ix_import_rejects_import", "import_rejects", ["import_id", "number"])
    op.add_column(
        "campaign_texts",
        sa.Column("variant", sa.Text(), server_default=sa.text("'A'"), nullable=False),
    )
    op.add_column("campaign_texts", sa.Column("signed_off_by", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_campaign_texts_signed_off_by"),
        "campaign_texts",
        "staff",
        ["signed_off_by"],
        ["id"],
    )
    op.add_column(
        "campaigns",
        sa.Column("audience", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column(
        "campaigns",
        sa.Column("fallback_language", sa.Text(), server_default=sa.text("''"), nullable=False),
    )
    op.add_column(
        "campaigns",
        sa.Column("b_share", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "campaigns", sa.Column("repeats", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.add_column("campaigns", sa.Column("repeat_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("campaigns", sa.Column("series_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "campaigns",
        sa.Column(
            "quiet_weekdays",
            postgresql.ARRAY(sa.SmallInteger()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    op.add_column(
        "campaigns",
        sa.Column(
            "quiet_dates",
            postgresql.ARRAY(sa.Date()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    op.add_column(
        "lines",
        sa.Column("capacity", sa.SmallInteger(), server_default=sa.text("5"), nullable=False),
    )
    op.add_column(
        "lines", sa.Column("currency", sa.Text(), server_default=sa.text("'USD'"), nullable=False)
    )
    op.add_column(
        "lines", sa.Column("number", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.add_column(
        "lines", sa.Column("bot", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.add_column("outbox", sa.Column("variant", sa.Text(), nullable=True))
    op.add_column(
        "subscribers",
        sa.Column("channel", sa.Text(), server_default=sa.text("'sms'"), nullable=False),
    )
    op.add_column(
        "subscribers", sa.Column("country", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.add_column(
        "subscribers", sa.Column("tag", sa.Text(), server_default=sa.text("''"), nullable=False)
    )

    op.drop_constraint("pk_campaign_texts", "campaign_texts", type_="primary")
    op.create_primary_key(
        "pk_campaign_texts", "campaign_texts", ["campaign_id", "language", "variant"]
    )
    # It cost a third of the speed of writing a ledger.
    op.drop_constraint("fk_outbox_body_id", "outbox", type_="foreignkey")
    op.execute("UPDATE outbox SET variant = 'A' WHERE campaign_id IS NOT NULL")
    op.execute(TALLY)
    op.execute(
        "INSERT INTO campaign_tallies (campaign_id, variant, what, slot, n)"
        " SELECT id, 'A', 'opted_out', 0, opted_out FROM campaigns WHERE opted_out > 0"
    )
    op.drop_column("campaigns", "opted_out")


def downgrade() -> None:
    op.create_foreign_key("fk_outbox_body_id", "outbox", "outbox_bodies", ["body_id"], ["id"])
    op.add_column(
        "campaigns", sa.Column("opted_out", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.execute("DELETE FROM campaign_texts WHERE variant <> 'A'")
    op.drop_constraint("pk_campaign_texts", "campaign_texts", type_="primary")
    op.drop_column("subscribers", "tag")
    op.drop_column("subscribers", "country")
    op.drop_column("subscribers", "channel")
    op.drop_column("outbox", "variant")
    op.drop_column("lines", "bot")
    op.drop_column("lines", "number")
    op.drop_column("lines", "currency")
    op.drop_column("lines", "capacity")
    op.drop_column("campaigns", "quiet_dates")
    op.drop_column("campaigns", "quiet_weekdays")
    op.drop_column("campaigns", "series_id")
    op.drop_column("campaigns", "repeat_until")
    op.drop_column("campaigns", "repeats")
    op.drop_column("campaigns", "b_share")
    op.drop_column("campaigns", "fallback_language")
    op.drop_column("campaigns", "audience")
    op.drop_column("campaign_texts", "signed_off_by")
    op.drop_column("campaign_texts", "variant")
    op.create_primary_key("pk_campaign_texts", "campaign_texts", ["campaign_id", "language"])
    op.drop_table("import_rejects")
    op.drop_table("campaign_points")
    op.drop_table("signup_codes")
    op.drop_table("imports")
    op.drop_table("signup_tallies")
    op.drop_table("signup_pending")
    op.drop_table("prices")
    op.drop_table("test_sends")
    op.drop_table("campaign_tallies")
    op.drop_table("sender_health")
