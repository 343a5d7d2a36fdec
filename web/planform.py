"""The form of a campaign's draft: what stands in it, and what it does to the plan when it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from campaigns.models import Campaign
from campaigns.planning import content, plan, series
from campaigns.planning.audience import CHOICES, Rule, RuleRefused
from campaigns.planning.content import VARIANTS
from campaigns.planning.states import PlanRefused
from campaigns.quiet import CLOCK, Window
from web.formats import Times

# The choices of a rule that are boxes to tick; a channel is one of a few.
BOXES: Final = tuple(name for name in CHOICES if name != "channels")


@dataclass(frozen=True, slots=True)
class Draft:
    """The fields as a browser has them, kept or just typed."""

    name: str
    later: bool
    starts_at: str
    ends_at: str
    window_from: str
    window_to: str
    quiet_weekdays: frozenset[str]
    quiet_dates: tuple[str, ...]
    repeats: str
    repeat_until: str
    channel: str
    chosen: Mapping[str, tuple[str, ...]]
    since: str
    until: str
    days_after: str
    fallback: str
    b_share: str
    # What stood there when the page was opened.
    seen: str
    texts: Mapping[tuple[str, str], str] = field(repr=False)

    @classmethod
    def kept(cls, session: Session, campaign: Campaign, times: Times) -> "Draft":
        rule = Rule.of(campaign.audience)
        return cls(
            name=campaign.name,
            later=campaign.starts_at is not None,
            starts_at=times.field(campaign.starts_at),
            ends_at=times.field(campaign.ends_at),
            window_from=campaign.window_from,
            window_to=campaign.window_to.replace("24:00", "00:00"),
            quiet_weekdays=frozenset(map(str, campaign.quiet_weekdays)),
            quiet_dates=tuple(day.isoformat() for day in campaign.quiet_dates),
            repeats=campaign.repeats,
            repeat_until=times.field(campaign.repeat_until)[:10],
            channel=plan.channel(campaign),
            chosen={name: getattr(rule, name) for name in BOXES},
            since=rule.since.isoformat() if rule.since else "",
            until=rule.until.isoformat() if rule.until else "",
            days_after="" if rule.days_after is None else str(rule.days_after),
            fallback=campaign.fallback_language,
            b_share=str(campaign.b_share or ""),
            seen=plan.content_hash(session, campaign).hex(),
            texts=content.variants(session, campaign.id),
        )

    @classmethod
    def typed(cls, languages: tuple[str, ...], seen: str = "") -> "Draft":
        """What the browser sent."""
        form: MultiDict[str, str] = request.form
        return cls(
            name=form.get("name", ""),
            later=form.get("start") == "at",
            quiet_weekdays=frozenset(form.getlist("quiet_weekday")),
            quiet_dates=tuple(day for day in form.getlist("quiet_date") if day.strip()),
            chosen={name: tuple(form.getlist(name)) for name in BOXES},
            seen=seen or form.get("seen", ""),
            texts={
                (language, variant): content.tidy(form.get(text_field(language, variant), ""))
                for language in languages
                for variant in VARIANTS
            },
            **{name: form.get(name, "").strip() for name in PLAIN},
        )

    def rule(self) -> Rule:
        """Raises PlanRefused."""
        try:
            return Rule(
                channels=(self.channel,) if self.channel else (),
                since=read_day(self.since),
                until=read_day(self.until),
                days_after=_number(self.days_after),
                **self.chosen,
            )
        except RuleRefused as refused:
            raise PlanRefused(refused.reason) from None

    def share(self) -> int:
        """Of a hundred, how many get variant B. Raises PlanRefused."""
        return _number(self.b_share) or 0

    def hours(self) -> Window:
        # A browser's time field has no 24:00: midnight as an end is written 00:00.
        closes = "24:00" if self.window_to == "00:00" else self.window_to
        opens, closes = (t if CLOCK.fullmatch(t) else "" for t in (self.window_from, closes))
        weekdays = frozenset(int(day) for day in self.quiet_weekdays if day in WEEKDAYS)
        dates = frozenset(day for text in self.quiet_dates if (day := read_day(text)))
        return Window(opens, closes, weekdays, dates)

    def write(self, session: Session, campaign_id: int, times: Times) -> None:
        """Keep it. Raises PlanRefused."""
        starts, ends = times.read(self.starts_at), times.read(self.ends_at)
        if ends is None or (self.later and starts is None):
            raise PlanRefused("plan.time_wrong")
        there = plan.content_hash(session, plan.locked(session, campaign_id)).hex()
        if self.seen and self.seen != there:
            raise PlanRefused("plan.changed_while_writing")
        plan.rename(session, campaign_id, self.name)
        for (language, variant), words in self.texts.items():
            content.set_text(session, campaign_id, language, words, variant=_variant(variant))
        plan.set_split(session, campaign_id, self.share())
        plan.set_fallback(session, campaign_id, self.fallback)
        plan.set_audience(session, campaign_id, self.rule())
        plan.set_window(session, campaign_id, starts if self.later else None, ends, self.hours())
        series.set_repeat(session, campaign_id, self.repeats, self._repeat_until(times))

    def _repeat_until(self, times: Times) -> datetime | None:
        """The last moment of that day, by the line's clock."""
        day = read_day(self.repeat_until)
        return day and datetime.combine(day, time(23, 59), ZoneInfo(times.zone)).astimezone(UTC)


WEEKDAYS: Final = frozenset("0123456")
PLAIN: Final = (
    "starts_at",
    "ends_at",
    "window_from",
    "window_to",
    "repeats",
    "repeat_until",
    "channel",
    "since",
    "until",
    "days_after",
    "fallback",
    "b_share",
)


def text_field(language: str, variant: str) -> str:
    """The name of a text's field, and what its element is called."""
    return f"text-{language}" if variant == "A" else f"text-{language}-{variant}"


def _variant(variant: Any) -> content.Variant:
    return "B" if variant == "B" else "A"


def read_day(text: str) -> date | None:
    """None for an empty field. Raises PlanRefused."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise PlanRefused("plan.time_wrong") from None


def _number(text: str) -> int | None:
    """The same, for a small number."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 3):  # noqa: PLR2004 - days or a share
        raise PlanRefused("plan.number_wrong")
    return int(text)
