"""`waypost doctor`: looks at everything a line needs and says what to do."""

import asyncio
import contextlib
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import click
from sqlalchemy import func, select

from hotline import casekeys, escalation, escrow
from hotline.channels import SendFailed
from hotline.ear import EarUnusable
from hotline.ear import load as load_ear
from hotline.keyring import KeysUnusable
from hotline.models import Heartbeat, Outbox, SenderHealth
from ops import database, noticecheck, onduty, settings, wiring
from ops.embedded import DatabaseUnusable
from ops.settings import Settings
from ops.wiring import Wiring
from triage.policy import PolicyWrong

WORKER_SILENT = timedelta(seconds=30)
WAITED_TOO_LONG = timedelta(minutes=5)
CLOCK_OFF = timedelta(seconds=60)
ASK_SECONDS = 5
DRILL_HOLDS = timedelta(days=183)


@click.command()
def doctor() -> None:
    """Check settings, keys, database, worker, providers, public address and clock."""
    problems = 0
    for name, problem in _findings():
        problems += bool(problem)
        click.echo(f"{'✗' if problem else '✓'} {name:<12} {problem or 'fine'}")
    for name, warning in _warnings():
        click.echo(f"! {name:<12} {warning}")
    for duty in _duty():
        click.echo(f"· {'rota':<12} {duty}")
    if problems:
        raise click.ClickException(f"{problems} things need somebody")


def _findings() -> Iterator[tuple[str, str]]:
    try:
        given = settings.read()
    except settings.SettingsWrong as wrong:
        for problem in wrong.problems:
            yield "settings", problem
        return
    yield "settings", ""
    try:
        ring = wiring.read_keys(given)
        yield f"keys {ring.fingerprint()[:6]}", ""
    except KeysUnusable as unusable:
        yield "keys", str(unusable)
        return
    try:
        with wiring.open_database(given) as engine:
            if not database.is_current(engine):
                yield "database", "not up to date: run `waypost db upgrade`"
                return
            yield "database", ""
            wired = wiring.wire(given, engine)
            yield from _triage(wired)
            yield from _sealing(wired)
            yield from _living(wired)
            yield from _answering(wired)
            yield from _sending(wired)
            yield from noticecheck.findings(wired)
    except (DatabaseUnusable, wiring.NotReady) as unusable:
        yield "database", str(unusable)
        return
    except Exception as error:  # noqa: BLE001 - whatever it is, the doctor names it and goes on
        yield "database", f"cannot be reached ({type(error).__name__}): check WAYPOST_DATABASE_URL"
        return
    yield from _providers(given)
    yield from noticecheck.asked(given)
    yield from _public_address(given)


def _triage(wired: Wiring) -> Iterator[tuple[str, str]]:
    try:
        policy = wired.policy()
    except PolicyWrong as wrong:
        yield "policy", str(wrong)
    else:
        decided = policy.owner or wired.settings.simulated
        yield (
            "policy",
            ""
            if decided
            else (
                "nobody has decided what is reported for children: copy triage/policy.toml to "
                f"{wired.settings.home / 'policy.toml'} and name the owner"
            ),
        )
    if wired.settings.ear:
        try:
            load_ear()
        except EarUnusable as unusable:
            yield "ear", str(unusable)
        else:
            yield "ear", ""


def _sealing(wired: Wiring) -> Iterator[tuple[str, str]]:
    """Whether what is said in cases is sealed to people, and survives a forgotten passphrase."""
    now = wired.clock()
    with wired.sessions() as session:
        there = casekeys.current(session, wired.line_id, casekeys.FIRST_LINE)
        kept = {each.team_key_id: each for each in escrow.listed(session, wired.line_id)}
    for team in casekeys.FIRST_LINE:
        key_id, _ = there.get(team, (None, b""))
        found = kept.get(key_id) if key_id is not None else None
        if key_id is None:
            problem = (
                "has no key, so the server holds what is said: a member makes it at /desk/keys"
            )
        elif found is None:
            problem = (
                "a forgotten passphrase can be the end of what was sealed: make an escrow at "
                "/desk/keys"
            )
        elif not found.works:
            problem = "too few of the escrow's shares are left: make it anew at /desk/keys"
        elif found.drilled_at is None or now - found.drilled_at > DRILL_HOLDS:
            problem = "nobody has tried the escrow for half a year: run `waypost keys drill`"
        else:
            problem = ""
        yield f"team {team}", "" if wired.settings.simulated else problem


