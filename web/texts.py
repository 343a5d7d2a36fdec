"""What the line says by itself: every text as a contact reads it, beside the reader's own language."""

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, abort, render_template, request

from locales import direction, translator
from locales.review import Review, standing
from locales.safety import points
from locales.translator import languages
from web import context
from web.formats import Times
from web.guard import needs

pages: Final = Blueprint("texts", __name__, url_prefix="/texts")


@dataclass(frozen=True, slots=True)
class Text:
    """`id` is the message id, the same in every language; `critical`: safety hangs on it."""

    id: str
    told: str
    own: str
    critical: bool
    review: Review | None


@pages.get("")
@needs("desk")
def index() -> str:
    own = context.language()
    language = request.args.get("language", own)
    # A contact may still write in a language that the line no longer offers.
    if language not in languages("contact"):
        abort(404)
    told, mine = translator(language, "contact"), translator(own, "contact")
    reviews = standing(language).reviews
    found = [
        Text(name, told.text(name), mine.text(name), name in points(), reviews.get(name))
        for name in translator("en", "contact").ids
        if name
    ]
    return render_template(
        "desk/texts.html",
        texts=found,
        language=language,
        direction_there=direction(language),
        own=mine.language,
        direction_own=direction(mine.language),
        languages=context.deps().languages,
        times=Times("UTC"),
    )
