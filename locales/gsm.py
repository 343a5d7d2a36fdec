"""The shorter form of a text as SMS, for languages that can be written within GSM 03.38 without harm.

What stands for what, and why not in other languages, is data: `gsm.toml`.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from locales.segments import count_segments

FILE: Final = Path(__file__).with_name("gsm.toml")


def for_sms(text: str, language: str) -> str:
    """`text` within GSM-7, where that makes it shorter and its language allows it; else as it is."""
    letters = forms().get(language, {})
    if not letters or count_segments(text).encoding == "GSM-7":
        return text
    shorter = text
    for written, plain in letters.items():
        shorter = shorter.replace(written, plain)
    fits = count_segments(shorter).encoding == "GSM-7"
    return (
        shorter
        if fits and count_segments(shorter).segments <= count_segments(text).segments
        else text
    )


@cache
def forms() -> Mapping[str, Mapping[str, str]]:
    """What is written for what, by language; empty where a text stays as it is."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {language: entry.get("letters", {}) for language, entry in data.items()}


@cache
def reasons() -> Mapping[str, str]:
    """Why a language has a shorter form, needs none, or must not have one."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {language: entry["why"] for language, entry in data.items()}
