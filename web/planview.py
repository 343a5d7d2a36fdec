"""What the pages of a plan show: its texts measured and marked, whom it is for in words, and its size."""

import math
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency
from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.models import Campaign
from campaigns.planning import audience, content, placeholders, plan, prices, sizing
from campaigns.planning.audience import CHOICES, DAYS, Rule
from campaigns.planning.content import VARIANTS, Facts
from campaigns.planning.sizing import Asked, Veil
from campaigns.planning.states import PlanRefused
from hotline.channels import TELEGRAM
from hotline.models import Line, Staff
from locales import count_segments, direction, native_name
from locales.scripts import SCRIPT_LANGUAGES
from locales.showing import instead, marked, outside
from web import context
from web.planform import BOXES, Draft, read_day, text_field

# A cost is told by its first two figures: more would tell more about people than about money.
FIGURES: Final = 2


def of_line(session: Session, campaign_id: int) -> Campaign:
    """A campaign of this line; any other is not there."""
    campaign = session.get(Campaign, campaign_id)
    if campaign is None or campaign.line_id != context.deps().line_id:
        abort(404)
    return campaign


def texts(
    session: Session, campaign: Campaign, words: Mapping[tuple[str, str], str]
) -> list[dict[str, Any]]:
    """Each language of the line, with its variants and who stands for them. `words` may be unsaved."""
    facts, read_by = Facts.of(session, campaign.line_id), content.signed_off(session, campaign.id)
    names = staff(session, read_by.values())
    kept = content.variants(session, campaign.id)
    channel = plan.channel(campaign, context.deps().campaign_channel)
    return [
        {
            "language": language,
            "name": native_name(language),
            "direction": direction(language),
            "read_by": names.get(read_by.get(language) or 0, ""),
            "fingerprint": content.fingerprint(kept, language),
            "variants": [
                measured(language, variant, words.get((language, variant), ""), facts, channel)
                for variant in VARIANTS
            ],
        }
        for language in context.deps().languages
    ]


def measured(language: str, variant: str, words: str, facts: Facts, channel: str) -> dict[str, Any]:
    """One text as it is sent: how long, what makes it dear, what could stand there instead."""
    problem, values = None, facts.values(language, channel)
    try:
        filled = placeholders.fill(words, values)
        if any(not values[name] for name in placeholders.used(words)):
            problem = PlanRefused("plan.number_unknown")
    except PlanRefused as refused:
        filled, problem = words, refused
    # Elsewhere a letter outside the SMS alphabet is no slip that could be mended.
    latin = not any(language in codes for codes in SCRIPT_LANGUAGES.values())
    return {
        "language": language,
        "variant": variant,
        "field": text_field(language, variant),
        "direction": direction(language),
        "words": words,
        "filled": filled,
        "size": count_segments(filled),
        "left": content.LONGEST_TEXT - max(len(words), len(filled)),
        "parts": marked(filled),
        "latin": latin,
        "outside": outside(filled) if latin else [],
        "instead": instead(words) if latin else {},
        "problem": problem,
    }


def reach(session: Session, draft: Draft, up_to: int | None = None) -> dict[str, Any]:
    """Whom a draft would reach and what that costs, as it may be shown. Raises PlanRefused."""
    given = context.deps()
    line = session.get_one(Line, given.line_id)
    veil = Veil(given.suppress_below, given.vault.web_secret("sizes of audiences").encode())
    table = prices.of_line(session, given.line_id)
    channel = draft.channel or given.campaign_channel
    asked = Asked(
        draft.rule(),
        channel,
        given.languages,
        _sent(session, draft, channel),
        draft.fallback,
        draft.share(),
    )
    today = given.clock().astimezone(ZoneInfo(line.time_zone)).date()
    starts = read_day(draft.starts_at[:10]) if draft.later else None
    found = sizing.reach(
        session,
        given.line_id,
        asked,
        veil,
        table,
        today=starts or today,
        up_to=up_to,
    )
    return {
        "numbers": found,
        "few": veil.few,
        "exact": veil.k <= 1,
        "languages": {code: _native(code) for code in found.by_language},
        "has_text": {code: bool(asked.read_by(code)) for code in found.by_language},
        "own_text": {code for code, variant in asked.texts if variant == "A"},
        "fallback": draft.fallback and _native(draft.fallback),
        "cost": _money(found.cost, line.currency, rounded=veil.k > 1),
        "segments": found.segments and _figures(found.segments, rounded=veil.k > 1),
        "unpriced": [country(code) for code in found.unpriced],
        "priced": bool(table),
        "by_sms": channel != TELEGRAM,
    }


