"""The campaign desk: plan, have approved, send, watch. What can be done follows from the state alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns.models import Campaign
from campaigns.planning import content, plan, rhythm, series, steering, trial
from campaigns.planning.audience import Rule
from campaigns.planning.states import EDITABLE, PlanRefused
from campaigns.sending import ledger
from web import context, formats, planview, progress
from web.auth import needs
from web.formats import Times
from web.planform import Draft
from web.planparts import pages as part_pages
from web.prices import pages as price_pages
from web.progress import pages as progress_pages
from web.signups import pages as signup_pages
from web.subscribers import pages as subscriber_pages

pages: Final = Blueprint("campaigns", __name__, url_prefix="/campaigns")
for others in (subscriber_pages, signup_pages, price_pages, part_pages, progress_pages):
    pages.register_blueprint(others)
pages.context_processor(formats.words)

USUALLY_LASTS: Final = timedelta(days=3)
MOST_LISTED: Final = 200

Answer = Response | tuple[str, int]


@pages.get("")
@needs("campaigns")
def index() -> str:
    given = context.deps()
    with given.sessions() as session:
        rows = session.scalars(
            select(Campaign)
            .where(Campaign.line_id == given.line_id)
            .order_by(Campaign.id.desc())
            .limit(MOST_LISTED)
        )
        listed = [(row, ledger.balance(session, row.id)) for row in rows]
        times = Times.of_line(session)
    return render_template("campaigns/index.html", campaigns=listed, times=times)


@pages.get("/new")
@needs("campaigns")
def new() -> str:
    return render_template("campaigns/new.html", refused=None, name="")


@pages.post("/new")
@needs("campaigns")
def create() -> Answer:
    given, name = context.deps(), request.form.get("name", "")
    try:
        with given.sessions.begin() as session:
            campaign_id = plan.create(session, given.line_id, name, context.me().id)
            ends = given.clock() + USUALLY_LASTS
            hours = plan.window(session.get_one(Campaign, campaign_id))
            plan.set_window(session, campaign_id, None, ends.replace(second=0), hours)
    except PlanRefused as refused:
        return render_template("campaigns/new.html", refused=refused, name=name), 400
    return _to(campaign_id)


@pages.get("/<int:campaign_id>")
@needs("campaigns")
def show(campaign_id: int) -> str:
    return _page(campaign_id)


@pages.post("/<int:campaign_id>")
@needs("campaigns")
def save(campaign_id: int) -> Answer:
    """Keep what the officer wrote; `submit` also hands it to a second person."""
    given = context.deps()

    def write(session: Session, now: datetime) -> None:
        Draft.typed(given.languages).write(session, campaign_id, Times.of_line(session))
        if "submit" in request.form:
            plan.submit(session, campaign_id, context.me().id, now, usual=given.campaign_channel)

    return _do(campaign_id, write)


@pages.post("/<int:campaign_id>/sign-off")
@needs("campaigns")
def sign_off(campaign_id: int) -> Answer:
    """Whoever is signed in has read the words of one language and stands for them."""
    language, seen = request.form.get("language", ""), request.form.get("seen", "")

    def write(session: Session, _now: datetime) -> None:
        content.sign_off(session, campaign_id, language, context.me().id, seen=seen)

    return _do(campaign_id, write)


@pages.post("/<int:campaign_id>/try")
@needs("campaigns")
def send_trial(campaign_id: int) -> Answer:
    """Send a text to staff phones. Their numbers are not kept, nor shown again."""
    given, form = context.deps(), request.form
    language, _, variant = form.get("text", "").partition("-")

    def write(session: Session, now: datetime) -> None:
        trial.send(
            session,
            given.vault,
            campaign_id,
            language,
            "B" if variant == "B" else "A",
            form.get("numbers", ""),
            given.campaign_channel,
            now,
        )

    return _do(campaign_id, write, done="trial.sent")


@pages.post("/<int:campaign_id>/approve")
@needs("campaigns")
def approve(campaign_id: int) -> Answer:
    def write(session: Session, now: datetime) -> None:
        seen = bytes.fromhex(request.form.get("seen", ""))
        plan.approve(session, campaign_id, context.me().id, seen, now)

    return _do(campaign_id, write)


@pages.post("/<int:campaign_id>/schedule")
@needs("campaigns")
def schedule(campaign_id: int) -> Answer:
    def write(session: Session, now: datetime) -> None:
        plan.schedule(session, campaign_id, context.deps().campaign_channel, now)

    return _do(campaign_id, write)


@pages.post("/<int:campaign_id>/redraft")
@needs("campaigns")
def redraft(campaign_id: int) -> Answer:
    return _do(campaign_id, lambda session, _now: plan.redraft(session, campaign_id))


@pages.post("/<int:campaign_id>/pause")
@needs("campaigns")
def pause(campaign_id: int) -> Answer:
    return _do(campaign_id, lambda session, now: steering.pause(session, campaign_id, now))


@pages.post("/<int:campaign_id>/resume")
@needs("campaigns")
def resume(campaign_id: int) -> Answer:
    return _do(campaign_id, lambda session, now: steering.resume(session, campaign_id, now))


@pages.post("/<int:campaign_id>/cancel")
@needs("campaigns")
def cancel(campaign_id: int) -> Answer:
    return _do(campaign_id, lambda session, now: steering.cancel(session, campaign_id, now))


@pages.post("/<int:campaign_id>/end-series")
@needs("campaigns")
def end_series(campaign_id: int) -> Answer:
    return _do(campaign_id, lambda session, now: series.end(session, campaign_id, now))


def _do(campaign_id: int, write: Callable[[Session, datetime], None], done: str = "") -> Answer:
    """One change in one transaction; a refusal shows the page as it stands, with the reason."""
    given = context.deps()
    try:
        with given.sessions.begin() as session:
            planview.of_line(session, campaign_id)
            write(session, given.clock())
    except PlanRefused as refused:
        return _page(campaign_id, refused), 409
    except ValueError:
        abort(400)
    given.dispatch(campaign_id)
    if done:
        flash(done)
    return _to(campaign_id)


def _to(campaign_id: int) -> Response:
    return redirect(url_for("campaigns.show", campaign_id=campaign_id))


def _page(campaign_id: int, refused: PlanRefused | None = None) -> str:
    with context.deps().sessions() as session:
        campaign = planview.of_line(session, campaign_id)
        times = Times.of_line(session)
        kept = Draft.kept(session, campaign, times)
        values: dict[str, Any] = {
            "campaign": campaign,
            "refused": refused,
            "times": times,
            "draft": kept,
        }
        values |= _people(session, campaign)
        values["series"] = series.describe(session, campaign_id, context.now())
        if campaign.state not in EDITABLE:
            values |= progress.numbers(session, campaign)
            said = _to_read(session, campaign, kept)
            return render_template("campaigns/live.html", **values | said)
        if campaign.state == "draft":
            values |= _to_write(session, campaign, kept, refused)
            return render_template("campaigns/edit.html", **values)
        # Once submitted, who may get it is fixed; only a draft and a series reach for everybody there is.
        up_to = None if campaign.repeats else campaign.audience_to
        values |= {"reach": planview.reach(session, kept, up_to)}
        return render_template(
            "campaigns/review.html", **values | _to_read(session, campaign, kept)
        )


def _people(session: Session, campaign: Campaign) -> dict[str, Any]:
    ids = (campaign.created_by, campaign.submitted_by, campaign.approved_by)
    own = context.me().id in (campaign.created_by, campaign.submitted_by)
    return {"names": planview.staff(session, ids), "own": own}


def _to_write(
    session: Session, campaign: Campaign, kept: Draft, refused: PlanRefused | None
) -> dict[str, Any]:
    """What was just typed when the page comes back with a refusal of it."""
    # Only the form of the plan has an end; saving it again is saving it knowingly.
    typed = refused is not None and "ends_at" in request.form
    draft = Draft.typed(context.deps().languages, seen=kept.seen) if typed else kept
    try:
        size: dict[str, Any] = {"reach": planview.reach(session, draft)}
    except PlanRefused:
        size = {"reach": planview.reach(session, kept)}
    return size | {
        "draft": draft,
        "texts": planview.texts(session, campaign, draft.texts),
        "choices": planview.choices(session, draft),
        "channels": planview.channels(session),
        "weekdays": planview.weekdays(),
        "repeats": ["", *rhythm.REPEATS],
        "most_numbers": trial.MOST_NUMBERS,
    }


def _to_read(session: Session, campaign: Campaign, kept: Draft) -> dict[str, Any]:
    """The plan in words, and its texts as they are sent."""
    return {
        "texts": planview.texts(session, campaign, kept.texts),
        "rule": planview.rule_in_words(Rule.of(campaign.audience)),
        "weekdays": planview.weekdays(),
        "day": planview.day,
    }
