"""The campaign desk: plan, have approved, send, watch. What can be done follows from the state alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns import ledger, plan, steering, subscribers
from campaigns.models import Campaign
from campaigns.plan import PlanRefused
from campaigns.quiet import CLOCK, Window
from hotline.models import Staff
from locales import count_segments, direction, native_name
from locales.scripts import SCRIPT_LANGUAGES
from web import context, formats
from web.auth import needs
from web.formats import Times, shown
from web.subscribers import pages as subscriber_pages

pages: Final = Blueprint("campaigns", __name__, url_prefix="/campaigns")
pages.register_blueprint(subscriber_pages)
pages.context_processor(formats.words)

USUALLY_LASTS: Final = timedelta(days=3)
MOST_LISTED: Final = 200
LIVE: Final = frozenset({"running", "paused", "done", "cancelled"})


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
    return render_template("campaigns/new.html", refused="", name="")


@pages.post("/new")
@needs("campaigns")
def create() -> Response | tuple[str, int]:
    given, name = context.deps(), request.form.get("name", "")
    try:
        with given.sessions.begin() as session:
            campaign_id = plan.create(session, given.line_id, name, context.me().id)
            ends = given.clock() + USUALLY_LASTS
            hours = plan.window(session.get_one(Campaign, campaign_id))
            plan.set_window(session, campaign_id, None, ends.replace(second=0), hours)
    except PlanRefused as refused:
        page = render_template("campaigns/new.html", refused=refused.reason, name=name)
        return page, 400
    return redirect(url_for("campaigns.show", campaign_id=campaign_id))


@pages.get("/<int:campaign_id>")
@needs("campaigns")
def show(campaign_id: int) -> str:
    return _page(campaign_id)


@pages.post("/<int:campaign_id>")
@needs("campaigns")
def save(campaign_id: int) -> Response | tuple[str, int]:
    """Keep what the officer wrote; `submit` also hands it to a second person."""

    def write(session: Session, now: datetime) -> None:
        times, form = Times.of_line(session), request.form
        later = form.get("start") == "at"
        starts, ends = (times.read(form.get(name, "")) for name in ("starts_at", "ends_at"))
        if ends is None or (later and starts is None):
            raise PlanRefused("plan.time_wrong")
        plan.rename(session, campaign_id, form.get("name", ""))
        for language in context.deps().languages:
            plan.set_text(session, campaign_id, language, form.get(f"text-{language}", ""))
        plan.set_window(session, campaign_id, starts if later else None, ends, _hours())
        if "submit" in form:
            plan.submit(session, campaign_id, context.me().id, now)

    return _do(campaign_id, write)


@pages.post("/<int:campaign_id>/approve")
@needs("campaigns")
def approve(campaign_id: int) -> Response | tuple[str, int]:
    def write(session: Session, now: datetime) -> None:
        seen = bytes.fromhex(request.form.get("seen", ""))
        plan.approve(session, campaign_id, context.me().id, seen, now)

    return _do(campaign_id, write)


@pages.post("/<int:campaign_id>/schedule")
@needs("campaigns")
def schedule(campaign_id: int) -> Response | tuple[str, int]:
    def write(session: Session, now: datetime) -> None:
        plan.schedule(session, campaign_id, context.deps().campaign_channel, now)

    return _do(campaign_id, write)


@pages.post("/<int:campaign_id>/redraft")
@needs("campaigns")
def redraft(campaign_id: int) -> Response | tuple[str, int]:
    return _do(campaign_id, lambda session, _now: plan.redraft(session, campaign_id))


@pages.post("/<int:campaign_id>/pause")
@needs("campaigns")
def pause(campaign_id: int) -> Response | tuple[str, int]:
    return _do(campaign_id, lambda session, now: steering.pause(session, campaign_id, now))


@pages.post("/<int:campaign_id>/resume")
@needs("campaigns")
def resume(campaign_id: int) -> Response | tuple[str, int]:
    return _do(campaign_id, lambda session, now: steering.resume(session, campaign_id, now))


@pages.post("/<int:campaign_id>/cancel")
@needs("campaigns")
def cancel(campaign_id: int) -> Response | tuple[str, int]:
    return _do(campaign_id, lambda session, now: steering.cancel(session, campaign_id, now))


@pages.post("/segments")
@needs("campaigns")
def segments() -> str:
    """How long the text of one language is, and how a phone shows it. Nothing is kept."""
    language = request.args.get("language", "")
    if language not in context.deps().languages:
        abort(404)
    words = request.form.get(f"text-{language}", "").replace("\r\n", "\n").strip()
    return render_template("campaigns/_segments.html", text=_text(language, words))


@pages.get("/<int:campaign_id>/progress")
@needs("campaigns")
def progress(campaign_id: int) -> Response:
    """The numbers of the page, asked for every two seconds while it is open."""
    given = context.deps()
    with given.sessions() as session:
        campaign = _campaign(session, campaign_id)
        values = _progress(session, campaign)
    if campaign.state == "running" and not values["balance"].pending:
        # It may be over: do not wait for the next minute to find out.
        given.dispatch(campaign_id)
    page = make_response(render_template("campaigns/_progress.html", campaign=campaign, **values))
    if campaign.state != request.args.get("state"):
        page.headers["HX-Refresh"] = "true"
    return page


def _do(campaign_id: int, write: Callable[[Session, datetime], None]) -> Response | tuple[str, int]:
    """One change in one transaction; a refusal shows the page as it stands, with the reason."""
    given = context.deps()
    try:
        with given.sessions.begin() as session:
            _campaign(session, campaign_id)
            write(session, given.clock())
    except PlanRefused as refused:
        return _page(campaign_id, refused.reason), 409
    except ValueError:
        abort(400)
    given.dispatch(campaign_id)
    return redirect(url_for("campaigns.show", campaign_id=campaign_id))


def _page(campaign_id: int, refused: str = "") -> str:
    with context.deps().sessions() as session:
        campaign = _campaign(session, campaign_id)
        values = {"campaign": campaign, "refused": refused, "times": Times.of_line(session)}
        values |= _people(session, campaign)
        if campaign.state in LIVE:
            values |= _progress(session, campaign)
            return render_template("campaigns/live.html", texts=_texts(session, campaign), **values)
        values |= {"texts": _texts(session, campaign), "audience": _audience(session, campaign)}
        name = "edit" if campaign.state == "draft" else "review"
        return render_template(f"campaigns/{name}.html", form=request.form, **values)


def _campaign(session: Session, campaign_id: int) -> Campaign:
    campaign = session.get(Campaign, campaign_id)
    if campaign is None or campaign.line_id != context.deps().line_id:
        abort(404)
    return campaign


def _people(session: Session, campaign: Campaign) -> dict[str, Any]:
    ids = (campaign.created_by, campaign.submitted_by, campaign.approved_by)
    rows = session.execute(select(Staff.id, Staff.display_name).where(Staff.id.in_(ids)))
    names = {row.id: row.display_name for row in rows}
    own = context.me().id in (campaign.created_by, campaign.submitted_by)
    return {"names": names, "own": own}


def _texts(session: Session, campaign: Campaign) -> list[dict[str, Any]]:
    """Each language's text: what was just typed when the page comes back with a refusal."""
    kept = plan.texts(session, campaign.id)
    all_texts = {language: kept.get(language, "") for language in context.deps().languages}
    return [
        _text(language, request.form.get(f"text-{language}", words))
        for language, words in all_texts.items()
    ]


