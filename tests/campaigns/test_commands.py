"""`waypost subscribers` and `campaigns` at the command line."""

import json

import pytest
from click.testing import CliRunner

from ops.cli import waypost
from tests.campaigns.desk import HEADER, number


@pytest.fixture
def run(database_url, key_ring, tmp_path):
    environment = {
        "WAYPOST_DATABASE_URL": database_url,
        "WAYPOST_KEYS": key_ring.to_text(),
        "WAYPOST_HOME": str(tmp_path),
    }

    def command(*words):
        return CliRunner().invoke(waypost, words, env=environment)

    return command


@pytest.fixture
def a_file(tmp_path):
    def write(text):
        path = tmp_path / "list.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def test_a_file_is_imported_and_its_bad_rows_are_listed_by_number(run, a_file):
    done = run(
        "subscribers", "import", a_file(f"{HEADER}{number(1)},en,fair\n0791234567,en,fair\n")
    )
    assert done.exit_code == 0
    assert done.stdout == "1 imported, 0 updated, 0 unchanged, 0 repeated, 1 bad\n"
    assert done.stderr.startswith("row 3: the number has no country")
    assert "0791234567" not in done.output
    assert run("subscribers", "count").stdout == "en  1\nall  1\n"


def test_a_country_and_a_source_can_be_given(run, a_file):
    file = a_file("phone,language\n0791234567,en\n")
    done = run("subscribers", "import", file, "--region", "ch", "--source", "fair")
    assert done.stdout.startswith("1 imported")
    assert run("subscribers", "import", file, "--region", "XX").exit_code == 2


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"name\n", b'phone,language\n"+41'])
def test_a_file_that_is_no_list_is_refused_with_one_clear_line(run, a_file, content):
    refused = run("subscribers", "import", a_file(content))
    assert refused.exit_code == 1
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_campaign_can_be_seen_and_steered(run, desk):
    desk.has_subscribers(3)
    campaign = desk.schedules(desk.drafts())
    desk.advances(campaign)
    assert "Know before you go" in run("campaigns", "list").stdout
    status = json.loads(run("campaigns", "status", str(campaign), "--json").stdout)
    assert (status["state"], status["planned"], status["pending"]) == ("running", 3, 3)
    assert run("campaigns", "pause", str(campaign)).stdout == f"Campaign {campaign} is paused.\n"
    assert run("campaigns", "resume", str(campaign)).exit_code == 0
    assert run("campaigns", "cancel", str(campaign)).exit_code == 0
    assert "suppressed   3" in run("campaigns", "status", str(campaign)).stdout


def test_what_cannot_be_done_is_refused_with_one_clear_line(run, desk):
    campaign = desk.drafts()
    refused = run("campaigns", "pause", str(campaign))
    assert refused.exit_code == 1
    assert "cannot be done" in refused.stderr
    assert run("campaigns", "status", "999").exit_code == 1
    assert run("campaigns", "status", "x").exit_code == 2
