"""Who is on duty now and when nobody will be, a line for each team, for whoever looks after the machine."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hotline import rota, teamkeys
from hotline.lines import LineFacts

AHEAD: Final = timedelta(days=7)


def lines(session: Session, line: LineFacts, now: datetime) -> Iterator[str]:
    """Numbers and times, no names."""
    teams = [name for name, _ in teamkeys.teams(session, line.id)]
    found = rota.spans(session, line.id, now, now + AHEAD)
    with_rota = [team for team in teams if rota.has_rota(session, line.id, team)]
    if not with_rota:
        yield "there is none: who is signed in counts as on duty, and nobody is told when (/rota)"
    zone = ZoneInfo(line.time_zone)
    for team in with_rota:
        duty = [span for span in found if span.team == team and span.kind == rota.DUTY]
        calls = [span for span in found if span.team == team and span.kind == rota.CALL]
        on_duty = len(rota.on_duty(session, line.id, team, now))
        on_call = len(rota.on_call(session, line.id, team, now))
        gap = next(iter(rota.gaps(duty, now, now + AHEAD)), None)
        yield f"{team}: {on_duty} on duty, {on_call} on call; {_gap(gap, calls, now, zone)}"


def _gap(
    gap: tuple[datetime, datetime] | None, calls: list[rota.Span], now: datetime, zone: ZoneInfo
) -> str:
    if gap is None:
        return "no gap within a week"
    starts, ends = gap
    since = "now" if starts <= now else f"{starts.astimezone(zone):%a %H:%M}"
    until = f"{ends.astimezone(zone):%a %H:%M}" if ends < now + AHEAD else "the end of the week"
    nobody = bool(rota.gaps(calls, starts, ends))
    return f"next gap {since} to {until} ({'nobody' if nobody else 'somebody'} on call)"
