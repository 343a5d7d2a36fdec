"""Figures for Prometheus: how many, how long, how old. No label ever comes from a contact."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from hotline import escalation
from hotline.models import Case, Heartbeat, Outbox, SenderHealth
from web.deps import Deps

# Nobody sends through it any more.
SENDER_SILENT: Final = timedelta(minutes=1)


class Metrics:
    """One registry an app: several apps in one process do not mix."""

    def __init__(self, deps: Deps) -> None:
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            "waypost_request_seconds",
            "Time to answer, by page and status",
            ["endpoint", "status"],
            registry=self.registry,
        )
        self._inbound = Counter(
            "waypost_inbound",
            "Messages that came in through this process",
            ["channel", "result"],
            registry=self.registry,
        )
        self.registry.register(DatabaseFigures(deps))

    def heard(self, channel: str, *, again: bool) -> None:
        self._inbound.labels(channel, "repeated" if again else "answered").inc()

    def install(self, app: Flask) -> None:
        app.before_request(_start)
        app.after_request(self._answered)

    def text(self) -> bytes:
        return generate_latest(self.registry)

    def _answered(self, response: Response) -> Response:
        # The endpoint, never the path: a path may be made up by whoever asks.
        took = time.perf_counter() - g.started if "started" in g else 0.0
        self._requests.labels(request.endpoint or "none", str(response.status_code)).observe(took)
        return response


class DatabaseFigures(Collector):
    """Read when asked for, so that every web process tells the same."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    def collect(self) -> Iterator[Metric]:
        queued = GaugeMetricFamily(
            "waypost_outbox_queued", "Messages waiting to be sent", labels=["channel"]
        )
        oldest = GaugeMetricFamily(
            "waypost_outbox_oldest_seconds", "How long the oldest has been due", labels=["channel"]
        )
        doubt = GaugeMetricFamily(
            "waypost_outbox_in_doubt", "Messages the provider may have taken", labels=["channel"]
        )
        waiting = GaugeMetricFamily(
            "waypost_cases_waiting", "Cases nobody has taken", labels=["urgency"]
        )
        alarm = GaugeMetricFamily(
            "waypost_cases_alarm", "Cases that waited through every step and have no answer"
        )
        worker = GaugeMetricFamily(
            "waypost_worker_heartbeat_age_seconds", "Since a worker last said that it is alive"
        )
        resting = GaugeMetricFamily(
            "waypost_sender_rest_seconds",
            "How long a sender that failed rests yet; 0: it is well",
            labels=["sender"],
        )
        failures = GaugeMetricFamily(
            "waypost_sender_failures", "Sends that failed in a row", labels=["sender"]
        )
        now = self._deps.clock()
        with self._deps.sessions() as session:
            for channel, number, due in session.execute(
                select(Outbox.channel, func.count(), func.min(Outbox.due_at))
                .where(Outbox.state == "queued")
                .group_by(Outbox.channel)
            ):
                queued.add_metric([channel], number)
                oldest.add_metric([channel], max(0.0, _seconds(due, now)))
            for channel, number in session.execute(
                select(Outbox.channel, func.count())
                .where(Outbox.state.in_(("sending", "unknown")))
                .group_by(Outbox.channel)
            ):
                doubt.add_metric([channel], number)
            for urgency, number in session.execute(
                select(Case.urgency, func.count())
                .where(Case.state == "waiting", Case.line_id == self._deps.line_id)
                .group_by(Case.urgency)
            ):
                waiting.add_metric([str(urgency)], number)
            for each in session.scalars(
                select(SenderHealth).where(SenderHealth.at > now - SENDER_SILENT)
            ):
                rest = _seconds(now, each.rests_until) if each.rests_until else 0.0
                resting.add_metric([each.label], max(0.0, rest))
                failures.add_metric([each.label], each.failures)
            alarm.add_metric([], escalation.alarms(session, self._deps.line_id))
            beat = session.scalar(select(func.max(Heartbeat.at)))
        if beat is not None:
            worker.add_metric([], _seconds(beat, now))
        yield from (queued, oldest, doubt, waiting, alarm, resting, failures, worker)


def _start() -> None:
    g.started = time.perf_counter()


def _seconds(since: datetime, now: datetime) -> float:
    return (now - since).total_seconds()
