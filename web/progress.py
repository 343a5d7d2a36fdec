"""A campaign under way: its balance, its pace, its curve, and what holds it."""

from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Page

from campaigns.models import Campaign, CampaignPoint
from campaigns.sending import brake, ledger
from campaigns.sending.ledger import Balance
from web import context, planview
from web.auth import needs
from web.formats import Times

pages: Final = Blueprint("progress", __name__)

CURVES: Final = ("accepted", "delivered", "waiting", "opted_out")
# More than a screen has columns for.
MOST_POINTS: Final = 400


@pages.get("/<int:campaign_id>/progress")
@needs("campaigns")
def progress(campaign_id: int) -> Page:
    """The numbers of the page, asked for every two seconds while it is open."""
    given = context.deps()
    with given.sessions() as session:
        campaign = planview.of_line(session, campaign_id)
        values = numbers(session, campaign)
    if campaign.state == "running" and not values["balance"].pending:
        # It may be over: do not wait for the next minute to find out.
        given.dispatch(campaign_id)
    page = make_response(render_template("campaigns/_progress.html", campaign=campaign, **values))
    if campaign.state != request.args.get("state"):
        page.headers["HX-Refresh"] = "true"
    return page


@pages.get("/<int:campaign_id>/points")
@needs("campaigns")
def points(campaign_id: int) -> Response:
    """The curve: how many had what, at moments since the start."""
    with context.deps().sessions() as session:
        campaign = planview.of_line(session, campaign_id)
        rows = session.execute(
            select(CampaignPoint.at, *(getattr(CampaignPoint, name) for name in CURVES))
            .where(CampaignPoint.campaign_id == campaign_id)
            .order_by(CampaignPoint.at)
        ).all()
        zone = Times.of_line(session).zone
        now = ledger.balance(session, campaign_id)
    told = [(row.at, *(getattr(row, name) for name in CURVES)) for row in _thinned(rows)]
    if told and not campaign.balance:
        # The curve ends at what the numbers beside it say.
        told.append((context.now(), now.accepted, now.delivered, told[-1][3], now.opted_out))
    return jsonify(
        zone=zone,
        at=[each[0].isoformat() for each in told],
        series=[
            {"label": context.say(f"curve.{name}"), "values": [each[n] for each in told]}
            for n, name in enumerate(CURVES, 1)
        ],
    )


def numbers(session: Session, campaign: Campaign) -> dict[str, Any]:
    now = context.now()
    balance = ledger.balance(session, campaign.id)
    pace = ledger.pace(session, campaign.id, now)
    ready = balance.pending - pace.waiting
    ends = None
    if pace.last_minute and ready > 0:
        ends = now + timedelta(minutes=ready / pace.last_minute)
    running = campaign.state == "running"
    return {
        "balance": balance,
        "pace": pace,
        "expected_end": ends,
        "brake": brake.state(session, campaign.line_id, now) if running else "free",
        "halves": _halves(balance),
        "times": Times.of_line(session),
    }


def _halves(balance: Balance) -> list[tuple[str, dict[str, int]]]:
    """The two texts of a split beside each other; nothing when there is one."""
    split = sorted(balance.by_variant.items())
    return split if len(split) > 1 else []


def _thinned(rows: Any) -> list[Any]:
    """So many that a curve keeps its shape, the last among them."""
    step = -(-len(rows) // MOST_POINTS) or 1
    return list(rows[::-step])[::-1]
