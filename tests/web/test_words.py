"""Every word of the pages is in the catalog, in every language."""

import re
from pathlib import Path

import pytest

from locales import languages, translator
from web import cases, keys, simulator

WEB = Path(__file__).parents[2] / "web"
IN_TEMPLATES = re.compile(r"""_\(\s*["']([a-z_]+(?:\.[a-z0-9_]+)+)["']\s*[,)]""")
IN_PYTHON = re.compile(
    r"""(?:say|flash|_refuse|text)\(\s*["']([a-z_]+(?:\.[a-z0-9_]+)+)["']\s*[,)]"""
)

IN_SCRIPTS = re.compile(r"""(?:words|catalog)\[["']([a-z_]+(?:\.[a-z0-9_]+)+)["']\]""")


def used():
    found = {*cases.WORDS, *keys.WORDS, *simulator.WORDS}
    for path in WEB.glob("templates/**/*.html"):
        found |= set(IN_TEMPLATES.findall(path.read_text()))
    for path in WEB.glob("static/*.js"):
        found |= set(IN_SCRIPTS.findall(path.read_text()))
    for path in WEB.glob("*.py"):
        found |= set(IN_PYTHON.findall(path.read_text()))
    return found - {"voice.text_us"}


@pytest.mark.parametrize("language", languages("staff"))
def test_every_word_of_the_pages_is_in_the_catalog(language):
    texts = translator(language, "staff")
    assert len(used()) > 60
    assert sorted(word for word in used() if not texts.has(word)) == []
