"""No language is told the days of another, whichever was asked for first."""

import subprocess
import sys

import pytest
from babel import Locale

from locales import languages

ASK = """
import sys
{mended}
from babel import Locale
for code in ("sw", "uk"):
    print(Locale.parse(code).days["stand-alone"]["abbreviated"][0])
"""


def asked(mended):
    done = subprocess.run(
        [sys.executable, "-c", ASK.format(mended=mended)],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def test_days_of_each_language_are_its_own():
    assert asked("import locales") == ["Jumatatu", "пн"]


def test_babel_still_needs_it():
    """When this fails, `locales/cldr.py` can go."""
    assert asked("") == ["Jumatatu", "Jumatatu"]


@pytest.mark.parametrize("kind", ["days", "months"])
@pytest.mark.parametrize("context", ["format", "stand-alone"])
@pytest.mark.parametrize("width", ["wide", "abbreviated"])
def test_names_are_the_same_in_whatever_order_languages_are_asked(kind, context, width):
    def told(codes):
        return {code: dict(getattr(Locale.parse(code), kind)[context][width]) for code in codes}

    there = languages("contact")
    assert told(there) == told(reversed(there))
