"""What has to be sent, and what became of it. States only move forward.

    queued ──► sending ──► accepted        the provider took it
      ▲           │  └───► failed          it never will
      │           └──────► unknown         the provider may have taken it
      └── retry, or the provider says it never saw it
    queued ──► suppressed | expired        stopped before it was sent
    sending ─► suppressed                  at the last moment: they said stop, or talk with us
    queued ◄─► held ──► suppressed | expired   its campaign is paused

A row that stays `sending` after its lease belonged to a process that died: it is in doubt, like
`unknown`. What is in doubt is settled by the provider's word, never by sending again blindly.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from hotline import counts, tallies
from hotline.body import Body
from hotline.counts import Count
from hotline.models import Outbox, OutboxBody
from hotline.tallies import Total, Totals
from hotline.vault import Vault

State = Literal[
    "queued", "held", "sending", "unknown", "accepted", "failed", "suppressed", "expired"
]
TRANSITIONS: Final[dict[State, frozenset[State]]] = {
    "queued": frozenset({"sending", "held", "suppressed", "expired"}),
    "held": frozenset({"queued", "suppressed", "expired"}),
    "sending": frozenset({"accepted", "failed", "unknown", "queued", "expired", "suppressed"}),
    "unknown": frozenset({"accepted", "failed", "queued", "expired"}),
    "accepted": frozenset(),
    "failed": frozenset(),
    "suppressed": frozenset(),
    "expired": frozenset(),
}

# Nothing more happens to these, and nothing of them has to be sent.
ENDED: Final = frozenset(state for state, after in TRANSITIONS.items() if not after)

REPLY, CAMPAIGN = 0, 1
REPLY_LIVES = timedelta(hours=12)
# Longer than a send may take: when it is over, whoever held it has stopped trying.
LEASE = timedelta(seconds=20)
# Providers list a message with some delay; asked too early, they deny what they took.
DOUBT_RESTS = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row to be sent, with its address and words open. Its repr shows neither."""

    id: int
    line_id: int
    channel: str
    language: str
    contact_id: int | None
    campaign_id: int | None
    # Campaigns only: which of its two texts.
    variant: str
    attempts: int
    expires_at: datetime
    claimed_at: datetime
    # When night falls where the recipient is: the carrier must not deliver later either.
    closes_at: datetime | None
    lease_until: datetime
    has_receipt: bool
    address: str = field(repr=False)
    body: Body = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one claimed row ended. `due_at` is for a retry. `untried`: it was not even handed over."""

    claimed: Claimed
    state: State
    provider_id: str = field(default="", repr=False)
    segments: int = 0
    error: str = ""
    due_at: datetime | None = None
    opted_out: bool = False
    untried: bool = False


QUEUE: Final = insert(Outbox.__table__).returning(Outbox.id)  # pyright: ignore[reportArgumentType]


def queue(
    session: Session,
    vault: Vault,
    body: Body,
    *,
    line_id: int,
    channel: str,
    language: str,
    address_sealed: bytes,
    contact_id: int | None,
    now: datetime,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> int:
    """Queue a reply; gives the row's id. Nothing is sent before the caller commits."""
    return session.execute(
        QUEUE,
        {
            "line_id": line_id,
            "channel": channel,
            "language": language,
            "contact_id": contact_id,
            "priority": REPLY,
            "state": "queued",
            "due_at": due_at or now,
            "expires_at": expires_at or now + REPLY_LIVES,
            "changed_at": now,
            "address_sealed": address_sealed,
            "body_sealed": vault.seal(body.to_json(), "body"),
        },
    ).scalar_one()


CLAIMED_COLUMNS: Final = (
    "id, line_id, channel, language, contact_id, campaign_id, variant, attempts, expires_at,"
    " changed_at, closes_at, lease_until, receipt, address_sealed, body_sealed, body_id, priority, due_at"
)
CLAIM: Final = text(
    "UPDATE outbox SET state = 'sending', lease_until = :lease, attempts = attempts + 1,"  # noqa: S608 - a constant, and no input
    " changed_at = :now WHERE id = ANY (ARRAY("
    # One priority at a time: then the index ends at what is due, however much waits for another day.
    "  SELECT id FROM outbox WHERE channel = :channel AND priority = :priority AND state = 'queued'"
    "  AND due_at <= :now AND (closes_at IS NULL OR closes_at > :now)"
    "  ORDER BY due_at, id LIMIT :most FOR UPDATE SKIP LOCKED))"
    f" RETURNING {CLAIMED_COLUMNS}"
)


def claim(
    session: Session,
    vault: Vault,
    channel: str,
    most: int,
    now: datetime,
    priorities: Sequence[int] = (REPLY, CAMPAIGN),
) -> list[Claimed]:
    """Lease up to `most` due rows of a channel with one of `priorities`, in their order, oldest first."""
    rows: list[Any] = []
    for priority in priorities:
        wanted = {"channel": channel, "priority": priority, "most": most - len(rows)}
        found = session.execute(CLAIM, wanted | {"now": now, "lease": now + LEASE}).all()
        rows += sorted(found, key=lambda row: (row.due_at, row.id))
    return _open(session, vault, rows)


def in_doubt(
    session: Session,
    vault: Vault,
    channel: str,
    most: int,
    now: datetime,
    priorities: Sequence[int] = (REPLY, CAMPAIGN),
) -> list[Claimed]:
    """Lease rows whose fate only the provider knows; `claimed_at` is when it may have got them."""
    wanted = {"channel": channel, "priorities": list(priorities), "most": most}
    rows = session.execute(DOUBT, wanted | {"now": now, "lease": now + LEASE}).all()
    return _open(session, vault, sorted(rows, key=lambda row: row.id))


