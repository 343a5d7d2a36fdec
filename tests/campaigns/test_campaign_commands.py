"""`waypost campaigns`: a campaign from a draft to its schedule without a browser, each step by somebody."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner

from campaigns.models import Campaign
from campaigns.planning import content, plan
from hotline import staff
from hotline.models import Line
from ops.cli import waypost

SOON = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def run(database_url, key_ring, tmp_path):
    environment = {
        "WAYPOST_DATABASE_URL": database_url,
        "WAYPOST_KEYS": key_ring.to_text(),
        "WAYPOST_HOME": str(tmp_path),
    }

    def command(*words):
        return CliRunner().invoke(waypost, ["campaigns", *map(str, words)], env=environment)

    return command


@pytest.fixture
def row(sessions):
    def read(campaign=1):
        with sessions() as session:
            return session.get_one(Campaign, campaign)

    return read


def draft(run, *more, text="en=Call us. STOP to end."):
    return run("create", "--as", "officer", "--name", "Before you go", "--text", text, *more)


def test_a_campaign_is_planned_approved_and_scheduled_by_two_people(run, desk, row, tmp_path):
    words = tmp_path / "fr.txt"
    words.write_text("Appelez {line}.\n", encoding="utf-8")
    made = draft(run, "--text", f"fr=@{words}")
    assert made.stdout == "1\n"
    assert "confirm the text first" in run("submit", 1, "--as", "officer").stderr
    assert run("sign-off", 1, "--as", "officer", "--language", "en").exit_code == 0
    assert "Français" in run("submit", 1, "--as", "officer").stderr
    assert run("sign-off", 1, "--as", "officer").exit_code == 0
    assert run("submit", 1, "--as", "officer").stdout == "Campaign 1 is submitted.\n"
    own = run("approve", 1, "--as", "officer")
    assert own.exit_code == 1
    assert "Somebody else than who made or submitted it" in own.stderr
    assert run("approve", 1, "--as", "supervisor").stdout == "Campaign 1 is approved.\n"
    assert run("schedule", 1, "--as", "officer").stdout == "Campaign 1 is scheduled.\n"
    assert row().channel == "simulator"
    status = json.loads(run("status", 1, "--json").stdout)
    wanted = (
        "state, planned, accepted, suppressed, expired, failed, unknown, pending, delivered,"
        " segments, opted_out"
    )
    assert set(wanted.split(", ")) <= status.keys()
    assert status["state"] == "scheduled"


def test_everything_of_a_plan_can_be_said(run, desk, row, sessions, line_id):
    with sessions.begin() as session:
        session.get_one(Line, line_id).time_zone = "Europe/Zurich"
    day = SOON.date()
    done = draft(
        run,
        *("--text-b", "en=Text us", "--split", 30, "--fallback", "en"),
        *("--starts", f"{day}T09:00", "--ends", f"{day}T20:00", "--hours", "09:30-18:00"),
        *("--quiet-weekday", "sun", "--quiet-date", "2026-12-25"),
        *("--country", "ch", "--country", "FR", "--language", "en", "--tag", "north"),
        *("--source", "fair", "--channel", "sms", "--since", "2026-01-01", "--until", "2026-06-30"),
        *("--repeats", "weekly", "--repeat-until", day + timedelta(days=60)),
    )
    assert done.exit_code == 0, done.output
    made = row()
    assert made.audience == {
        "channels": ["sms"],
        "countries": ["CH", "FR"],
        "languages": ["en"],
        "sources": ["fair"],
        "tags": ["north"],
        "since": "2026-01-01",
        "until": "2026-06-30",
    }
    assert (made.b_share, made.fallback_language, made.repeats) == (30, "en", "weekly")
    assert (made.window_from, made.window_to, made.quiet_weekdays) == ("09:30", "18:00", [6])
    assert made.quiet_dates == [date(2026, 12, 25)]
    assert made.starts_at.hour in (7, 8)
    with sessions() as session:
        assert content.variants(session, 1)["en", "B"] == "Text us"


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--hours", "21:00-08:00"], 2, "from earlier to later"),
        (["--text", "Bonjour"], 2, "write it as en=WORDS"),
        (["--text", "fr=@/nowhere"], 2, "cannot be read"),
        (["--starts", "tomorrow"], 2, "tomorrow"),
        (["--quiet-weekday", "someday"], 2, "someday"),
        (["--country", "Switzerland"], 2, "such as CH"),
        (["--text", "xx=Hello"], 1, "does not speak that language"),
        (["--text", "fr=Bonjour {name}"], 1, "{name} stands for nothing"),
        (["--split", "100"], 1, "1 to 99 of 100"),
        (["--channel", "sms", "--channel", "telegram"], 1, "one channel"),
        (["--since", "2026-02-01", "--until", "2026-01-01"], 1, "ends before it begins"),
        (["--starts", "2026-02-01T09:00", "--ends", "2026-02-01T08:00"], 1, "after the start"),
        (["--days-after", "999"], 1, "0 to 366"),
    ],
)
def test_what_cannot_be_is_refused_with_one_clear_line_and_nothing_is_made(
    run, desk, sessions, more, code, said
):
    refused = draft(run, *more)
    assert refused.exit_code == code
    assert said in refused.stderr
    if code == 1:
        assert len(refused.stderr.strip().splitlines()) == 1
    with sessions() as session:
        assert session.get(Campaign, 1) is None


def test_only_somebody_who_may_plans_campaigns(run, desk, sessions, line_id):
    with sessions.begin() as session:
        for login, role in (("carl", "caseworker"), ("olga", "campaign_officer")):
            staff.add(
                session,
                line_id=line_id,
                login=login,
                display_name=login,
                role=role,
                language="en",
            )
        staff.disable(session, "olga")
    for login, said in (("nobody", "nobody signs in so"), ("carl", "plans no"), ("olga", "nobody")):
        refused = run("create", "--as", login, "--name", "x", "--text", "en=x")
        assert refused.exit_code == 1
        assert said in refused.stderr
    campaign = desk.drafts()
    assert run("submit", campaign).exit_code == 2
    for step in ("sign-off", "submit", "approve", "schedule"):
        assert run(step, 999, "--as", "officer").exit_code == 1
        assert run(step, campaign, "--as", "carl").exit_code == 1


def test_the_two_halves_of_a_split_are_told_beside_each_other(run, desk):
    desk.has_subscribers(30)
    campaign = desk.drafts(en="One")
    with desk.sessions.begin() as session:
        plan.set_text(session, campaign, "en", "Two", variant="B")
        plan.set_split(session, campaign, 50)
    desk.schedules(campaign)
    desk.advances(campaign)
    told = run("status", campaign).stdout
    assert "variant A    " in told
    assert "variant B    " in told
    halves = json.loads(run("status", campaign, "--json").stdout)["by_variant"]
    assert sum(each["planned"] for each in halves.values()) == 30


def test_prices_are_imported_whole_or_not_at_all(run, tmp_path):
    file = tmp_path / "prices.csv"
    file.write_text("country,price\nCH,0.062\n,0.1\n")
    assert run("prices", "import", file, "--currency", "chf").stdout == "2 prices\n"
    listed = run("prices", "list").stdout
    assert listed == "others   0.100000 CHF\nCH       0.062000 CHF\n"
    file.write_text("country,price\nCH,0.07\nXX,1\n")
    refused = run("prices", "import", file)
    assert refused.exit_code == 1
    assert "Row 3: no country has this code" in refused.stderr
    file.write_bytes(b"\xff\xfe\x00")
    assert run("prices", "import", file).exit_code == 1
    assert run("prices", "list").stdout == listed


def test_where_the_helpline_is_reached_is_said_once(run, sessions, line_id):
    assert run("number").stdout == "number not known, bot not known\n"
    told = run("number", "+41 79 111 22 33", "--bot", "@WaypostBot").stdout
    assert told == "number +41791112233, bot WaypostBot\n"
    assert run("number", "079 111 22 33").exit_code == 2
    assert run("number", "20202").stdout.startswith("number 20202")
