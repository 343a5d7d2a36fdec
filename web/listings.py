"""What is shown of services, in the reader's words, and what can be looked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final, cast
from zoneinfo import available_timezones

from babel import Locale
from babel.dates import format_date, format_datetime, get_timezone
from babel.lists import format_list

from hotline import entries
from hotline.directory import Listed, Wanted
from web import context

# Of what is looked for.
LONGEST: Final = 80


@dataclass(frozen=True, slots=True)
class Names:
    """How a reader's language calls things."""

    reader: str

    def country(self, code: str) -> str:
        return _country(self.reader, code) if code else context.say("directory.anywhere")

    def languages(self, codes: Sequence[str]) -> str:
        return format_list([language(code) for code in codes], locale=self.reader)

    def kind(self, kind: str) -> str:
        return context.say(f"service.kind.{kind}")

    def serves(self, served: Sequence[str]) -> str:
        return format_list(
            [context.say(f"service.serves.{each}") for each in served], locale=self.reader
        )

    def cost(self, cost: str) -> str:
        return context.say(f"service.cost.{cost}")

    def hours(self, found: Listed) -> str:
        week = found.entry.week
        if week is None:
            return context.say("service.hours.unknown")
        return week.said(self.reader) or context.say("service.always")

    def day(self, day: date | None) -> str:
        return format_date(day, "medium", locale=self.reader) if day else ""

    def opens(self, found: Listed, now: datetime) -> str:
        """When it opens next, by the clock there; empty while it is open, or where nobody knows."""
        at = found.next_open(now) if found.entry.week is not None else None
        if at is None:
            return ""
        zone = get_timezone(found.entry.time_zone or "UTC")
        return format_datetime(at, "EEE HH:mm", tzinfo=zone, locale=self.reader)


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be looked for: only what some entry has."""

    countries: list[tuple[str, str]]
    kinds: list[str]
    languages: list[tuple[str, str]]


def names() -> Names:
    return Names(context.language())


def choices(found: Sequence[Listed]) -> Choices:
    reader = context.language()
    countries = {each.entry.country for each in found} - {""}
    spoken = {code for each in found for code in each.entry.languages}
    kinds = {each.entry.kind for each in found}
    return Choices(
        sorted(((code, _country(reader, code)) for code in countries), key=lambda pair: pair[1]),
        [kind for kind in entries.SERVICE_KINDS if kind in kinds],
        sorted(((code, language(code)) for code in spoken), key=lambda pair: pair[1].casefold()),
    )


def wanted(asked: Mapping[str, str], now: datetime) -> Wanted:
    """What a page asks for in its address."""
    said = {name: value[:LONGEST].replace("\x00", "") for name, value in asked.items()}
    return Wanted(
        country=said.get("country", ""),
        kind=said.get("kind", ""),
        language=said.get("language", ""),
        words=said.get("words", ""),
        open_at=now if said.get("open") == "1" else None,
    )


def countries() -> list[tuple[str, str]]:
    return _countries(context.language())


def language(code: str) -> str:
    return _language_names(context.language()).get(code, code)


def codes(written: str) -> str:
    """Languages as people write them, by code or by name, as codes; what is neither stays as it is."""
    called = {name.casefold(): code for code, name in _language_names(context.language()).items()}
    parts = [part.strip() for part in written.replace(";", ",").split(",") if part.strip()]
    return " ".join(called.get(part.casefold(), part) for part in parts)


@lru_cache
def zones() -> list[str]:
    return sorted(zone for zone in available_timezones() if "/" in zone and zone[0].isupper())


@lru_cache
def _countries(reader: str) -> list[tuple[str, str]]:
    found = ((code, _country(reader, code)) for code in entries.countries())
    return sorted(found, key=lambda pair: pair[1])


def _country(reader: str, code: str) -> str:
    return cast("Mapping[str, str]", Locale.parse(reader).territories).get(code, code)


@lru_cache
def _language_names(reader: str) -> Mapping[str, str]:
    said = cast("Mapping[str, str]", Locale.parse(reader).languages)
    return {code: said.get(code, code) for code in entries.known_languages()}
