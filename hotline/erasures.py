"""Who asked to be forgotten, as keyed hashes, for as long as backups are kept.

A backup that is restored brings back whom it held; this log, kept beside the database, says whom to
forget again.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from hotline.models import Erasure
from hotline.vault import Vault


def note(
    session: Session, vault: Vault, line_id: int, address_hash: bytes, now: datetime
) -> None:
    hashed = vault.erasure_hash(address_hash)
    session.add(Erasure(line_id=line_id, erasure_hash=hashed, at=now))
    session.flush()
