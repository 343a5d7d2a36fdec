"""What a contact wrote last needs no answer: their caseworker says so, and nobody is called for it."""

from datetime import datetime
from typing import Any, Final

from flask import Blueprint
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from hotline import escalation
from web import cases
from web.guard import needs

pages: Final = Blueprint("answering", __name__, url_prefix="/cases")


@pages.post("/<int:case_id>/nothing-to-answer")
@needs("desk")
def nothing(case_id: int) -> Response:
    def settle(session: Session, _vault: Any, number: int, staff: Any, now: datetime) -> None:
        escalation.needs_no_answer(session, number, staff, now)

    return cases.do(case_id, settle)
