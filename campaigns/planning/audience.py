"""Whom a campaign is for: a rule over what is known of subscribers, never a list of people.

A rule is part of what is approved. Who it reaches is decided when the campaign starts to send, among
those who had subscribed by then.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Any, Final, Self

from sqlalchemy import func, select, text
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


# The rule as a condition on subscribers `s`, with what `values` gives. One text for every rule, for it is
# used within the statement that writes a ledger.
MATCHES: Final = (
    "s.line_id = :line_id AND s.id <= :up_to"
    " AND (CAST(:languages AS text[]) IS NULL OR s.language = ANY (CAST(:languages AS text[])))"
    " AND (CAST(:countries AS text[]) IS NULL OR s.country = ANY (CAST(:countries AS text[])))"
    " AND (CAST(:tags AS text[]) IS NULL OR s.tag = ANY (CAST(:tags AS text[])))"
    " AND (CAST(:sources AS text[]) IS NULL OR s.consent_source = ANY (CAST(:sources AS text[])))"
    " AND (CAST(:channels AS text[]) IS NULL OR s.channel = ANY (CAST(:channels AS text[])))"
    " AND (CAST(:since AS date) IS NULL OR s.consent_date >= CAST(:since AS date))"
    " AND (CAST(:until AS date) IS NULL OR s.consent_date <= CAST(:until AS date))"
    " AND (CAST(:agreed_on AS date) IS NULL OR s.consent_date = CAST(:agreed_on AS date))"
)
SIZES: Final = text(
    f"SELECT s.language, s.country, count(*) AS n FROM subscribers s WHERE {MATCHES} GROUP BY 1, 2"  # noqa: S608 - a constant
)
EVERYBODY: Final = 2**63 - 1


def values(rule: Rule, line_id: int, today: date, up_to: int | None = None) -> dict[str, Any]:
    """What MATCHES needs. `today` is the line's day on which it is sent; `up_to` the last subscriber."""
    chosen: dict[str, Any] = {name: list(getattr(rule, name)) or None for name in CHOICES}
    return chosen | {
        "line_id": line_id,
        "up_to": EVERYBODY if up_to is None else up_to,
        "since": rule.since,
        "until": rule.until,
        "agreed_on": None if rule.days_after is None else today - timedelta(days=rule.days_after),
    }


def sizes(
    session: Session, line_id: int, rule: Rule, today: date, up_to: int | None = None
) -> dict[tuple[str, str], int]:
    """How many subscribers the rule reaches, by (language, country). True numbers: show them through
    suppression only (`hotline.counts.suppress`).
    """
    rows = session.execute(SIZES, values(rule, line_id, today, up_to))
    return {(row.language, row.country): row.n for row in rows}


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
