"""`waypost doctor`: what a line needs somebody for is told; a line on the simulator is left in peace."""

import pytest
from click.testing import CliRunner

from hotline import ear
from ops.cli import waypost

# A provider that nobody answers for, so that the doctor has no real one to ask.
REAL = {"WAYPOST_TELEGRAM_TOKEN": "1:secret", "WAYPOST_TELEGRAM_URL": "http://127.0.0.1:1"}


@pytest.fixture
def examined(database_url, key_ring, tmp_path):
    """What the doctor says: `examined(WAYPOST_EAR="on")`, a finding by its name."""
    environment = {
        "WAYPOST_DATABASE_URL": database_url,
        "WAYPOST_KEYS": key_ring.to_text(),
        "WAYPOST_HOME": str(tmp_path),
        "WAYPOST_EAR": "off",
    }

    def examine(**more):
        done = CliRunner().invoke(waypost, ["doctor"], env=environment | more)
        lines = [line for line in done.stdout.splitlines() if line[:2] in ("✓ ", "✗ ")]
        return {line.split()[1]: (line[0], line.split(maxsplit=2)[2]) for line in lines}

    return examine


def decided(home, **changes):
    said = {"owner": "A. Director", "child": "may", "danger": "agreed"} | changes
    lines = [f'{key} = "{value}"' for key, value in said.items()]
    (home / "policy.toml").write_text("\n".join(lines), encoding="utf-8")


def test_on_a_real_line_somebody_has_to_own_what_is_reported(examined, tmp_path):
    mark, told = examined(**REAL)["policy"]
    assert mark == "✗"
    assert f"copy triage/policy.toml to {tmp_path / 'policy.toml'} and name the owner" in told
    decided(tmp_path)
    assert examined(**REAL)["policy"] == ("✓", "fine")


def test_an_owner_of_spaces_is_nobody(examined, tmp_path):
    decided(tmp_path, owner="  ")
    assert examined(**REAL)["policy"][0] == "✗"


def test_on_the_simulator_nobody_has_to(examined):
    assert examined()["policy"] == ("✓", "fine")


def test_a_policy_that_cannot_be_is_told_even_there(examined, tmp_path):
    decided(tmp_path, child="perhaps")
    mark, told = examined()["policy"]
    assert mark == "✗"
    assert '"child" is one of may, must, agreed' in told


def test_an_ear_that_was_taught_by_other_examples_is_told(examined, monkeypatch):
    assert examined(WAYPOST_EAR="on")["ear"] == ("✓", "fine")
    monkeypatch.setattr(ear, "made_from", lambda: "others")
    mark, told = examined(WAYPOST_EAR="on")["ear"]
    assert mark == "✗"
    assert "run `waypost triage ear`" in told


def test_an_ear_that_is_switched_off_is_not_examined(examined):
    assert "ear" not in examined()
