"""One campaign from a file of people to its closed balance sheet, measured on the way."""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bench import outbound
from bench.campaign import line as lines
from bench.campaign import people, stub, watch
from bench.campaign.line import Line
from bench.campaign.person import Texting
from bench.campaign.stub import Stub
from bench.campaign.watch import Peaks, Used
from campaigns.sending import ledger
from campaigns.sending.ledger import Balance
from ops import database

ROUNDS: Final = 3
LOOK_SECONDS: Final = 0.25
SAY_SECONDS: Final = 15.0
# After the last message, receipts come as fast as they are written down.
FAST: Final = 20_000.0
# The database's own statistics may be that late.
STATISTICS_SECONDS: Final = 11.0
CLOSES_SECONDS: Final = 150.0


class TookTooLong(Exception):
    """A step did not end within the time it was given."""


@dataclass(slots=True)
class Measured:
    """Rates are a second."""

    many: int
    imported: float = 0.0
    expansion_seconds: float = 0.0
    # While it is being sent.
    expansion_beside: float = 0.0
    sent: float = 0.0
    receipts_while_sending: float = 0.0
    receipts_after: float = 0.0
    receipts_refused: int = 0
    used: Used = field(default_factory=lambda: Used(0, 0, 0))
    peaks: dict[str, float] = field(default_factory=dict[str, float])
    reply_p50: float = 0.0
    reply_p95: float = 0.0
    replies: int = 0
    unanswered: int = 0
    alone: list[float] = field(default_factory=list[float])
    bare: list[float] = field(default_factory=list[float])
    closing_seconds: float = 0.0
    twice: int = 0
    # As `waypost campaigns status --json` tells it, closed.
    sheet: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def cost(self) -> float:
        """Milliseconds of processor time a message, with its receipt."""
        return self.used.processor * 1000 / self.many

    @property
    def alone_rate(self) -> float:
        return statistics.median(self.alone)

    @property
    def bare_rate(self) -> float:
        return statistics.median(self.bare)


def measure(many: int, receipts: float, deadline: float) -> Measured:
    """A campaign to `many` people; `receipts` a second come in while it is sent."""
    told = Measured(many)
    with stub.running() as provider, lines.running(provider.url) as line:
        _say(f"{many:,} people: the line serves")
        _import(line, told)
        with Peaks(line.family) as peaks:
            _blast(line, provider, told, receipts, deadline)
        told.peaks |= peaks.of
        _rounds(line, provider, told, deadline)
        _expand(line, provider, told, deadline)
    return told


def _import(line: Line, told: Measured) -> None:
    file = line.home / "people.csv"
    people.write(file, told.many)
    with Peaks(lambda: {"import": line.commands()}, every=0.2) as peaks:
        line.waypost("subscribers", "import", str(file))
    told.peaks |= peaks.of
    ((seconds, rows),) = line.asks(
        "SELECT extract(epoch FROM ended_at - started_at), imported FROM imports"
    )
    assert rows == told.many, rows
    # Its connection tells what it has written a moment after it has ended.
    time.sleep(2)
    told.imported = told.many / float(str(seconds))
    _say(f"imported, {told.imported:,.0f} rows/s")


def _blast(line: Line, provider: Stub, told: Measured, receipts: float, deadline: float) -> None:
    # While a receipt is missing the campaign is not closed, and none of its rows goes.
    provider.calls_back(receipts, kept=1)
    before = watch.used(line)
    campaign = line.starts_campaign()
    with Texting(line, provider) as texting:
        told.expansion_beside = _expanded(line, campaign, told.many, deadline)
        _say(f"expanded while it is sent, {told.expansion_beside:.1f} s")
        _until(
            lambda: provider.facts()["people"] >= told.many,
            deadline,
            lambda: _so_far(line, campaign),
        )
        seen = provider.facts()
    told.reply_p50, told.reply_p95 = texting.share(50), texting.share(95)
    told.replies, told.unanswered = len(texting.waits), texting.silent
    told.sent, told.twice = _rate(seen, told.many), int(seen["twice"])
    told.receipts_while_sending = seen["receipts"] / (seen["last"] - seen["first_receipt"])
    _say(f"sent, {told.sent:,.0f} messages/s, {told.twice} twice")
    _hear_the_rest(provider, told, deadline)
    told.bare.append(asyncio.run(outbound.bare(provider.url)))
    heard = provider.facts()["last_receipt"]
    _until(lambda: time.monotonic() > heard + STATISTICS_SECONDS, deadline)
    told.used = watch.used(line).since(before)
    _close(line, provider, told, campaign, deadline)


