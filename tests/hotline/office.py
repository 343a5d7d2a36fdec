"""An office with people in it, who invite, change and shut out: what tests of people act with."""

from dataclasses import replace

from sqlalchemy import select

from hotline import audit, invitations, people, staff, teamkeys
from hotline.models import Staff
from hotline.people import Standing

PASSWORD = "a password of my own"


class Office:
    def __init__(self, sessions, line_id, now):
        self.sessions, self.line_id, self.now = sessions, line_id, now

    def hires(self, login, role="caseworker", **standing):
        asked = Standing(login.title(), role, "en", **standing)
        with self.sessions.begin() as session:
            people.add(session, self.line_id, login, asked, self.now)
        return self.member(login)

    def member(self, login):
        with self.sessions() as session:
            found = session.scalar(select(Staff).where(Staff.login == login))
            return found and staff.member(found)

    def adds_team(self, name="shelter", label="Shelter North"):
        with self.sessions.begin() as session:
            teamkeys.add_team(session, self.line_id, name, label)

    def invites(self, by, name="Noor", role="caseworker", **standing):
        with self.sessions.begin() as session:
            asked = Standing(name, role, "fr", **standing)
            return invitations.invite(session, by, asked, self.now)

    def joins(self, token, login="noor", password=PASSWORD):
        with self.sessions.begin() as session:
            return invitations.join(session, self.line_id, token, login, password, self.now)

    def changes(self, by, login, **what):
        with self.sessions.begin() as session:
            row = session.scalar(select(Staff).where(Staff.login == login))
            asked = replace(people.standing(row), **what)
            return people.change(session, by, self.line_id, row.id, asked, self.now)

    def shuts_out(self, by, login):
        staff_id = self.member(login).id
        with self.sessions.begin() as session:
            return people.disable(session, by, self.line_id, staff_id, self.now)

    def record(self, **asked):
        """Acts and what is said of them, the oldest first."""
        with self.sessions() as session:
            found = audit.listed(session, self.line_id, **asked)
            return [(row.act, row.staff_id, row.about) for row, _ in reversed(found)]