def choices(session: Session, draft: Draft) -> dict[str, list[tuple[str, str, bool]]]:
    """What can be ticked of each kind: value, label, whether it is. What few people share is not named."""
    given = context.deps()
    there = audience.choices(session, given.line_id, given.suppress_below)
    listed: dict[str, list[tuple[str, str, bool]]] = {}
    for name in BOXES:
        chosen = draft.chosen[name]
        values = dict.fromkeys([*there[name], *chosen])
        listed[name] = [(value, _label(name, value), value in chosen) for value in values]
        if name == "countries":
            listed[name].sort(key=lambda each: each[1])
    return listed


def channels(session: Session) -> list[str]:
    """On which a campaign may go; the usual one first, then those that enough people are reached on."""
    given = context.deps()
    there = audience.choices(session, given.line_id, given.suppress_below)["channels"]
    usual = given.campaign_channel
    return [usual] if given.simulated else list(dict.fromkeys([usual, *there]))


def rule_in_words(rule: Rule) -> list[tuple[str, list[str]]]:
    """The kinds of choices that were made, each with what was chosen."""
    said = [
        (f"audience.{name}", [_label(name, value) for value in getattr(rule, name)])
        for name in CHOICES
        if getattr(rule, name)
    ]
    said += [
        (f"audience.{name}", [day(getattr(rule, name))]) for name in DAYS if getattr(rule, name)
    ]
    if rule.days_after is not None:
        said.append(("audience.days_after", [str(rule.days_after)]))
    return said


def weekdays() -> list[tuple[str, str]]:
    """Numbers and names of the days, Monday first."""
    names = cast("Mapping[int, str]", Locale.parse(context.language()).days["stand-alone"]["wide"])
    return [(str(n), names[n]) for n in range(7)]


def staff(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """What colleagues are called."""
    wanted = {each for each in ids if each}
    rows = session.execute(select(Staff.id, Staff.display_name).where(Staff.id.in_(wanted)))
    return {row.id: row.display_name for row in rows}


def country(code: str) -> str:
    """Its name in the language of the page."""
    names = cast("Mapping[str, str]", Locale.parse(context.language()).territories)
    return names.get(code, code) if code else context.say("audience.no_country")


def day(at: date) -> str:
    return format_date(at, "long", locale=context.language())


def _sent(session: Session, draft: Draft, channel: str) -> dict[tuple[str, str], str]:
    """The texts of a draft that has some, with what can be filled in; a broken one counts as written."""
    facts = Facts.of(session, context.deps().line_id)
    sent: dict[tuple[str, str], str] = {}
    for (language, variant), words in draft.texts.items():
        if words:
            sent[language, variant] = measured(language, variant, words, facts, channel)["filled"]
    return sent


def _label(kind: str, value: str) -> str:
    match kind:
        case "languages":
            return _language(value)
        case "countries":
            return country(value)
        case "channels":
            return context.say(f"channel.{value}")
        case _:
            return value


def _language(code: str) -> str:
    try:
        name = Locale.parse(code).get_display_name(context.language())
    except (UnknownLocaleError, ValueError):
        return code
    return name or code


def _native(code: str) -> str:
    """Its name in itself; somebody may have sent a code that is none."""
    return native_name(code) if code in context.deps().languages else _language(code)


def _money(amount: float | None, currency: str, *, rounded: bool) -> str:
    if amount is None:
        return ""
    amount = _figures(amount, rounded=rounded)
    return format_currency(amount, currency, locale=context.language())


def _figures(n: float, *, rounded: bool) -> float:
    if not rounded or n <= 0:
        return n
    return round(n, FIGURES - 1 - math.floor(math.log10(n)))