# changed_at stays: it says since when to look at the provider's list.
DOUBT: Final = text(
    "UPDATE outbox SET state = 'unknown', lease_until = :lease WHERE id = ANY (ARRAY("  # noqa: S608 - the same
    "  SELECT id FROM outbox WHERE channel = :channel AND state IN ('sending', 'unknown')"
    "  AND lease_until <= :now AND priority = ANY (:priorities)"
    "  ORDER BY lease_until LIMIT :most FOR UPDATE SKIP LOCKED))"
    f" RETURNING {CLAIMED_COLUMNS}"
)

SETTLE: Final = text(
    # A receipt may have named the message before: it stays known whose it is.
    "UPDATE outbox AS o SET state = s.state, error = s.error,"
    " provider_hash = COALESCE(s.provider_hash, o.provider_hash),"
    " segments = s.segments, attempts = o.attempts - s.untried,"
    " due_at = COALESCE(s.due_at, o.due_at), lease_until = s.lease_until,"
    " changed_at = CASE WHEN s.state = 'unknown' THEN o.changed_at ELSE :now END,"
    # What nobody has to send any more, nobody has to be able to read.
    " address_sealed = CASE WHEN s.done THEN NULL ELSE o.address_sealed END,"
    " body_sealed = CASE WHEN s.done THEN NULL ELSE o.body_sealed END"
    " FROM unnest(CAST(:ids AS bigint[]), CAST(:states AS text[]), CAST(:hashes AS bytea[]),"
    " CAST(:errors AS text[]), CAST(:segments AS smallint[]), CAST(:dues AS timestamptz[]),"
    " CAST(:leases AS timestamptz[]), CAST(:done AS boolean[]), CAST(:untried AS smallint[]))"
    " AS s (id, state, provider_hash, error, segments, due_at, lease_until, done, untried)"
    " WHERE o.id = s.id AND o.state IN ('sending', 'unknown') RETURNING o.id"
)


def settle(session: Session, vault: Vault, outcomes: Sequence[Outcome], now: datetime) -> int:
    """Write down how claimed rows ended, in one statement, with their counters.

    Returns how many rows moved; settling a row twice moves it once.
    """
    if not outcomes:
        return 0
    ordered = sorted(outcomes, key=lambda outcome: outcome.claimed.id)
    moved = set(
        session.execute(
            SETTLE,
            {
                "now": now,
                "ids": [o.claimed.id for o in ordered],
                "states": [o.state for o in ordered],
                "hashes": [
                    vault.provider_hash(o.provider_id) if o.provider_id else None for o in ordered
                ],
                "errors": [o.error or None for o in ordered],
                "segments": [o.segments for o in ordered],
                "dues": [o.due_at for o in ordered],
                "leases": [now + DOUBT_RESTS if o.state == "unknown" else None for o in ordered],
                "done": [o.state in ENDED for o in ordered],
                "untried": [int(o.untried) for o in ordered],
            },
        ).scalars()
    )
    settled = [outcome for outcome in ordered if outcome.claimed.id in moved]
    by_line: dict[int, list[Count]] = {}
    for outcome in settled:
        by_line.setdefault(outcome.claimed.line_id, []).extend(_counted(outcome))
    for line_id, counted in sorted(by_line.items()):
        counts.increase(session, line_id, now, counted)
    tallies.add(session, _totals(settled))
    return len(moved)


def forget(session: Session, contact_id: int) -> None:
    """Nothing of a contact stays in the outbox, sent or not."""
    session.execute(delete(Outbox).where(Outbox.contact_id == contact_id))


def _counted(outcome: Outcome) -> list[Count]:
    claimed, campaign = outcome.claimed, outcome.claimed.campaign_id or 0
    kind = "campaign" if campaign else "replies"
    counted: list[Count] = []
    if outcome.state in ("accepted", "failed") or (campaign and outcome.state == "suppressed"):
        event = f"{kind}_{outcome.state}"
        counted.append(Count(event, claimed.channel, claimed.language, campaign))
    segment = Count("segments", claimed.channel, claimed.language, campaign)
    return counted + [segment] * (outcome.segments if outcome.state == "accepted" else 0)


def _totals(settled: Sequence[Outcome]) -> Totals:
    totals = Totals()
    for outcome in settled:
        campaign, variant = outcome.claimed.campaign_id, outcome.claimed.variant
        if campaign is None or outcome.state not in ENDED:
            continue
        totals[Total(campaign, variant, outcome.state)] += 1
        if outcome.state == "accepted":
            totals[Total(campaign, variant, "segments")] += outcome.segments
    return totals


def _open(session: Session, vault: Vault, rows: Sequence[Any]) -> list[Claimed]:
    shared = _shared_bodies(session, vault, {row.body_id for row in rows if row.body_id})
    return [
        Claimed(
            id=row.id,
            line_id=row.line_id,
            channel=row.channel,
            language=row.language,
            contact_id=row.contact_id,
            campaign_id=row.campaign_id,
            variant=row.variant or "",
            attempts=row.attempts,
            expires_at=row.expires_at,
            claimed_at=row.changed_at,
            closes_at=row.closes_at,
            lease_until=row.lease_until,
            has_receipt=row.receipt is not None,
            address=vault.open(row.address_sealed, "address"),
            body=(
                shared[row.body_id]
                if row.body_id
                else Body.from_json(vault.open(row.body_sealed, "body"))
            ),
        )
        for row in rows
    ]


def _shared_bodies(session: Session, vault: Vault, ids: set[int]) -> dict[int, Body]:
    if not ids:
        return {}
    rows = session.execute(
        select(OutboxBody.id, OutboxBody.body_sealed).where(OutboxBody.id.in_(ids))
    )
    return {row.id: Body.from_json(vault.open(row.body_sealed, "body")) for row in rows}
