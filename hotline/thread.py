"""What is said in a case: words join its thread, the contact is told, and the desk is rung.

What a contact does is rung for by whoever committed it (`Handled.rings`): a commit that rings by itself
waits for every other one that does.
"""

from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hotline import bell, boxes, outbox, writing
from hotline.body import Body, speak
from hotline.models import Case, CaseMessage, Contact
from hotline.vault import Vault
from triage import Say


def tell(
    session: Session, vault: Vault, case: Case, say: Say, now: datetime, **values: Any
) -> None:
    """Say a message of the contact catalog to the contact; `at` is the time it names."""
    at = writing.as_they_read_it(session, vault, case, cast("datetime", values.pop("at")))
    body = speak([say], case.language, time=at, **values)
    if body is not None:
        queue(session, vault, case, body, now)


def queue(session: Session, vault: Vault, case: Case, body: Body, now: datetime) -> int | None:
    """Queue words for the contact of a case, to leave when they may be written to.

    None when there is nobody left to write to.
    """
    contact = session.get(Contact, case.contact_id) if case.contact_id else None
    if contact is None:
        return None
    safe = writing.window(writing.of(vault, case), contact.heard_at, now)
    return outbox.queue(
        session,
        vault,
        body,
        line_id=case.line_id,
        channel=contact.channel,
        language=case.language,
        address_sealed=contact.address_sealed,
        contact_id=contact.id,
        now=now,
        due_at=safe.opens,
        expires_at=safe.expires_at,
    )


def append(
    session: Session,
    case: Case,
    author: Literal["contact", "staff", "line"],
    text: str,
    now: datetime,
    outbox_id: int | None = None,
    *,
    reply_name: str | None = None,
    kept_until: datetime | None = None,
) -> int:
    """Put words into the thread, sealed to the case's key; gives their number. Rings nobody."""
    assert case.public_key is not None, "a case whose words were destroyed takes no new ones"
    case.changed_at = now
    session.flush()
    return session.execute(
        insert(CaseMessage)
        .values(
            case_id=case.id,
            author=author,
            at=now,
            body_sealed=boxes.seal_words(text, case.public_key),
            outbox_id=outbox_id,
            reply_name=reply_name,
            kept_until=kept_until,
        )
        .returning(CaseMessage.id)
    ).scalar_one()


def written(session: Session, case_id: int, reply_name: str) -> int | None:
    """The number of the reply that a browser called so, if it is there."""
    return session.scalar(
        select(CaseMessage.id).where(
            CaseMessage.case_id == case_id, CaseMessage.reply_name == reply_name
        )
    )


def note(session: Session, case: Case, message_id: str, now: datetime) -> None:
    """What the line itself notes, as a message id of the staff catalog."""
    append(session, case, "line", message_id, now)


def topics(line_id: int, case_id: int) -> tuple[str, ...]:
    """What to ring for every open desk of the line, and for who reads this case, to look again."""
    return f"desk:{line_id}", f"case:{case_id}"


def ring(session: Session, line_id: int, case_id: int) -> None:
    """Ring for a case when the caller's transaction commits: for what one of ours does, which is rare."""
    for topic in topics(line_id, case_id):
        bell.ring(session, topic)
