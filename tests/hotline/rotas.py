"""People with shifts, for tests of the rota and of the clock."""

from sqlalchemy import select

from hotline import rota, shifts, staff
from hotline.models import Staff
from hotline.shifts import Wanted

EVERY_DAY = range(7)


class Line:
    """A line whose people work when the test says so."""

    def __init__(self, sessions, line_id, now):
        self.sessions, self.line_id, self.now = sessions, line_id, now

    def hires(self, login, role="caseworker", teams=(), name=None):
        with self.sessions.begin() as session:
            staff.add(
                session,
                line_id=self.line_id,
                login=login,
                display_name=name or login.title(),
                role=role,
                language="en",
            )
            row = session.scalars(select(Staff).where(Staff.login == login)).one()
            row.teams = list(teams)
            return row.id

    def puts(self, staff_id, times, *, by=None, **more):
        """On the rota: `puts(ana, "22:00-06:00", team="child")`; on every day unless told otherwise."""
        starts, ends = (int(t[:2]) * 60 + int(t[3:]) for t in times.split("-"))
        wanted = {"team": "general", "kind": rota.DUTY, "time_zone": "UTC"} | more
        if wanted.get("day") is None:
            wanted.setdefault("weekdays", tuple(EVERY_DAY))
        with self.sessions.begin() as session:
            shifts.add(
                session,
                self.line_id,
                Wanted(staff_id=staff_id, starts=starts, ends=ends, **wanted),
                self.now,
                by=by or staff_id,
            )

    def asks(self, question, *given):
        """What the rota says: `asks(rota.on_duty, "general", now)`."""
        with self.sessions() as session:
            return question(session, self.line_id, *given)
