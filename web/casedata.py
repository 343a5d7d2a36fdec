"""A case as data for the page that shows it: facts, what may be done, the summary and the thread."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from hotline import casefile
from hotline.casefile import CaseView, Message
from hotline.staff import Member
from hotline.vault import Vault
from locales import Translator
from triage.indicators import rated

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
    """What was told, in the reader's language: needs first, then findings, then what is not known."""
    outcome, specialism = found.get("outcome"), found.get("specialism")
    reasons = found.get("reasons", ())
    return {
        "asked": texts.text(f"path.{found['path']}") if found.get("path") else "",
        "shared": "reasons" in found,
        "needs": [texts.text(f"need.{name}") for name in found.get("needs", ())],
        "outcome": texts.text(f"outcome.{outcome}") if outcome else "",
        "specialism": texts.text(f"specialism.{specialism}") if specialism else "",
        "rules": [texts.text(reason) for reason in reasons if reason.startswith("rule.")],
        "dimensions": [
            _dimension(dimension, found.get("populations", ()), texts)
            for dimension in found.get("dimensions", ())
            if dimension["codes"]
        ],
        "elements": [
            {"label": texts.text(f"element.{name}"), "found": bool(found[name])}
            for name in ELEMENTS
            if outcome and name in found
        ],
        "not_answered": [texts.text(f"question.{name}") for name in found.get("not_answered", ())],
        "not_asked": [texts.text(f"question.{name}") for name in found.get("not_asked", ())],
    }


def _dimension(
    found: Mapping[str, Any], populations: Iterable[str], texts: Translator
) -> dict[str, Any]:
    """One dimension with what was said yes to. An unknown strength is never shown as a rating."""
    populations = tuple(populations)
    weight = "case.by_rule" if found["positive"] else "case.indicated" if found["indicated"] else ""
    return {
        "label": texts.text(f"dimension.{found['name']}"),
        "weight": texts.text(weight) if weight else "",
        "reported": [
            {
                "text": texts.text(f"indicator.{code}"),
                "strength": texts.text(f"strength.{rated(code, populations) or 'unknown'}"),
            }
            for code in found["codes"]
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
