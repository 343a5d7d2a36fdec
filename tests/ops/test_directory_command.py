"""`waypost directory` at the command line, and the daily look at what has to be confirmed."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from hotline import directoryfile
from hotline.models import NoticeCall, Service
from ops import settings, tasks, wiring
from ops.cli import waypost
from tests.hotline.directories import confirmed, kept


@pytest.fixture
def run(database_url, key_ring, tmp_path):
    environment = {
        "WAYPOST_DATABASE_URL": database_url,
        "WAYPOST_KEYS": key_ring.to_text(),
        "WAYPOST_HOME": str(tmp_path),
    }

    def command(*words):
        return CliRunner().invoke(waypost, [str(word) for word in words], env=environment)

    command.environment = environment
    return command


def test_the_example_comes_in_goes_out_and_is_all_to_be_confirmed(run, tmp_path, sessions):
    done = run("directory", "import", directoryfile.EXAMPLE)
    assert (done.exit_code, done.output) == (
        0,
        "3 new, 0 changed, 0 unchanged; 3 of them cannot be sent before somebody confirms them\n",
    )
    out = tmp_path / "services.csv"
    assert run("directory", "export", out).exit_code == 0
    assert run("directory", "export", out).exit_code == 2
    assert "0 new, 0 changed, 3 unchanged" in run("directory", "import", out).output
    listed = run("directory", "stale").output.splitlines()
    assert [line.split()[0] for line in listed] == ["unverified"] * 3
    with sessions() as session:
        assert len(session.scalars(select(Service)).all()) == 3


def test_bad_rows_are_named_and_nothing_is_changed(run, tmp_path, sessions):
    file = tmp_path / "bad.csv"
    file.write_text(
        "code,name,kind,serves,phone\nok-1,Ok,legal,anybody,112\nx,,legal,anybody,112\n"
    )
    done = run("directory", "import", file)
    assert done.exit_code == 1
    assert "row 3: The code has 2 to 40" in done.output
    assert "1 bad rows; nothing was changed" in done.output
    file.write_bytes(b"\xff\xfe")
    done = run("directory", "import", file)
    assert (done.exit_code, "no CSV file" in done.output) == (1, True)
    with sessions() as session:
        assert session.scalars(select(Service)).all() == []


def test_where_all_is_confirmed_it_says_so_and_reminds_nobody(run, sessions, line_id, monkeypatch):
    kept(sessions, line_id, confirmed(datetime.now(UTC)), datetime.now(UTC))
    assert run("directory", "stale").output == "every service is confirmed\n"
    for name, value in run.environment.items():
        monkeypatch.setenv(name, value)
    with wiring.open_wiring(settings.read()) as wired:
        tasks.remind_now(wired)
        with sessions() as session:
            assert session.scalars(select(NoticeCall)).all() == []