def _text(language: str, words: str) -> dict[str, Any]:
    return {
        "language": language,
        "name": native_name(language),
        "direction": direction(language),
        "words": words,
        "size": count_segments(words),
        "left": plan.LONGEST_TEXT - len(words),
        # Elsewhere a letter outside the SMS alphabet is no slip that could be mended.
        "latin": not any(language in codes for codes in SCRIPT_LANGUAGES.values()),
    }


def _audience(session: Session, campaign: Campaign) -> dict[str, Any]:
    """Subscribers by language; None stands for "fewer than k"."""
    given = context.deps()
    # Once submitted, who may get it is fixed; only a draft reaches for everybody there is.
    up_to = None if campaign.state == "draft" else campaign.audience_to
    people = subscribers.audience(session, given.line_id, up_to)
    texts = plan.texts(session, campaign.id)
    reached = sum(n for language, n in people.items() if language in texts)
    segments = sum(
        count_segments(texts[language]).segments * n
        for language, n in people.items()
        if language in texts
    )
    k = given.suppress_below
    return {
        "by_language": {code: shown(people.get(code, 0), k) for code in given.languages},
        "reached": shown(reached, k),
        "segments": shown(segments, k),
        "k": k,
    }


def _progress(session: Session, campaign: Campaign) -> dict[str, Any]:
    now = context.now()
    balance = ledger.balance(session, campaign.id)
    pace = ledger.pace(session, campaign.id, now)
    ready = balance.pending - pace.waiting
    ends = None
    if pace.last_minute and ready > 0:
        ends = now + timedelta(minutes=ready / pace.last_minute)
    return {
        "balance": balance,
        "pace": pace,
        "expected_end": ends,
        "times": Times.of_line(session),
    }


def _hours() -> Window:
    opens, closes = (request.form.get(name, "") for name in ("window_from", "window_to"))
    # A browser's time field has no 24:00: midnight as an end is written 00:00.
    closes = "24:00" if closes == "00:00" else closes
    return Window(*(t if CLOCK.fullmatch(t) else "" for t in (opens, closes)))
