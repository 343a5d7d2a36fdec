"""A case at the desk that may go to somebody else: who has it, two partners, and a contact who answers."""

from sqlalchemy import func, select, text

from hotline import casekeys, cases, handoff, passing, staff, teamkeys
from hotline.models import Audit, Case, Staff
from tests.hotline.people import Caseworker
from tests.keys import open_key, seal_key

SHELTER, CLINIC = "shelter", "clinic"


class Desk:
    """A case that Sam has taken, two partners, and a contact who answers."""

    def __init__(self, person, sessions, vault, line_id, now):
        self.person, self.sessions, self.vault, self.line_id = person, sessions, vault, line_id
        self.sam = Caseworker(sessions, vault, line_id, now, "sam")
        with sessions.begin() as session:
            teamkeys.add_team(session, line_id, SHELTER, "Shelter North")
            teamkeys.add_team(session, line_id, CLINIC, "The Clinic")
        self.ana = Caseworker(sessions, vault, line_id, now, "ana", partner=SHELTER)
        self.cleo = Caseworker(sessions, vault, line_id, now, "cleo", partner=CLINIC)
        person.calls_a_person()
        person.texts_us("they took my passport")
        with sessions() as session:
            self.case_id = session.scalar(select(Case.id))
        self.takes(self.sam)
        person.hears()

    def meets_somebody_new(self):
        """Another contact, another case."""
        old = self.person
        number = int(old.address[-4:]) + 1
        self.person = type(old)(old.conversation, old.sessions, old.now, f"tel:+1202555{number:04}")
        self.person.calls_a_person()
        with self.sessions() as session:
            self.case_id = session.scalar(select(func.max(Case.id)))
        self.takes(self.sam)
        self.person.hears()

    @property
    def now(self):
        return self.person.now

    def takes(self, somebody):
        with self.sessions.begin() as session:
            cases.take(session, self.vault, self.case_id, somebody.member, self.now)

    def asks(self, team=SHELTER, parts=("summary", "thread"), by=None, sent=True):
        """Asks, and the carrier takes the question; gives the words of it."""
        with self.sessions.begin() as session:
            handoff.ask(
                session, self.vault, self.case_id, (by or self.sam).member, team, parts, self.now
            )
        return self.person.hears()[-1] if sent else None

    def sealed_for(self, by, *teams):
        """What a browser makes of the case's key."""
        with self.sessions() as session:
            there = casekeys.current(session, self.line_id, teams)
            found = casekeys.sealed_for(session, self.case_id, by.member.id)
        number, box = found[0]
        private = open_key(box, by.keys.teams[number])
        return {
            team: (key_id, seal_key(private, public)) for team, (key_id, public) in there.items()
        }

    def passes(self, team=SHELTER, by=None, keys=None, **more):
        by = by or self.sam
        keys = self.sealed_for(by, team) if keys is None else keys
        with self.sessions.begin() as session:
            passing.pass_on(
                session, self.vault, self.case_id, by.member, team, keys, self.now, **more
            )

    def hires(self, name):
        """A colleague who was let in to the teams of the first line; gives their number."""
        with self.sessions.begin() as session:
            staff.add(
                session,
                line_id=self.line_id,
                login=name.lower(),
                display_name=name,
                role="caseworker",
                language="en",
            )
            number = session.scalar(select(Staff.id).where(Staff.login == name.lower()))
            for statement in (
                (
                    "INSERT INTO staff_keys (staff_id, public_key, private_sealed, made_at)"
                    " VALUES (:id, 'x', 'x', now())"
                ),
                (
                    "INSERT INTO team_members (team_key_id, staff_id, key_sealed, since)"
                    " SELECT id, :id, 'x', now() FROM team_keys WHERE team = 'general'"
                ),
            ):
                session.execute(text(statement), {"id": number})
        return number

    def hands_over(self, number):
        with self.sessions.begin() as session:
            passing.hand_over(session, self.vault, self.case_id, self.sam.member, number, self.now)

    def lets_be(self):
        with self.sessions.begin() as session:
            handoff.let_be(session, self.case_id, self.sam.member, self.now)

    def writes(self, words="Are you hungry?"):
        with self.sessions.begin() as session:
            cases.reply(session, self.vault, self.case_id, self.sam.member, words, self.now)
        self.person.hears()

    def state(self):
        """How it stands: the state of the last question, and whom the case is with."""
        with self.sessions() as session:
            rows = handoff.listed(session, self.case_id)
            team = session.scalar(select(Case.team).where(Case.id == self.case_id))
        return (rows[0].state if rows else ""), team

    def last(self):
        with self.sessions() as session:
            return handoff.listed(session, self.case_id)[0]

    def acts(self, *wanted):
        with self.sessions() as session:
            rows = session.execute(
                select(Audit.act, Audit.staff_id, Audit.about).order_by(Audit.id)
            )
            return [tuple(row) for row in rows if row.act in wanted]
