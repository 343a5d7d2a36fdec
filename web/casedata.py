"""A case as data for the page that shows it: facts, what may be done, the summary and the thread."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from hotline import casefile
from hotline.casefile import CaseView, Message
from hotline.staff import Member
from hotline.vault import Vault
from locales import Translator

ELEMENTS = ("act", "means", "purpose")


def may(case: CaseView, member: Member) -> dict[str, bool]:
    """What `member` may do with `case` as it stands."""
    mine = case.taken_by == member.id
    working = mine and case.state == "taken"
    return {
        "take": case.state == "waiting",
        "write": working,
        "give_back": working,
        "close": working,
        "read": mine or member.may("threads"),
    }


def told(
    session: Session, vault: Vault, case: CaseView, member: Member, texts: Translator, after: int
) -> dict[str, Any]:
    """Everything the page shows; of the thread, what came after entry `after`."""
    can = may(case, member)
    entries = casefile.thread(session, vault, case.id) if can["read"] else []
    return {
        "state": case.state,
        "urgency": {"level": case.urgency, "label": texts.text(f"urgency.{case.urgency}")},
        "covered": case.covered,
        "forgotten": case.forgotten,
        "taker": case.taken_by_name or "",
        "may": can,
        "summary": _summary(casefile.opened_summary(session, vault, case.id), texts),
        "messages": [_message(entry, texts) for entry in entries if entry.id > after],
        # Of all: a message sent an hour ago may arrive now.
        "deliveries": {
            str(entry.id): {"state": entry.delivery, "label": texts.text(_delivery(entry))}
            for entry in entries
            if entry.delivery
        },
    }


def _summary(found: Mapping[str, Any], texts: Translator) -> dict[str, Any]:
    reasons = [texts.text(f"reason.{name}") for name in found.get("reasons", ())]
    return {
        "asked": texts.text(f"path.{found['path']}") if found.get("path") else "",
        "shared": "reasons" in found,
        "reasons": reasons,
        "not_answered": [texts.text(f"reason.{name}") for name in found.get("not_answered", ())],
        "elements": [
            {"label": texts.text(f"element.{name}"), "found": bool(found[name])}
            for name in ELEMENTS
            if name in found
        ],
    }


def _message(entry: Message, texts: Translator) -> dict[str, Any]:
    return {
        "id": entry.id,
        "author": entry.author,
        "at": entry.at.isoformat(),
        "text": texts.text(entry.note) if entry.note else entry.text,
    }


def _delivery(entry: Message) -> str:
    return f"delivery.{entry.delivery}"