def _living(wired: Wiring) -> Iterator[tuple[str, str]]:
    now = wired.clock()
    with wired.sessions() as session:
        beat: datetime | None = session.scalar(select(func.max(Heartbeat.at)))
        server_time: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
        oldest: datetime | None = session.scalar(
            select(func.min(Outbox.due_at)).where(Outbox.state == "queued", Outbox.due_at < now)
        )
    alive = beat is not None and now - beat < WORKER_SILENT
    yield "worker", "" if alive else "not running: start `waypost run` or `waypost worker`"
    late = oldest is not None and now - oldest > WAITED_TOO_LONG
    yield "outbox", "messages have waited for over 5 minutes: see the worker's log" if late else ""
    off = abs(now - server_time) > CLOCK_OFF
    yield (
        "clock",
        "differs from the database's by over a minute: turn on time synchronisation" if off else "",
    )


def _answering(wired: Wiring) -> Iterator[tuple[str, str]]:
    """Whether anybody has waited through every step of the clock."""
    with wired.sessions() as session:
        alarms = escalation.alarms(session, wired.line_id)
    yield (
        "answers",
        f"{alarms} cases have waited through every step: see /watch, and answer them"
        if alarms
        else "",
    )


def _sending(wired: Wiring) -> Iterator[tuple[str, str]]:
    """How each sender fares, as whoever sends through it says."""
    now = wired.clock()
    with wired.sessions() as session:
        told = {row.name: row for row in session.scalars(select(SenderHealth))}
        beat: datetime | None = session.scalar(select(func.max(Heartbeat.at)))
    working = beat is not None and now - beat < WORKER_SILENT
    for sender in wiring.make_senders(wired):
        row = told.get(sender.name)
        if row is None or now - row.at > WORKER_SILENT:
            # Without a worker nothing is sent at all, which is said already.
            yield sender.label, "nobody sends through it: see the worker's log" if working else ""
        elif row.rests_until is not None and row.rests_until > now:
            until = f"{row.rests_until.astimezone(UTC):%H:%M:%S} UTC"
            yield sender.label, f"rests until {until} after {row.failures} failures: {row.reason}"
        else:
            yield sender.label, ""


def _duty() -> list[str]:
    """Who is on duty, where that can be read."""
    with contextlib.suppress(Exception), wiring.open_wiring() as wired, wired.sessions() as session:
        return list(onduty.lines(session, wired.line, wired.clock()))
    return []


def _warnings() -> Iterator[tuple[str, str]]:
    """What is allowed, and better otherwise."""
    with contextlib.suppress(settings.SettingsWrong):
        yield from noticecheck.warnings(settings.read())
        if len(settings.read().twilio_senders) == 1:
            yield (
                "senders",
                (
                    "campaigns leave by the helpline's own sender: whoever answers STOP is cut off "
                    "from the helpline too; give campaigns theirs in WAYPOST_TWILIO_CAMPAIGN_FROM"
                ),
            )


def _providers(given: Settings) -> Iterator[tuple[str, str]]:
    if given.simulated:
        yield "simulator", ""
    if given.has_twilio:
        yield "twilio", _ask(_twilio(given))
        if not given.public_url:
            yield (
                "twilio",
                "no text can come in: set WAYPOST_PUBLIC_URL to this line's public address",
            )
    if given.has_telegram:
        yield "telegram", _ask(_telegram(given))


def _twilio(given: Settings) -> Callable[[], Awaitable[object]]:
    async def ask() -> None:
        # All of them are of one account.
        sender = wiring.twilio_senders(given)[0]
        try:
            await sender.check()
        finally:
            await sender.close()

    return ask


def _telegram(given: Settings) -> Callable[[], Awaitable[object]]:
    async def ask() -> None:
        from bot.sender import TelegramSender  # noqa: PLC0415 - only where Telegram is used

        sender = TelegramSender(given.telegram_token, given.telegram_url)
        try:
            await sender.check()
        finally:
            await sender.close()

    return ask


def _ask(question: Callable[[], Awaitable[object]]) -> str:
    async def ask() -> None:
        await question()

    try:
        asyncio.run(ask())
    except SendFailed as failed:
        return f"refuses us: {failed.reason}; check account, token and sender"
    return ""


def _public_address(given: Settings) -> Iterator[tuple[str, str]]:
    if not given.public_url:
        return
    if not given.public_url.startswith("https://"):
        yield "public URL", "is not https: texts would cross the net in the open"
    try:
        with urllib.request.urlopen(f"{given.public_url}/healthz", timeout=ASK_SECONDS) as answer:  # noqa: S310
            stamp = answer.headers.get("Date")
    except (urllib.error.URLError, TimeoutError, ValueError):
        yield "public URL", "does not answer /healthz: check the proxy, DNS and the certificate"
        return
    off = stamp and abs(parsedate_to_datetime(stamp) - wiring.clock()) > CLOCK_OFF
    yield "public URL", "its clock differs by over a minute" if off else ""