def _hear_the_rest(provider: Stub, told: Measured, deadline: float) -> None:
    """The receipts that are still to come, with nothing else going on."""
    before, begun = provider.facts(), time.monotonic()
    provider.calls_back(FAST, kept=1)
    _until(lambda: provider.facts()["receipts_waiting"] <= 1, deadline)
    after = provider.facts()
    came = after["receipts"] - before["receipts"]
    if came > told.many / 20:
        told.receipts_after = came / (after["last_receipt"] - begun)


def _close(line: Line, provider: Stub, told: Measured, campaign: int, deadline: float) -> None:
    """The last receipt comes, and the campaign is looked at: how long until its sheet is closed."""
    provider.calls_back(FAST)
    _until(lambda: not provider.facts()["receipts_waiting"], deadline)
    told.receipts_refused = int(provider.facts()["receipts_refused"])
    begun = time.monotonic()
    line.rings("campaigns")
    _until(lambda: _about(line, campaign, "balance IS NOT NULL"), begun + CLOSES_SECONDS)
    told.closing_seconds = time.monotonic() - begun
    told.sheet = json.loads(line.waypost("campaigns", "status", str(campaign), "--json"))
    # Its rows go in batches, which the rounds that follow would feel.
    _until(lambda: _about(line, campaign, "cleared"), deadline)


def _rounds(line: Line, provider: Stub, told: Measured, deadline: float) -> None:
    """Campaigns to the first people with no receipt coming in, and the bare loop, in turns."""
    provider.calls_back(0)
    first = min(told.many, people.FIRST)
    for _ in range(ROUNDS):
        provider.forgets()
        line.starts_campaign("--tag", people.FIRST_TAG)
        _until(lambda: provider.facts()["people"] >= first, deadline)
        told.alone.append(_rate(provider.facts(), first))
        told.bare.append(asyncio.run(outbound.bare(provider.url)))
        _say(f"alone {told.alone[-1]:,.0f} messages/s, the bare loop {told.bare[-1]:,.0f}")


def _expand(line: Line, provider: Stub, told: Measured, deadline: float) -> None:
    """A campaign to everybody that nobody gets yet: how long until all of it stands in the ledger."""
    provider.forgets()
    # By itself: not beside the vacuum after a million deleted rows.
    line.tidies()
    today = datetime.now(UTC).date()
    quiet = (f"{today + timedelta(days=n)}" for n in (-1, 0, 1))
    campaign = line.starts_campaign(*(part for day in quiet for part in ("--quiet-date", day)))
    told.expansion_seconds = _expanded(line, campaign, told.many, deadline)
    _say(f"expanded in {told.expansion_seconds:.1f} s")
    assert not provider.facts()["people"]


def _rate(seen: dict[str, float], many: int) -> float:
    return (many - 1) / (seen["last"] - seen["first"])


def _expanded(line: Line, campaign: int, many: int, deadline: float) -> float:
    _until(lambda: _sheet(line, campaign).planned >= many, deadline)
    now = datetime.now().astimezone()
    ((started,),) = line.asks("SELECT started_at FROM campaigns WHERE id = :id", id=campaign)
    assert isinstance(started, datetime)
    return (now - started).total_seconds()


def _sheet(line: Line, campaign: int) -> Balance:
    with database.make_sessions(line.engine)() as session:
        sheet = ledger.balance(session, campaign)
    assert sheet.adds_up, sheet
    return sheet


def _about(line: Line, campaign: int, what: str) -> bool:
    ((found,),) = line.asks(f"SELECT {what} FROM campaigns WHERE id = :id", id=campaign)
    return found is True


def _so_far(line: Line, campaign: int) -> str:
    sheet = _sheet(line, campaign)
    return (
        f"{sheet.accepted:,} accepted, {sheet.delivered:,} delivered, {sheet.pending:,} pending,"
        f" {sheet.unknown:,} unknown"
    )


def _until(
    holds: Callable[[], bool], deadline: float, so_far: Callable[[], str] | None = None
) -> None:
    said = time.monotonic()
    while not holds():
        now = time.monotonic()
        if now > deadline:
            raise TookTooLong(so_far() if so_far else "no more time")
        if so_far is not None and now - said > SAY_SECONDS:
            said = now
            _say(so_far())
        time.sleep(LOOK_SECONDS)


def _say(what: str) -> None:
    print(f"  {what}", file=sys.stderr, flush=True)
