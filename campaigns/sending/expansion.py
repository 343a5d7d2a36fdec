"""A campaign's audience becomes rows of the ledger: inside the database, a batch a transaction.

The checkpoint is the last subscriber whose row was written, in the transaction that wrote it; after a
crash the same batch is made again and changes nothing. Whether somebody said stop is looked at when
their message is about to leave (`campaigns.sending.sparing`).
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from campaigns import quiet, rehash
from campaigns.models import Campaign, CampaignText
from campaigns.planning import audience, plan
from campaigns.planning.audience import Rule
from hotline import bell, counts, outbox, tallies
from hotline.counts import Count
from hotline.models import Line
from hotline.tallies import Total, Totals
from hotline.vault import HASH_BYTES, Vault

# Claimed just before the window closes, a message may still take this long to leave.
MARGIN: Final = timedelta(minutes=1)

log = logging.getLogger(__name__)

Slots = Callable[[str], tuple[datetime, datetime | None]]
Bodies = dict[tuple[str, str], int]

THOSE: Final = (
    f"{audience.MATCHES} AND s.channel = :channel AND s.id > :after"
    " AND (:fallback <> '' OR s.language = ANY (CAST(:read AS text[])))"
)
READ: Final = text(
    "SELECT count(*) AS many, max(id) AS last, array_agg(DISTINCT time_zone) AS zones FROM ("  # noqa: S608 - constants
    f"SELECT s.id, s.time_zone FROM subscribers s WHERE {THOSE} ORDER BY s.id LIMIT :batch) AS next"
)
NEWEST: Final = text("SELECT max(address_hash) FROM subscribers WHERE line_id = :line_id")
ADDRESSES: Final = text(
    f"SELECT s.address_sealed FROM subscribers s WHERE {THOSE} ORDER BY s.id LIMIT :batch"  # noqa: S608 - the same
)
# Who has no slot changed their zone a moment ago: closed at once, they wait for their own next morning.
# A split goes by the end of the name, which nobody can guess and which is the same when a batch is
# made again. `recipient_name` in hotline.vault makes the same names.
WRITE: Final = text(
    "WITH named AS MATERIALIZED (SELECT s.id, s.address_sealed, s.time_zone,"  # noqa: S608 - constants
    "  sha256(:key || int8send(s.id)) AS name, CASE WHEN s.language = ANY (CAST(:read AS text[]))"
    "  THEN s.language ELSE :fallback END AS language"
    f" FROM subscribers s WHERE {THOSE}),"
    " made AS (INSERT INTO outbox (line_id, channel, campaign_id, priority, expires_at, changed_at,"
    "  state, recipient_hash, language, variant, body_id, address_sealed, time_zone, due_at, closes_at)"
    " SELECT :line_id, :channel, :campaign_id, :priority, :expires_at, :now, :state,"
    "  substr(n.name, 1, :name_bytes), n.language, t.variant, t.body,"
    "  CASE WHEN :waits THEN n.address_sealed END, CASE WHEN :waits THEN n.time_zone END,"
    "  COALESCE(z.due, :now), CASE WHEN z.zone IS NULL THEN :now ELSE z.closes END"
    " FROM named n JOIN LATERAL (SELECT t.variant, t.body"
    "   FROM unnest(CAST(:reads AS text[]), CAST(:variants AS text[]), CAST(:bodies AS bigint[]))"
    "   AS t (language, variant, body) WHERE t.language = n.language ORDER BY (t.variant = 'B') ="
    "    ((get_byte(n.name, 30) * 256 + get_byte(n.name, 31)) % 100 < :b_share) DESC, t.variant"
    "   LIMIT 1) AS t ON true"
    " LEFT JOIN unnest(CAST(:zones AS text[]), CAST(:dues AS timestamptz[]),"
    "  CAST(:closes AS timestamptz[])) AS z (zone, due, closes) ON z.zone = n.time_zone ORDER BY n.id"
    " ON CONFLICT (campaign_id, recipient_hash) WHERE campaign_id IS NOT NULL DO NOTHING"
    " RETURNING language, variant)"
    " SELECT language, variant, count(*) AS n FROM made GROUP BY 1, 2"
)


def expand(session: Session, vault: Vault, campaign: Campaign, now: datetime, batch: int) -> bool:
    """Put the next subscribers into the ledger. True when there were any."""
    if campaign.expanded:
        return False
    texts = bodies(session, campaign)
    those = _those(session, campaign, texts)
    if not _one_each(session, vault, those | {"batch": batch}):
        log.warning("campaign %d waits: the key ring of this process is too old", campaign.id)
        vault.missing()
        return False
    found = session.execute(READ, those | {"batch": batch}).one()
    if found.many:
        _write(session, vault, campaign, now, those | {"up_to": found.last}, found.zones, texts)
        campaign.expanded_to = found.last
    campaign.expanded = found.many < batch
    session.flush()
    return bool(found.many)


def _one_each(session: Session, vault: Vault, those: dict[str, Any]) -> bool:
    """While hash keys change somebody may be in the list twice: the next ones become one each.

    False when this process does not have the newest key yet.
    """
    newest = session.scalar(NEWEST, those)
    if newest is not None and not vault.knows(bytes(newest)):
        return False
    if vault.rotating:
        rows = session.execute(ADDRESSES, those).scalars()
        people = [vault.open(bytes(sealed), "address") for sealed in rows]
        hashes = {vault.person_lock(who): vault.hashes(who) for who in people}
        rehash.move(session, those["line_id"], hashes)
    return True


def slots(session: Session, campaign: Campaign, now: datetime) -> Slots:
    """For each zone: from when on a message may be sent, and when it is too late for that day."""
    usual = session.get_one(Line, campaign.line_id).time_zone
    window = plan.window(campaign)
    known: dict[str, tuple[datetime, datetime | None]] = {}

    def slot(zone: str) -> tuple[datetime, datetime | None]:
        if zone not in known:
            opens, closes = quiet.next_window(now, zone or usual, window)
            while closes is not None and closes - MARGIN <= opens:
                opens, closes = quiet.next_window(closes, zone or usual, window)
            known[zone] = opens, closes and closes - MARGIN
        return known[zone]

    return slot


def bodies(session: Session, campaign: Campaign) -> Bodies:
    """The sealed texts of a campaign by language and variant."""
    rows = session.execute(
        select(CampaignText.language, CampaignText.variant, CampaignText.body_id).where(
            CampaignText.campaign_id == campaign.id, CampaignText.body_id.is_not(None)
        )
    )
    return {(row.language, row.variant): row.body_id for row in rows if row.body_id is not None}


def _those(session: Session, campaign: Campaign, texts: Bodies) -> dict[str, Any]:
    """Whom the campaign is for, by the line's calendar on the day it was to start, and is not there yet."""
    # Of a series each day has one occurrence, also when one starts so late that the next day has come.
    begins = campaign.starts_at or campaign.started_at
    assert begins is not None
    zone = ZoneInfo(session.get_one(Line, campaign.line_id).time_zone)
    today = begins.astimezone(zone).date()
    rule = Rule.of(campaign.audience)
    return audience.values(rule, campaign.line_id, today, campaign.audience_to) | {
        "channel": campaign.channel,
        "after": campaign.expanded_to,
        "fallback": campaign.fallback_language,
        "read": sorted({language for language, _ in texts}),
    }


