"""The steps of `waypost campaigns` up to a schedule, each taken by somebody of the staff: `--as LOGIN`.

They do what the pages do and are refused what the pages refuse, approving one's own campaign above all.
"""

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import click
import phonenumbers
from sqlalchemy.orm import Session

from campaigns.models import Campaign
from campaigns.planning import content, plan, rhythm, series
from campaigns.planning.audience import Rule, RuleRefused
from campaigns.planning.states import PlanRefused
from campaigns.quiet import Window
from hotline import bell, staff
from hotline.staff import Member
from locales import translator
from ops.wiring import Wiring, open_wiring

USUALLY_LASTS: Final = timedelta(days=3)
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY: Final = click.DateTime(formats=["%Y-%m-%d"])
MOMENT: Final = click.DateTime(formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M%z"])

somebody: Final = click.option("--as", "login", required=True, help="Whose login acts.")
which: Final = click.argument("campaign", metavar="ID", type=int)


class Words(click.ParamType[tuple[str, str]]):
    """LANG=WORDS, or LANG=@FILE with the words in a file."""

    name = "LANG=WORDS"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, str]:
        language, separator, words = str(value).partition("=")
        if not separator or not language:
            self.fail("write it as en=WORDS or en=@FILE", param, ctx)
        if not words.startswith("@"):
            return language, words
        try:
            return language, Path(words[1:]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            self.fail("the file cannot be read as UTF-8 text", param, ctx)


class Hours(click.ParamType[tuple[str, str]]):
    """HH:MM-HH:MM of a day."""

    name = "HH:MM-HH:MM"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, str]:
        opens, _, closes = str(value).partition("-")
        if not Window(opens, closes).valid:
            self.fail("write it as 08:00-21:00, from earlier to later", param, ctx)
        return opens, closes


@click.command()
@somebody
@click.option("--name", required=True, help="For the staff only.")
@click.option("--text", "texts", type=Words(), multiple=True, required=True, help="One a language.")
@click.option("--text-b", "others", type=Words(), multiple=True, help="Variant B, likewise.")
@click.option("--split", default=0, help="How many of 100 get variant B.")
@click.option("--fallback", default="", help="Whose text readers of other languages get.")
@click.option("--starts", type=MOMENT, help="By the line's clock; else once it is scheduled.")
@click.option("--ends", type=MOMENT, help="By the line's clock; else three days after the start.")
@click.option("--hours", type=Hours(), default="08:00-21:00", show_default=True)
@click.option("--quiet-weekday", "weekdays", type=click.Choice(WEEKDAYS), multiple=True)
@click.option("--quiet-date", "dates", type=DAY, multiple=True)
@click.option("--language", "languages", multiple=True, help="Only who reads one of these.")
@click.option("--country", "countries", multiple=True, help="Only numbers of these, as CH.")
@click.option("--tag", "tags", multiple=True, help="Only these regions or groups.")
@click.option("--source", "sources", multiple=True, help="Only who agreed there.")
@click.option("--channel", "channels", multiple=True, help="sms or telegram.")
@click.option("--since", type=DAY, help="Only who agreed on that day or later.")
@click.option("--until", type=DAY, help="Only who agreed on that day or earlier.")
@click.option("--days-after", type=int, help="Only who agreed so many days before it is sent.")
@click.option("--repeats", type=click.Choice(rhythm.REPEATS), help="Let it come again.")
@click.option("--repeat-until", type=DAY, help="The last day on which one may begin.")
def create(login: str, **given: Any) -> None:
    """Make a draft; prints its ID."""
    with open_wiring() as wired, refusing(), wired.sessions.begin() as session:
        zone = ZoneInfo(wired.line.time_zone)
        campaign = plan.create(
            session, wired.line_id, given["name"], _member(wired, session, login).id
        )
        for language, words in given["texts"]:
            content.set_text(session, campaign, language, words)
        for language, words in given["others"]:
            content.set_text(session, campaign, language, words, variant="B")
        plan.set_split(session, campaign, given["split"])
        plan.set_fallback(session, campaign, given["fallback"])
        plan.set_audience(session, campaign, _rule(given))
        starts, ends = (_moment(given[name], zone) for name in ("starts", "ends"))
        ends = ends or (starts or wired.clock()) + USUALLY_LASTS
        plan.set_window(session, campaign, starts, ends, _window(given))
        last = given["repeat_until"]
        until = last and _moment(last + timedelta(hours=23, minutes=59), zone)
        series.set_repeat(session, campaign, given["repeats"] or "", until)
    click.echo(campaign)


