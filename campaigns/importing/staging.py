"""Rows on their way in: copied beside the subscribers, then written in one statement a batch.

Only what is new or differs is written, so that a file that comes again writes nothing. Whom a file named
and what became of them is remembered here, in the database: a person may come in several batches and is
counted once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, cast

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from campaigns.importing.rows import Row

STAGED: Final = text("""
CREATE TEMPORARY TABLE staged (
  person bigint, address_hash bytea, address_sealed bytea, language text, country text, tag text,
  time_zone text, consent_source text, consent_date date
) ON COMMIT DELETE ROWS
""")
NAMED: Final = text("CREATE TEMPORARY TABLE named (person bigint, made boolean, changed boolean)")
COPY: Final = "COPY staged FROM STDIN"
# Each staged row looks for its own subscriber by the index, whatever the planner thinks of a table that
# grows while this runs. Sorted: two imports never wait in a circle. xmax is 0 only in a row just made.
WRITE: Final = text("""
WITH fresh AS (
  SELECT n.* FROM staged n LEFT JOIN LATERAL (
    SELECT * FROM subscribers s WHERE s.line_id = :line_id AND s.address_hash = n.address_hash OFFSET 0
  ) s ON true
  WHERE (s.channel, s.language, s.country, s.tag, s.time_zone, s.consent_source, s.consent_date)
    IS DISTINCT FROM
    (:channel, n.language, n.country, n.tag, n.time_zone, n.consent_source, n.consent_date)
), written AS (
  INSERT INTO subscribers (line_id, channel, address_hash, address_sealed, language, country, tag,
    time_zone, consent_source, consent_date)
  SELECT :line_id, :channel, address_hash, address_sealed, language, country, tag, time_zone,
    consent_source, consent_date FROM fresh ORDER BY address_hash
  ON CONFLICT (line_id, address_hash) DO UPDATE SET channel = excluded.channel,
    language = excluded.language, country = excluded.country, tag = excluded.tag,
    time_zone = excluded.time_zone, consent_source = excluded.consent_source,
    consent_date = excluded.consent_date
  RETURNING address_hash, xmax = 0 AS made
)
INSERT INTO named
SELECT n.person, w.made IS TRUE, w.made IS FALSE FROM staged n LEFT JOIN written w USING (address_hash)
""")
COUNT: Final = text("""
SELECT count(*) AS people, count(*) FILTER (WHERE made) AS imported,
  count(*) FILTER (WHERE changed AND NOT made) AS updated
FROM (SELECT bool_or(made) AS made, bool_or(changed) AS changed FROM named GROUP BY person) AS people
""")


@dataclass(frozen=True, slots=True)
class People:
    """Whom a file named: `people` in all, `imported` of them new and `updated` changed."""

    people: int
    imported: int
    updated: int


def line(row: Row, person: int, address_hash: bytes, address_sealed: bytes) -> str:
    r"""A row as COPY reads it. No cell has a tab or a line break; a backslash stands for itself as \\."""
    return (
        f"{person}\t\\\\x{address_hash.hex()}\t\\\\x{address_sealed.hex()}\t{row.language}\t{row.country}\t"
        f"{_plain(row.tag)}\t{row.time_zone}\t{_plain(row.consent_source)}\t{row.consent_date}\n"
    )


def prepare(session: Session) -> None:
    """Make the tables. They are this connection's own, and end with it."""
    session.execute(STAGED)
    session.execute(NAMED)
    # A plan made for a few subscribers must not be kept until there are a million.
    _driver(session).prepare_threshold = None


def write(session: Session, line_id: int, channel: str, lines: Iterable[str]) -> None:
    """Write a batch, in which nobody is named twice."""
    try:
        with _driver(session).cursor().copy(COPY) as copy:
            copy.write("".join(lines))
    except psycopg.Error as error:
        raise DBAPIError(COPY, None, error, hide_parameters=True) from None
    session.execute(WRITE, {"line_id": line_id, "channel": channel})


def count(session: Session) -> People:
    row = session.execute(COUNT).one()
    return People(row.people, row.imported, row.updated)


def settle(session: Session) -> None:
    """Let the planner know what has come: a campaign that starts now reads the list in the order it is in."""
    session.execute(text("ANALYZE subscribers"))


def _driver(session: Session) -> psycopg.Connection:
    """What COPY needs: SQLAlchemy has no word for it."""
    return cast("psycopg.Connection", session.connection().connection.dbapi_connection)


def _plain(cell: str) -> str:
    return cell.replace("\\", "\\\\")
