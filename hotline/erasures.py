"""Who asked to be forgotten, as keyed hashes, for as long as backups are kept.

A backup that is restored brings back whom it held. This log says whom to forget again; it is kept in
the database and copied to a file beside it, since the database is what gets lost.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from hotline.models import Erasure
from hotline.vault import Vault

Entry = tuple[int, bytes, datetime]


def note(session: Session, vault: Vault, line_id: int, address: str, now: datetime) -> None:
    """Somebody was forgotten."""
    keep(session, [(line_id, vault.erasure_hash(address), now)])


def keep(session: Session, entries: Iterable[Entry]) -> None:
    """Put entries into the database's log; of two about one person the later stays."""
    for line_id, hashed, at in entries:
        new = upsert(Erasure).values(line_id=line_id, erasure_hash=hashed, at=at)
        session.execute(
            new.on_conflict_do_update(
                index_elements=["line_id", "erasure_hash"],
                set_={"at": func.greatest(Erasure.at, new.excluded.at)},
            )
        )


def logged(session: Session) -> list[Entry]:
    rows = session.execute(
        select(Erasure.line_id, Erasure.erasure_hash, Erasure.at).order_by(Erasure.at)
    )
    return [(row.line_id, bytes(row.erasure_hash), row.at) for row in rows]


def copy(session: Session, path: Path, oldest: datetime) -> int:
    """Make the file hold what the database's log holds. Gives how many entries that is.

    What is only in the file stays until it is older than `oldest`: a database that was restored by
    hand knows less than the file.
    """
    entries: dict[tuple[int, bytes], datetime] = {}
    for line_id, hashed, at in [*read(path), *logged(session)]:
        known = entries.get((line_id, hashed), oldest)
        if at >= known:
            entries[line_id, hashed] = at
    lines = [
        f"{at.isoformat()} {line_id} {hashed.hex()}\n"
        for (line_id, hashed), at in sorted(entries.items(), key=lambda entry: entry[1])
    ]
    text = "".join(lines)
    if text != _text(path):
        beside = path.with_name(f"{path.name}.new")
        beside.write_text(text, encoding="ascii")
        beside.chmod(0o600)
        beside.replace(path)
    return len(lines)


def read(path: Path) -> Iterator[Entry]:
    """The entries of a file; lines that are none are passed over, since each line counts by itself."""
    for line in _text(path).splitlines():
        try:
            at, line_id, hashed = line.split(" ")
            yield int(line_id), bytes.fromhex(hashed), datetime.fromisoformat(at)
        except ValueError:
            continue


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return ""
