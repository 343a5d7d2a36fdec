"""`waypost locales detect` and `names`."""

from click.testing import CliRunner

from locales.names import NAMES
from ops.commands import tongues
from ops.commands.locales import locales


def ran(*args):
    return CliRunner().invoke(locales, args)


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


def test_a_folder_that_is_not_there_is_refused_with_a_line(tmp_path):
    result = ran("detect", "--report", str(tmp_path / "nowhere"))
    assert result.exit_code == 1
    assert "cannot be written" in result.output


def test_the_names_are_written_as_they_are(tmp_path, monkeypatch):
    monkeypatch.setattr(tongues, "NAMES", tmp_path / "names.csv")
    assert ran("names").exit_code == 0
    assert (tmp_path / "names.csv").read_bytes() == NAMES.read_bytes()
