"""What tests of commands share."""

import shutil

import pytest

from locales.translator import ROOT
from tests.ops.catalogs import Desk
from tests.ops.commandline import environment, waypost


@pytest.fixture
def says(database_url, key_ring, tmp_path, line_id):
    """`says("list")`: what `waypost staff list` says."""
    known = environment(
        WAYPOST_HOME=tmp_path,
        WAYPOST_DATABASE_URL=database_url,
        WAYPOST_KEYS=key_ring.to_text(),
    )
    return lambda *words, code=0: waypost(known, "staff", *words, code=code)


@pytest.fixture
def desk(tmp_path):
    """`waypost locales` on a copy of some catalogs, to be changed."""
    root = tmp_path / "catalogs"
    for language in ("ar", "en", "es", "fr", "ru"):
        shutil.copytree(ROOT / language, root / language)
    return Desk(root)


@pytest.fixture
def sheet(desk, tmp_path):
    """The French texts as a workbook that somebody has open."""
    return desk.exports(tmp_path / "fr.xlsx")
