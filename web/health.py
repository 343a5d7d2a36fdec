"""Is the process alive, can a text be received and sent, and figures for whoever watches."""

from datetime import datetime, timedelta
from typing import Final

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hotline import outbox
from hotline.models import Heartbeat, Outbox
from web import context

pages: Final = Blueprint("health", __name__)

OLDEST_HEARTBEAT: Final = timedelta(seconds=30)
OLDEST_REPLY: Final = timedelta(minutes=5)


@pages.get("/healthz")
def healthz() -> tuple[dict[str, str], int]:
    return {"process": "alive"}, 200


@pages.get("/readyz")
def readyz() -> tuple[Response, int]:
    """200 once a text can be received and sent; else 503 and which part is not well."""
    parts = {"database": "ok", "worker": "unknown", "replies": "unknown"}
    given = context.deps()
    try:
        with given.sessions() as session:
            parts |= _parts(session, given.clock())
    except SQLAlchemyError:
        parts["database"] = "not reachable"
    ready = set(parts.values()) == {"ok"}
    return jsonify(ready=ready, **parts), 200 if ready else 503


@pages.get("/metrics")
def metrics() -> Response:
    return Response(context.metrics().text(), content_type=CONTENT_TYPE_LATEST)


def _parts(session: Session, now: datetime) -> dict[str, str]:
    beat = session.scalar(select(func.max(Heartbeat.at)))
    oldest = session.scalar(
        select(func.min(Outbox.due_at)).where(
            Outbox.state == "queued", Outbox.priority == outbox.REPLY
        )
    )
    alive = beat is not None and now - beat < OLDEST_HEARTBEAT
    late = oldest is not None and now - oldest > OLDEST_REPLY
    return {
        "worker": "ok" if alive else "no heartbeat",
        "replies": "late" if late else "ok",
    }
