"""`waypost subscribers codes` at the command line."""

import pytest
from click.testing import CliRunner

from ops.cli import waypost


@pytest.fixture
def run(database_url, key_ring, tmp_path):
    environment = {
        "WAYPOST_DATABASE_URL": database_url,
        "WAYPOST_KEYS": key_ring.to_text(),
        "WAYPOST_HOME": str(tmp_path),
    }
    return lambda *words: CliRunner().invoke(
        waypost, ("subscribers", "codes", *words), env=environment
    )


def test_a_code_is_made_listed_and_closed(run):
    made = run("add", "radio 7", "--label", "Bus station")
    assert (made.exit_code, made.stdout) == (
        0,
        "RADIO7 is open: who texts it is asked whether to sign up.\n",
    )
    assert run("list").stdout.split() == [
        "RADIO7", "open", "asked", "0", "agreed", "0", "Bus", "station"
    ]  # fmt: skip
    assert run("close", "radio7").stdout == "RADIO7 is closed.\n"
    assert "closed" in run("list").stdout


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("add", "help", "--label", "x"), "understands this as something else"),
        (("add", "RADIO7", "--label", "+41 79 123 45 67"), "telephone number"),
        (("close", "NEVER1"), "no open code"),
    ],
)
def test_what_is_refused_is_one_clear_line(run, words, why):
    refused = run(*words)
    assert refused.exit_code == 1
    assert why in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