def _write(
    session: Session,
    vault: Vault,
    campaign: Campaign,
    now: datetime,
    those: dict[str, Any],
    zones: Sequence[str],
    texts: Bodies,
) -> None:
    assert campaign.ledger_key_sealed is not None
    assert campaign.ends_at is not None
    late = campaign.ends_at <= now
    slot = slots(session, campaign, now)
    made = session.execute(
        WRITE,
        those
        | {
            "key": bytes.fromhex(vault.open(campaign.ledger_key_sealed, "ledger-key")),
            "campaign_id": campaign.id,
            "priority": outbox.CAMPAIGN,
            "expires_at": campaign.ends_at,
            "now": now,
            "state": "expired" if late else "queued",
            "waits": not late,
            "name_bytes": HASH_BYTES,
            "reads": [language for language, _ in texts],
            "variants": [variant for _, variant in texts],
            "bodies": list(texts.values()),
            "b_share": campaign.b_share,
            "zones": zones,
            "dues": [slot(zone)[0] for zone in zones],
            "closes": [slot(zone)[1] for zone in zones],
        },
    ).all()
    totals, planned = Totals(), list[Count]()
    for row in made:
        totals[Total(campaign.id, row.variant, "planned")] += row.n
        totals[Total(campaign.id, row.variant, "expired")] += row.n if late else 0
        planned += [Count("campaign_planned", campaign.channel, row.language, campaign.id)] * row.n
    campaign.planned += sum(row.n for row in made)
    tallies.add(session, totals)
    counts.increase(session, campaign.line_id, now, planned)
    bell.ring(session, f"outbox:{campaign.channel}")
