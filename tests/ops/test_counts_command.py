"""`waypost counts` at the command line, on the simulator and on a real line."""

import csv
import io
import sys
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from hotline import counts, releases
from hotline.counts import Count
from hotline.noise import YEARLY_BUDGET
from ops import settings, tasks, wiring
from ops.cli import waypost

REAL = {
    "WAYPOST_TWILIO_ACCOUNT_SID": "AC0",
    "WAYPOST_TWILIO_AUTH_TOKEN": "x",
    "WAYPOST_TWILIO_FROM": "+12025550100",
    "WAYPOST_PUBLIC_URL": "https://line.example",
}


@pytest.fixture
def run(database_url, key_ring, tmp_path):
    environment = {
        "WAYPOST_DATABASE_URL": database_url,
        "WAYPOST_KEYS": key_ring.to_text(),
        "WAYPOST_HOME": str(tmp_path),
    }

    def command(*words, real=False):
        return CliRunner().invoke(waypost, words, env=environment | (REAL if real else {}))

    command.environment = environment | REAL
    return command


@pytest.fixture
def counted(sessions, line_id):
    def count(n, days_ago=0, channel="sms"):
        at = datetime.now(UTC) - timedelta(days=days_ago)
        with sessions.begin() as session:
            counts.increase(session, line_id, at, [Count("contacts", channel, "fr")] * n)
        return at.date()

    return count


def table(done):
    return {
        (row["event"], row["table"], row["value"]): row["count"]
        for row in csv.DictReader(io.StringIO(done.stdout))
    }


def test_on_the_simulator_the_running_period_is_printed_and_written_as_a_table(run, counted):
    day = counted(4, channel="simulator").isoformat()
    said = run("counts")
    assert said.exit_code == 0
    assert "still running" in said.stdout
    assert "contacts" in run("counts", "--since", day, "--until", day).stdout
    found = table(run("counts", "--since", day, "--until", day, "--csv"))
    assert found["contacts", "language", "fr"] == found["contacts", "day", day] == "4"
    assert found["contacts", "language", "en"] == "0"


def test_days_that_make_no_sense_are_misuse(run):
    assert run("counts", "--since", "2027-01-01", "--until", "2026-01-01").exit_code == 2
    assert run("counts", "--since", "yesterday").exit_code == 2
    assert run("counts", "period", "year").exit_code == 2


def test_on_a_real_line_only_what_is_published_is_printed(run, counted):
    counted(57)
    waits = run("counts", real=True)
    assert waits.exit_code == 0
    assert "is still running, and is published on" in waits.stdout
    assert "57" not in waits.stdout
    assert table(run("counts", "--csv", real=True)) == {}


def test_what_has_ended_is_published_now_and_once(run, counted):
    counted(57, days_ago=20)
    assert (
        run("counts", "period", "week", real=True).stdout == "Counts are published by week now.\n"
    )
    done = run("counts", "publish", real=True)
    assert done.exit_code == 0
    assert done.stdout.startswith("Published ")
    assert "still running" in run("counts", "publish", real=True).stdout
    found = table(run("counts", "--since", "2020-01-01", "--csv", real=True))
    assert found["contacts", "total", ""] == "50"
    assert found["contacts", "language", "fr"] == "hidden"


def test_the_worker_publishes_what_is_over_by_itself_and_once(run, counted, sessions, line_id):
    counted(57, days_ago=40)
    for _ in "ab":
        with wiring.open_wiring(settings.read(run.environment)) as wired:
            tasks.publish_now(wired)
    with sessions() as session:
        found = releases.published(session, line_id, 10)
    assert found[-1].events["contacts"].total == 50
    assert len({each.since for each in found}) == len(found)


def test_with_noise_it_is_said_how_much(run, counted, sessions, line_id):
    counted(57, days_ago=40)
    done = run("counts", "publish", "--epsilon", "0.5", real=True)
    assert done.exit_code == 0
    assert ", with noise: epsilon 0.5, within 18." in done.stdout
    with sessions() as session:
        assert {each.epsilon for each in releases.published(session, line_id, 10)} == {0.5}


def test_what_cannot_be_done_is_refused_with_one_clear_line(run, counted, monkeypatch):
    counted(57, days_ago=40)
    for refused in (
        run("counts", "publish", "--epsilon", "0", real=True),
        run("counts", "publish", "--epsilon", str(YEARLY_BUDGET + 1), real=True),
    ):
        assert refused.exit_code == 1
        assert len(refused.stderr.strip().splitlines()) == 1
    monkeypatch.setitem(sys.modules, "opendp.prelude", None)
    refused = run("counts", "publish", "--epsilon", "1", real=True)
    assert refused.exit_code == 1
    assert "pip install 'waypost[dp]'" in refused.stderr
    assert run("counts", "publish", "--epsilon", "much", real=True).exit_code == 2
    assert "published on" in run("counts", real=True).stdout
