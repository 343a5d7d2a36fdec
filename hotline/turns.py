"""The end of an ordinary turn in one statement: where it stands, what to say, what to count.

Every text that comes in goes through here, so it is plain SQL and one round trip.
"""

import secrets
from collections import Counter as Tally
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from hotline.body import Body
from hotline.contacts import Known
from hotline.counts import SLOTS, Count
from hotline.outbox import REPLY, REPLY_LIVES
from hotline.vault import Vault
from triage import State

END: Final = (
    "WITH remembered AS (UPDATE contacts SET channel = %(channel)s, language = %(spoken)s,"
    " state_sealed = %(state)s, heard_at = %(now)s WHERE id = %(contact_id)s),"
    " queued AS (INSERT INTO outbox (line_id, channel, language, contact_id, priority, state, due_at,"
    " expires_at, changed_at, address_sealed, body_sealed)"
    " SELECT %(line_id)s, %(channel)s, %(language)s, %(contact_id)s, %(priority)s, 'queued', %(now)s,"
    " %(expires)s, %(now)s, %(address)s, %(body)s WHERE %(body)s::bytea IS NOT NULL)"
    " INSERT INTO counters (line_id, day, event, channel, language, campaign_id, slot, n)"
    " SELECT %(line_id)s, %(day)s, e, c, l, 0, %(slot)s, n FROM unnest(%(events)s::text[],"
    " %(channels)s::text[], %(languages)s::text[], %(numbers)s::bigint[]) AS t (e, c, l, n)"
    " ON CONFLICT (line_id, day, event, channel, language, campaign_id, slot)"
    " DO UPDATE SET n = counters.n + excluded.n"
)


def end(
    session: Session,
    vault: Vault,
    known: Known,
    *,
    line_id: int,
    channel: str,
    language: str,
    state: State,
    body: Body | None,
    counted: Sequence[Count],
    now: datetime,
) -> None:
    """Remember the state, queue the answer if there is one, and count."""
    tally = sorted(Tally(counted).items())
    session.connection().exec_driver_sql(
        END,
        {
            "line_id": line_id,
            "channel": channel,
            "language": language,
            "spoken": state.language,
            "state": vault.seal(state.to_json(), "state"),
            "now": now,
            "day": now.date(),
            "contact_id": known.id,
            "priority": REPLY,
            "expires": now + REPLY_LIVES,
            "address": known.address_sealed,
            "body": vault.seal(body.to_json(), "body") if body else None,
            "slot": secrets.randbelow(SLOTS),
            "events": [count.event for count, _ in tally],
            "channels": [count.channel for count, _ in tally],
            "languages": [count.language for count, _ in tally],
            "numbers": [n for _, n in tally],
        },
    )
