"""`waypost subscribers` and `campaigns` at the command line."""

import io
import json

import pytest
from click.testing import CliRunner

from campaigns.importing.intake import Progress
from ops.cli import waypost
from ops.commands.subscribers import Meter
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
    file = a_file(f"{HEADER}{number(1)},en,fair\n0791234567,en,fair\n")
    done = run("subscribers", "import", file, "--date", "2026-02-01")
    assert done.exit_code == 0
    assert done.stdout == "1 imported, 0 updated, 0 unchanged, 0 repeated, 1 bad\n"
    assert done.stderr.startswith("row 3: the number has no country")
    assert "0791234567" not in done.output
    assert run("subscribers", "count").stdout == "en  1\nall  1\n"


def test_a_country_a_source_and_a_date_can_be_given(run, a_file):
    file = a_file("phone,language\n0791234567,en\n")
    given = ("--source", "fair", "--date", "2026-02-01")
    done = run("subscribers", "import", file, "--region", "ch", *given)
    assert done.stdout.startswith("1 imported")
    assert run("subscribers", "import", file, "--region", "XX").exit_code == 2
    assert run("subscribers", "import", file, "--date", "yesterday").exit_code == 2


def test_bad_rows_are_written_to_a_file_that_can_be_corrected_and_imported(run, a_file, tmp_path):
    file = a_file(f"{HEADER}{number(1)},en,fair\n{number(2)},xx,fair\n")
    rejects, date = tmp_path / "rejects.csv", ("--date", "2026-02-01")
    done = run("subscribers", "import", file, "--rejects", str(rejects), *date)
    assert done.exit_code == 0
    assert rejects.stat().st_mode & 0o777 == 0o600
    listed = rejects.read_text(encoding="utf-8-sig")
    assert listed.splitlines()[0] == "phone,language,consent_source,why"
    rejects.write_text(listed.replace(",xx,", ",fr,"), encoding="utf-8")
    assert run("subscribers", "import", str(rejects), *date).stdout.startswith("1 imported")
    # No file is written over, least of all the one that is imported.
    assert run("subscribers", "import", file, "--rejects", file).exit_code == 2
    assert run("subscribers", "import", file, "--rejects", "/nowhere/list.csv").exit_code == 2


def test_what_would_hold_for_no_row_is_refused_with_one_clear_line(run, a_file):
    for wrong in (("--source", number(1)), ("--date", "2999-01-01")):
        refused = run("subscribers", "import", a_file(HEADER), *wrong)
        assert refused.exit_code == 1
        assert len(refused.stderr.strip().splitlines()) == 1
        assert number(1) not in refused.output


def test_a_terminal_is_shown_how_far_it_is():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    meter = Meter(Terminal())
    meter.shown -= 1
    meter.show(Progress(20_000))
    meter.shown -= 1
    meter.show(Progress(10_000, 500, 2_000))
    meter.clear()
    said = meter.out.getvalue()
    assert "checking the file: 20000 rows" in said
    assert "10000 rows read, 25 %" in said
    assert said.endswith("\r\x1b[K")


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
