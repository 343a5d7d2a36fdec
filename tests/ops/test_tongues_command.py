"""`waypost locales detect` and `names`."""

import pytest
from click.testing import CliRunner

from locales.names import NAMES
from ops.commands import tongues
from ops.commands.locales import locales
from ops.commands.triage import triage


def ran(*args, group=locales):
    return CliRunner().invoke(group, args)


def test_a_text_is_told_the_likeliest_first():
    told = ran("detect", "necesito hablar con alguien").stdout.splitlines()
    assert told[0].startswith("es ")
    assert len(told) == 3


def test_the_measurement_is_told_and_written(tmp_path):
    result = ran("detect", "--report", str(tmp_path))
    assert result.exit_code == 0
    assert "guessed right" in result.stdout
    report = (tmp_path / tongues.NAME).read_text(encoding="utf-8")
    assert report.startswith("# How well languages are known")
    assert "| uk |" in report


@pytest.mark.parametrize(("group", "command"), [(locales, "detect"), (triage, "evaluate")])
def test_a_folder_that_is_not_there_is_refused_before_anything_is_measured(
    tmp_path, group, command
):
    result = ran(command, "--report", str(tmp_path / "nowhere"), group=group)
    assert result.exit_code == 2
    assert "does not exist" in result.output
    assert "Measuring" not in result.output


def test_the_names_are_written_as_they_are(tmp_path, monkeypatch):
    monkeypatch.setattr(tongues, "NAMES", tmp_path / "names.csv")
    assert ran("names").exit_code == 0
    assert (tmp_path / "names.csv").read_bytes() == NAMES.read_bytes()
