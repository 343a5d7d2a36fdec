"""A case as data for the page that shows it: facts, what may be done, and its words as they are sealed.

The page opens them with the reader's own key; here they are bytes.
"""

from typing import Any, Final

from sqlalchemy.orm import Session

from hotline import casefile, casekeys, escalation, handoff
from hotline.boxes import text_form
from hotline.casefile import CaseView, Message
from hotline.staff import Member
from locales import Translator, handle

# What a summary and a note can say, by the beginning of its message id.
SAID: Final = (
    "path.",
    "need.",
    "outcome.",
    "specialism.",
    "rule.",
    "dimension.",
    "element.",
    "question.",
    "indicator.",
    "strength.",
    "note.",
    "case.",
)


def may(case: CaseView, member: Member) -> dict[str, bool]:
    """What `member` may do with `case` as it stands."""
    mine = case.taken_by == member.id
    working = mine and case.state == "taken" and not case.forgotten
    open_to_me = mine or case.state == "waiting" or member.may("threads")
    return {
        "take": case.state == "waiting" and not case.forgotten,
        "write": working,
        "give_back": working,
        "pass": working,
        "close": working,
        "read": mine or member.may("threads"),
        "acknowledge": case.forgotten and case.state != "closed" and open_to_me,
    }


def told(
    session: Session, case: CaseView, member: Member, texts: Translator, after: int
) -> dict[str, Any]:
    """Everything the page shows; of the thread, what came after entry `after`."""
    can = may(case, member)
    words = casefile.words(session, case.id)
    entries = casefile.thread(session, case.id) if can["read"] else []
    # Of a case that was passed on, its team sees what the contact agreed to.
    given = handoff.given(session, case.id)
    entries = [entry for entry in entries if entry.id > given.after]
    by = escalation.back_at(session, case, member.line_id)
    return {
        "state": case.state,
        "urgency": {"level": case.urgency, "label": texts.text(f"urgency.{case.urgency}")},
        "covered": case.covered,
        "answer_by": by.isoformat() if can["write"] and by else "",
        "forgotten": case.forgotten,
        "taker": case.taken_by_name or "",
        "may": can,
        "handle": called(case, texts.language),
        "public_key": text_form(words.public_key or b""),
        "keys": [
            {"team_key": key_id, "sealed": text_form(sealed)}
            for key_id, sealed in casekeys.sealed_for(session, case.id, member.id)
        ],
        "held_by_service": casekeys.held_by_service(session, case.id),
        "summary": text_form((given.summary and words.summary) or b""),
        "answers": text_form((given.summary and words.answers) or b""),
        "messages": [_message(entry) for entry in entries if entry.id > after],
        # Of all: a message sent an hour ago may arrive now.
        "deliveries": {str(entry.id): _became(entry, texts) for entry in entries if entry.delivery},
    }


def called(case: CaseView, language: str) -> str:
    """The two words the desk calls the contact by; empty when nobody knows them any more."""
    return "" if case.handle is None else handle(case.handle, language)


def said(texts: Translator) -> dict[str, str]:
    """Every word a summary or a note may hold, for the page to put in."""
    return {name: texts.text(name) for name in texts.ids if name.startswith(SAID)}


def _message(entry: Message) -> dict[str, Any]:
    return {
        "id": entry.id,
        "author": entry.author,
        "at": entry.at.isoformat(),
        "name": entry.name,
        "body": text_form(entry.sealed),
    }


def _became(entry: Message, texts: Translator) -> dict[str, str]:
    """What became of it, and until when it waits if it does."""
    found = {"state": entry.delivery, "label": texts.text(f"delivery.{entry.delivery}")}
    return found | ({"until": entry.kept_until.isoformat()} if entry.kept_until else {})