@click.command("sign-off")
@which
@somebody
@click.option("--language", "languages", multiple=True, help="Only these; else every text.")
def sign_off(campaign: int, login: str, languages: tuple[str, ...]) -> None:
    """Say that the texts of campaign ID were read and are right."""

    def act(wired: Wiring, session: Session, me: Member) -> None:
        del wired
        for language in languages or content.texts(session, campaign):
            content.sign_off(session, campaign, language, me.id)

    _step(campaign, login, act)


@click.command()
@which
@somebody
def submit(campaign: int, login: str) -> None:
    """Hand campaign ID to a second person."""
    _step(
        campaign,
        login,
        lambda wired, session, me: plan.submit(
            session, campaign, me.id, wired.clock(), usual=wired.campaign_channel
        ),
    )


@click.command()
@which
@somebody
def approve(campaign: int, login: str) -> None:
    """Approve campaign ID as it stands."""

    def act(wired: Wiring, session: Session, me: Member) -> None:
        seen = plan.locked(session, campaign).content_hash or b""
        plan.approve(session, campaign, me.id, seen, wired.clock())

    _step(campaign, login, act)


@click.command()
@which
@somebody
def schedule(campaign: int, login: str) -> None:
    """Let campaign ID start, at its time or at once."""
    _step(
        campaign,
        login,
        lambda wired, session, _me: plan.schedule(
            session, campaign, wired.campaign_channel, wired.clock()
        ),
    )


STEPS: Final = (create, sign_off, submit, approve, schedule)


@contextmanager
def refusing() -> Generator[None, None, None]:
    """What a plan refuses is one clear line and exit 1."""
    try:
        yield
    except PlanRefused as refused:
        said = translator("en", "staff").text(refused.reason, **refused.values)
        raise click.ClickException(said) from None


def known(wired: Wiring, session: Session, campaign: int) -> Campaign:
    row = session.get(Campaign, campaign)
    if row is None or row.line_id != wired.line_id:
        raise click.ClickException("there is no such campaign; `waypost campaigns list` shows them")
    return row


def _step(campaign: int, login: str, act: Callable[[Wiring, Session, Member], None]) -> None:
    with open_wiring() as wired, refusing(), wired.sessions.begin() as session:
        row = known(wired, session, campaign)
        act(wired, session, _member(wired, session, login))
        bell.ring(session, "campaigns")
        state = row.state
    click.echo(f"Campaign {campaign} is {state}.")


def _member(wired: Wiring, session: Session, login: str) -> Member:
    """Who acts. Somebody who may not sign in or not do this may not here either."""
    listed = staff.listed(session, wired.line_id)
    found = next((each for each in listed if each.login == staff.plain(login)), None)
    if found is None or not found.active:
        raise click.ClickException("nobody signs in so; `waypost staff list` shows who does")
    if not found.may("campaigns"):
        raise click.ClickException(f"{found.login} is a {found.role}, who plans no campaigns")
    return found


def _rule(given: dict[str, Any]) -> Rule:
    countries = tuple(country.upper() for country in given["countries"])
    if not frozenset(countries) <= phonenumbers.SUPPORTED_REGIONS:
        raise click.BadParameter("two letters, such as CH", param_hint="--country")
    chosen = {name: given[name] for name in ("languages", "tags", "sources", "channels")}
    days = {name: given[name] and given[name].date() for name in ("since", "until")}
    try:
        return Rule(countries=countries, days_after=given["days_after"], **chosen, **days)
    except RuleRefused as refused:
        raise PlanRefused(refused.reason) from None


def _window(given: dict[str, Any]) -> Window:
    weekdays = frozenset(WEEKDAYS.index(name) for name in given["weekdays"])
    opens, closes = given["hours"]
    return Window(opens, closes, weekdays, _days(given["dates"]))


def _days(dates: Iterable[datetime]) -> frozenset[date]:
    return frozenset(each.date() for each in dates)


def _moment(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    """A time without a zone is by the line's clock."""
    if at is None:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
