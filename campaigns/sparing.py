"""Whom no campaign texts: who said stop, and who is talking with one of ours."""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from hotline.vault import Vault

# Who said stop gets nothing, and neither does who is talking with one of ours: under whichever hash
# key either is known. One statement is one snapshot, so that nobody slips through who is moved from
# one hash to another meanwhile.
SPARED: Final = text(
    "SELECT (SELECT max(o.address_hash) FROM opt_outs o WHERE o.line_id = :line_id) AS newest,"
    " ARRAY(SELECT DISTINCT p.id"
    "  FROM unnest(CAST(:ids AS bigint[]), CAST(:hashes AS bytea[])) AS p (id, hash)"
    "  WHERE EXISTS (SELECT FROM opt_outs o WHERE o.line_id = :line_id AND o.address_hash = p.hash)"
    "  OR EXISTS (SELECT FROM contacts c JOIN cases k ON k.contact_id = c.id"
    "   WHERE c.line_id = :line_id AND c.address_hash = p.hash AND k.state <> 'closed')) AS spared"
)


def spared(
    session: Session, vault: Vault, line_id: int, people: Mapping[int, str]
) -> set[int] | None:
    """Which of these people are not to be texted. None when somebody may have said stop under a hash
    key that this ring does not have yet.
    """
    named = [(n, each) for n, address in people.items() for each in vault.hashes(address)]
    newest, found = session.execute(
        SPARED,
        {
            "line_id": line_id,
            "ids": [n for n, _ in named],
            "hashes": [each for _, each in named],
        },
    ).one()
    return set(found) if newest is None or vault.knows(bytes(newest)) else None
