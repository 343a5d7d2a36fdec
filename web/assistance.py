"""The form of assistance of a case, filled in over days: empty questions, and what was saved, sealed.

The page opens, fills in and seals; whoever may read the case may read its form.
"""

import base64
import binascii
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from babel import Locale
from flask import Blueprint, abort, jsonify, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hotline import assistance, audit
from hotline.assistance import Kept, Superseded
from hotline.boxes import text_form
from hotline.casefile import CaseView
from hotline.cases import CaseRefused
from hotline.staff import Member
from triage.assistance import NOT_KNOWN, NOT_SAID, Choice, Question, assistance_form
from web import casedata, context
from web.cases import view
from web.guard import KILOBYTE, needs

pages: Final = Blueprint("assistance", __name__, url_prefix="/cases/<int:case_id>/assistance")

# No entry of a thread has a larger number.
NO_THREAD: Final = 2**63 - 1
# The largest size class as base64, with room to spare.
LARGEST: Final = 256 * KILOBYTE
# With more answers than this to choose one of, a thumb is better served by a list that opens.
MOST_BUTTONS: Final = 7
# Languages that have a code of three letters only, and are spoken by people who write to lines like this.
MORE_LANGUAGES: Final = frozenset({"ckb", "fil", "hmn", "kri", "luo", "nus", "tig", "tpi"})
# CLDR's regions that are no country.
NO_COUNTRIES: Final = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})

# What the page's script says.
WORDS: Final = (
    "assistance.another",
    "assistance.both",
    "assistance.both.keep",
    "assistance.gone",
    "assistance.never",
    "assistance.news",
    "assistance.news.both",
    "assistance.not_known",
    "assistance.not_said",
    "assistance.offline",
    "assistance.progress",
    "assistance.saved",
    "assistance.saving",
    "assistance.to_confirm",
    "assistance.unsaved",
)


@pages.get("")
@needs("desk")
def form(case_id: int) -> str:
    with context.deps().sessions() as session:
        found = view(session, case_id)
    return render_template(
        "desk/assistance.html",
        case=found,
        form=assistance_form(),
        choices=_choices,
        no_answer=(NOT_KNOWN, NOT_SAID),
        most_buttons=MOST_BUTTONS,
        words={name: context.say(name) for name in WORDS},
    )


@pages.get("/data")
@needs("desk")
def data(case_id: int) -> Response:
    """The form as it was saved last, and the case's words that pre-fill it, as they are sealed."""
    given, me = context.deps(), context.me()
    with given.sessions.begin() as session:
        found = view(session, case_id)
        told = _told(session, found, me)
        if told["case"]["may"]["read"]:
            audit.note_read(session, me.line_id, me.id, case_id, given.clock())
    return jsonify(told)


@pages.post("/data")
@needs("desk", largest=LARGEST)
def save(case_id: int) -> Response:
    """Keep what a browser sealed; 409 with what is kept when somebody else saved meanwhile."""
    version, sealed = _sent()
    given, me = context.deps(), context.me()
    try:
        with given.sessions.begin() as session:
            view(session, case_id)
            assistance.save(session, case_id, me, version, sealed, given.clock())
            kept = assistance.kept(session, case_id)
    except Superseded:
        with given.sessions() as session:
            answer = jsonify(_told(session, view(session, case_id), me))
        answer.status_code = 409
        return answer
    except CaseRefused as why:
        answer = jsonify(refused=context.say(why.reason))
        answer.status_code = 409
        return answer
    return jsonify(_about(kept))


@pages.app_template_global("assistance_kept")
def _kept(case_id: int) -> Kept:
    """For the page of a case: when its form was saved last, and by whom."""
    with context.deps().sessions() as session:
        return assistance.kept(session, case_id)


def _told(session: Session, case: CaseView, me: Member) -> dict[str, Any]:
    """What the page of a case is told too, without its thread, and the form for who may read that."""
    told = casedata.told(session, case, me, context.texts(), NO_THREAD)
    kept = assistance.kept(session, case.id) if told["may"]["read"] else Kept()
    why_not = assistance.why_not(case.state, case.taken_by, me, forgotten=case.forgotten)
    return _about(kept) | {"form": text_form(kept.sealed), "may_fill": not why_not, "case": told}


def _about(kept: Kept) -> dict[str, Any]:
    return {
        "version": kept.version,
        "saved_by": kept.saved_by,
        "saved_at": kept.saved_at.isoformat() if kept.saved_at else None,
    }


def _sent() -> tuple[int, bytes]:
    given = request.get_json(silent=True)
    asked = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    version, sealed = asked.get("version"), asked.get("form")
    if type(version) is not int or not isinstance(sealed, str):
        abort(400)
    try:
        return version, base64.b64decode(sealed, validate=True)
    except (binascii.Error, ValueError):
        abort(400)


def _choices(question: Question) -> list[tuple[str, str, Choice | None]]:
    """What a question offers, as value, words and, for one of the form's own, the choice.

    Countries and languages are those of CLDR, as the reader calls them.
    """
    locale = Locale.parse(context.language())
    if question.kind in ("country", "countries"):
        return _named(cast("Mapping[str, str]", locale.territories), _is_country)
    if question.kind == "language":
        return _named(cast("Mapping[str, str]", locale.languages), _is_language)
    return [(choice.id, context.say(choice.label), choice) for choice in question.choices]


def _named(
    names: Mapping[str, str], wanted: Callable[[str], bool]
) -> list[tuple[str, str, Choice | None]]:
    found = [(code, name, None) for code, name in names.items() if wanted(code)]
    return sorted(found, key=lambda each: _without_accents(each[1]))


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES  # noqa: PLR2004 - ISO 3166-1


def _is_language(code: str) -> bool:
    return len(code) == 2 or code in MORE_LANGUAGES  # noqa: PLR2004 - ISO 639-1


def _without_accents(name: str) -> str:
    """As readers look for it: Élysée under E."""
    split = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in split if not unicodedata.combining(letter)).casefold()
