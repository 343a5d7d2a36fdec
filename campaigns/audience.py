"""Whom a campaign is for: a rule over what is known of subscribers, never a list of people.

A rule is part of what is approved. Who it reaches is decided when the campaign starts to send, among
those who had subscribed by then.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Any, Final, Self

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from campaigns.models import Subscriber

# Longer is no choice anybody made by hand.
MOST_CHOSEN: Final = 300
LONGEST_DELAY: Final = 366


class RuleRefused(ValueError):
    """A rule that cannot be. `reason` is a message id of the staff catalog."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Rule:
    """An empty choice means all of them; what is chosen of one kind is any of it.

    `languages` are the subscribers' own, `countries` ISO 3166-1 alpha-2, `tags` and `sources` as the
    lists and sign-up codes name them. `since` and `until` are days on which they agreed, both included;
    `days_after` is for a step of a series: who agreed that many days before the day it is sent.
    """

    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    days_after: int | None = None

    def __post_init__(self) -> None:
        if any(len(getattr(self, name)) > MOST_CHOSEN for name in CHOICES):
            raise RuleRefused("audience.too_many")
        if self.since is not None and self.until is not None and self.until < self.since:
            raise RuleRefused("audience.until_before_since")
        if self.days_after is not None and not 0 <= self.days_after <= LONGEST_DELAY:
            raise RuleRefused("audience.days_after_wrong")

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """The rule that `kept` in a campaign's row. Raises RuleRefused."""
        unknown = set(kept) - {each.name for each in fields(cls)}
        if unknown:
            raise RuleRefused("audience.unknown")
        values: dict[str, Any] = {name: tuple(kept.get(name, ())) for name in CHOICES}
        values |= {name: date.fromisoformat(kept[name]) for name in DAYS if kept.get(name)}
        return cls(**values, days_after=kept.get("days_after"))

    def kept(self) -> dict[str, Any]:
        """As JSON holds it: only what was chosen, in an order of its own."""
        values = asdict(self)
        chosen: dict[str, Any] = {
            name: sorted(set(values[name])) for name in CHOICES if values[name]
        }
        chosen |= {name: values[name].isoformat() for name in DAYS if values[name]}
        return chosen | ({} if self.days_after is None else {"days_after": self.days_after})


CHOICES: Final = ("languages", "countries", "tags", "sources", "channels")
DAYS: Final = ("since", "until")
COLUMNS: Final = {
    "languages": Subscriber.language,
    "countries": Subscriber.country,
    "tags": Subscriber.tag,
    "sources": Subscriber.consent_source,
    "channels": Subscriber.channel,
}


def matches(rule: Rule, line_id: int, today: date) -> list[ColumnElement[bool]]:
    """The rule as conditions on subscribers. `today` is the line's day on which it is sent."""
    found: list[ColumnElement[bool]] = [Subscriber.line_id == line_id]
    found += [COLUMNS[name].in_(getattr(rule, name)) for name in CHOICES if getattr(rule, name)]
    if rule.since is not None:
        found.append(Subscriber.consent_date >= rule.since)
    if rule.until is not None:
        found.append(Subscriber.consent_date <= rule.until)
    if rule.days_after is not None:
        found.append(Subscriber.consent_date == today - timedelta(days=rule.days_after))
    return found


def sizes(
    session: Session, line_id: int, rule: Rule, today: date, up_to: int | None = None
) -> dict[tuple[str, str], int]:
    """How many subscribers the rule reaches, by (language, country). True numbers: show them through
    suppression only (`hotline.counts.suppress`).
    """
    conditions = matches(rule, line_id, today)
    if up_to is not None:
        conditions.append(Subscriber.id <= up_to)
    rows = session.execute(
        select(Subscriber.language, Subscriber.country, func.count())
        .where(*conditions)
        .group_by(Subscriber.language, Subscriber.country)
    )
    return {(language, country): n for language, country, n in rows}


def by_language(sizes_: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """The sizes summed over countries."""
    found: dict[str, int] = {}
    for (language, _country), n in sorted(sizes_.items()):
        found[language] = found.get(language, 0) + n
    return found


def choices(session: Session, line_id: int, least: int) -> dict[str, list[str]]:
    """What there is to choose from, of each kind; values that fewer than `least` share are not named."""
    return {name: list(_values(session, line_id, name, least)) for name in CHOICES}


def _values(session: Session, line_id: int, name: str, least: int) -> Iterable[str]:
    column = COLUMNS[name]
    return session.scalars(
        select(column)
        .where(Subscriber.line_id == line_id, column != "")
        .group_by(column)
        .having(func.count() >= least)
        .order_by(func.count().desc(), column)
        .limit(MOST_CHOSEN)
    )
