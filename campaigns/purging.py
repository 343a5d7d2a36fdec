"""Deletes what has outlived its purpose, in the core and in the campaigns."""

from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaigns.models import Import, ImportReject, SignUpPending, TestSend
from hotline import retention
from hotline.retention import KEEP

AGED: Final = {
    "signup_pending": (SignUpPending, SignUpPending.at),
    "test_sends": (TestSend, TestSend.at),
    "imports": (Import, Import.started_at),
}


def purge(session: Session, now: datetime) -> dict[str, int]:
    """Delete it. Gives the number of rows by table."""
    gone = retention.purge(session, now)
    for table, (model, at) in AGED.items():
        after = KEEP[table].after
        assert after is not None
        rows = session.execute(delete(model).where(at < now - after).returning(1))
        gone[table] = len(rows.all())
    kept = KEEP["import_rejects"].after
    assert kept is not None
    old = select(Import.id).where(Import.started_at < now - kept)
    rows = session.execute(delete(ImportReject).where(ImportReject.import_id.in_(old)).returning(1))
    return gone | {"import_rejects": len(rows.all())}
