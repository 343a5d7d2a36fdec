"""Parts of a draft's page that are asked for while it is written. Nothing of them is kept."""

from typing import Final

from flask import Blueprint, abort, render_template, request

from campaigns.planning import content
from campaigns.planning.content import VARIANTS, Facts
from campaigns.planning.states import PlanRefused
from web import context, planview
from web.auth import needs
from web.planform import Draft, text_field

pages: Final = Blueprint("parts", __name__)


@pages.post("/segments")
@needs("campaigns")
def segments() -> str:
    """How long one text is, what makes it dear, and how a phone shows it."""
    given = context.deps()
    language, variant = request.args.get("language", ""), request.args.get("variant", "A")
    if language not in given.languages or variant not in VARIANTS:
        abort(404)
    words = content.tidy(request.form.get(text_field(language, variant), ""))
    channel = request.form.get("channel") or given.campaign_channel
    with given.sessions() as session:
        facts = Facts.of(session, given.line_id)
    text = planview.measured(language, variant, words, facts, channel)
    return render_template("campaigns/_segments.html", text=text)


@pages.post("/<int:campaign_id>/reach")
@needs("campaigns")
def reach(campaign_id: int) -> str:
    """How many the draft would reach as it stands in the browser."""
    given = context.deps()
    with given.sessions() as session:
        planview.of_line(session, campaign_id)
        try:
            found = planview.reach(session, Draft.typed(given.languages))
        except PlanRefused as refused:
            return render_template("campaigns/_reach.html", reach=None, refused=refused)
    return render_template("campaigns/_reach.html", reach=found, refused=None)
