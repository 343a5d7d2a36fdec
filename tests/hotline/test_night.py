"""A night, minute by minute on a clock that a test moves: nobody who asks is forgotten."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from hotline import audit, away, cases, clocks, escalation, hearing, queue, retention, rota, staff
from hotline.models import Away, Case, NoticeCall, Shift, Staff, StaffSession
from hotline.models import Line as LineRow
from tests.hotline.people import Person
from tests.hotline.rotas import Line

# Monday evening, when the last one has gone; the next shift starts at eight.
EVENING = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
MORNING = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
TOLD = "from: Tuesday, 09:00 (time in Zurich)"


@pytest.fixture
def line(sessions, line_id):
    with sessions.begin() as session:
        session.get_one(LineRow, line_id).time_zone = "Europe/Zurich"
    return Line(sessions, line_id, EVENING)


@pytest.fixture
def night(line, sessions, conversation, vault):
    return Night(line, sessions, conversation, vault)


class Night:
    """A line at night: people write, minutes pass, and it is remembered who was called with what."""

    def __init__(self, line, sessions, conversation, vault):
        self.line, self.sessions, self.conversation, self.vault = (
            line,
            sessions,
            conversation,
            vault,
        )
        self.now = EVENING
        self.calls = []

    def passes(self, minutes, every=1):
        for _ in range(0, minutes, every):
            self.now += timedelta(minutes=every)
            with self.sessions.begin() as session:
                escalation.tick(session, self.line.line_id, self.now)
            self._gather()

    def until(self, when):
        """A long time, looked at every five minutes."""
        self.passes(int((when - self.now) / timedelta(minutes=1)), every=5)

    def _gather(self):
        """What was queued for colleagues, as (minutes since the evening, kind, whom)."""
        with self.sessions.begin() as session:
            minute = int((self.now - EVENING) / timedelta(minutes=1))
            for row in session.scalars(select(NoticeCall).order_by(NoticeCall.id)):
                if row.team is None:
                    self.calls.append((minute, row.what, tuple(row.staff_ids)))
            session.execute(delete(NoticeCall))

    def somebody_asks(self, number=1, urgency=None):
        """Somebody asks for a person; gives them and the number of their case."""
        # Four texts, five seconds apart: the case opens now.
        before = self.now - timedelta(seconds=20)
        person = Person(self.conversation, self.sessions, before, f"tel:+1202555{number:04d}")
        person.calls_a_person()
        with self.sessions.begin() as session:
            case_id = session.scalars(select(Case.id).order_by(Case.id.desc())).first()
            if urgency is not None:
                session.execute(update(Case).where(Case.id == case_id).values(urgency=urgency))
        return person, case_id

    def case(self, case_id):
        with self.sessions() as session:
            return session.get_one(Case, case_id)

    def steps(self, case_id):
        with self.sessions() as session:
            found = audit.listed(session, self.line.line_id, case_id=case_id)
            return [row.about["kind"] for row, _ in found[::-1] if row.act == "case.escalated"]

    def kinds(self, case_id):
        with self.sessions() as session:
            found = audit.listed(session, self.line.line_id, case_id=case_id)
            return [row.act for row, _ in found[::-1]]

    def member(self, staff_id):
        with self.sessions() as session:
            return staff.member(session.get_one(Staff, staff_id))

    def takes(self, staff_id, case_id):
        with self.sessions.begin() as session:
            cases.take(session, self.vault, case_id, session.get_one(Staff, staff_id), self.now)

    def replies(self, staff_id, case_id, text="I am here"):
        with self.sessions.begin() as session:
            row = session.get_one(Staff, staff_id)
            cases.reply(session, self.vault, case_id, row, text, self.now)

    def is_seen(self, staff_id):
        """A colleague does something at a page."""
        with self.sessions.begin() as session:
            session.merge(
                StaffSession(
                    token_hash=f"session {staff_id}".encode(),
                    staff_id=staff_id,
                    started_at=self.now,
                    seen_at=self.now,
                )
            )

    def alarms(self):
        return self.line.asks(escalation.alarms)


class TestNobodyOnDuty:
    """Forty people write in a night; the line opens at eight, and somebody is on call."""

    @pytest.fixture
    def staffed(self, line):
        ana, cem, sup = line.hires("ana"), line.hires("cem"), line.hires("sue", "supervisor")
        line.puts(ana, "08:00-16:00")
        line.puts(cem, "20:00-08:00", kind=rota.CALL)
        return ana, cem, sup

    def test_everybody_is_told_when_and_in_the_morning_the_most_urgent_is_first(
        self, night, staffed, sessions
    ):
        ana, cem, sup = staffed
        urgencies = {}
        for n in range(40):
            person, case_id = night.somebody_asks(n, urgency=1 + n % 4)
            urgencies[case_id] = 1 + n % 4
            heard = person.hears()
            assert sum(TOLD in text for text in heard) == 1, heard
            night.passes(2)
        night.until(MORNING + timedelta(minutes=5))
        # Nobody is forgotten: whoever cannot wait was called for, by every step, in order and once.
        for case_id, urgency in urgencies.items():
            wanted = ["call", "supervisors", "alarm"] if urgency <= 2 else []
            assert night.steps(case_id) == wanted, urgency
            assert night.case(case_id).state == "waiting"
        assert night.alarms() == 20
        # Not more often than once a minute, however many wait.
        assert max(Counter((minute, what) for minute, what, _ in night.calls).values()) == 1
        whom = {what: set(ids) for _, what, ids in night.calls}
        assert whom["case.escalated"] <= {cem, sup}
        assert whom["alarm"] == {cem, sup}
        night.is_seen(ana)
        with sessions.begin() as session:
            taken = queue.take_next(session, night.vault, night.member(ana), night.now)
        oldest = min(n for n, urgency in urgencies.items() if urgency == 1)
        assert taken.next is not None
        assert taken.next.id == oldest

    def test_who_is_called_comes_in_order_by_the_clock_of_the_urgency(self, night, staffed):
        _, cem, sup = staffed
        _, case_id = night.somebody_asks(urgency=1)
        night.passes(30)
        assert night.calls == [
            (5, "case.escalated", (cem,)),
            (10, "case.escalated", (sup,)),
            (15, "alarm", (cem, sup)),
        ]
        assert night.steps(case_id) == ["call", "supervisors", "alarm"]

    def test_what_can_wait_until_the_morning_waits_until_then_and_not_longer(self, night, staffed):
        _, _, sup = staffed
        _, case_id = night.somebody_asks(urgency=3)
        night.until(MORNING)
        assert night.steps(case_id) == []
        night.until(MORNING + timedelta(minutes=125))
        # Nobody is on call by day: then the supervisors are told at once.
        assert night.steps(case_id) == ["supervisors"]
        assert night.calls[-1][1:] == ("case.escalated", (sup,))
        night.until(MORNING + timedelta(minutes=485))
        assert night.steps(case_id) == ["supervisors", "alarm"]
        assert night.alarms() == 1

    def test_a_reply_ends_it_and_new_words_start_the_clock_anew(self, night, staffed):
        _, cem, _ = staffed
        person, case_id = night.somebody_asks(urgency=1)
        night.passes(7)
        night.takes(cem, case_id)
        night.passes(1)
        night.replies(cem, case_id)
        assert night.case(case_id).waits_since is None
        night.passes(60)
        assert night.steps(case_id) == ["call"]
        person.now = night.now
        person.texts_us("are you still there")
        assert night.case(case_id).waits_since == person.now
        # Who has it does something all the time: theirs it stays, and the supervisors hear of it.
        for _ in range(12):
            night.is_seen(cem)
            night.passes(1)
        assert night.case(case_id).taken_by == cem
        assert night.steps(case_id) == ["call", "supervisors"]

    def test_a_clock_that_stood_still_goes_on_where_it_was(self, night, staffed, sessions):
        _, case_id = night.somebody_asks(urgency=1)
        night.passes(6)
        # The worker was away for an hour; whatever it knew is in the database.
        night.now += timedelta(hours=1)
        night.passes(1)
        assert night.steps(case_id) == ["call", "supervisors"]
        night.passes(5)
        assert night.steps(case_id) == ["call", "supervisors", "alarm"]

    def test_two_workers_at_once_call_once(self, night, staffed, sessions):
        _, case_id = night.somebody_asks(urgency=1)
        night.now += timedelta(minutes=6)
        with sessions.begin() as one, sessions.begin() as other:
            escalation.tick(one, night.line.line_id, night.now)
            escalation.tick(other, night.line.line_id, night.now)
        assert night.steps(case_id) == ["call"]

    def test_while_the_safe_word_is_up_the_clock_stands_still(self, night, staffed):
        person, case_id = night.somebody_asks(urgency=1)
        night.passes(3)
        person.now = night.now
        person.says_word("safe_word")
        assert night.case(case_id).covered
        night.passes(60)
        assert night.steps(case_id) == []
        with night.sessions.begin() as session:
            hearing.cover(session, case_id, night.now, raised=False)
        # They have waited three minutes and have still to be called for at five.
        night.passes(1)
        assert night.steps(case_id) == []
        night.passes(2)
        assert night.steps(case_id) == ["call"]

    def test_an_answer_that_the_safe_word_held_back_was_none(self, night, staffed):
        _, cem, _ = staffed
        person, case_id = night.somebody_asks(urgency=1)
        night.takes(cem, case_id)
        night.replies(cem, case_id)
        person.now = night.now
        # It is still queued when the safe word comes: nothing of it is sent.
        person.says_word("safe_word")
        assert night.case(case_id).waits_since == person.now

    def test_who_asked_to_be_forgotten_is_not_called_for(self, night, staffed):
        person, case_id = night.somebody_asks(urgency=1)
        person.says_word("delete")
        person.texts_us("1")
        night.passes(30)
        assert night.steps(case_id) == []
        assert night.alarms() == 0


class TestASilentCaseworker:
    """One is on duty at night, takes what comes, and falls silent."""

    @pytest.fixture
    def staffed(self, line):
        ben, cem, sup = line.hires("ben"), line.hires("cem"), line.hires("sue", "supervisor")
        line.puts(ben, "20:00-08:00")
        line.puts(cem, "20:00-08:00", kind=rota.CALL)
        return ben, cem, sup

    def test_nobody_is_told_that_nobody_is_there(self, night, staffed):
        person, _ = night.somebody_asks()
        assert not any(TOLD in text for text in person.hears())

    def test_what_they_leave_unanswered_comes_back_and_they_are_away(
        self, night, staffed, caseworker
    ):
        ben, cem, _ = staffed
        _, answered = night.somebody_asks(1, urgency=2)
        _, urgent = night.somebody_asks(2, urgency=1)
        _, other = night.somebody_asks(3, urgency=3)
        for case_id in (answered, urgent, other):
            night.takes(ben, case_id)
        night.replies(ben, answered)
        night.is_seen(ben)
        night.passes(4)
        assert {night.case(n).state for n in (answered, urgent, other)} == {"taken"}
        night.passes(2)
        # What was answered stays with them; the others wait for somebody else.
        assert night.case(answered).taken_by == ben
        for case_id in (urgent, other):
            assert night.case(case_id).state == "waiting"
            assert night.case(case_id).taken_by is None
            assert "case.returned" in night.kinds(case_id)
            assert cases.SILENT in caseworker.notes(case_id)
        with night.sessions() as session:
            assert away.why(session, ben) == away.SILENT
        assert night.line.asks(rota.on_duty, "general", night.now) == []
        assert night.calls == [(5, "case.escalated", (cem,))]

    def test_away_they_get_no_next_case_until_one_press(self, night, staffed, sessions):
        ben, *_ = staffed
        _, case_id = night.somebody_asks(urgency=1)
        night.takes(ben, case_id)
        night.passes(6)
        night.is_seen(ben)
        with sessions.begin() as session, pytest.raises(cases.CaseRefused, match="away"):
            queue.take_next(session, night.vault, night.member(ben), night.now)
        with sessions.begin() as session:
            away.come_back(session, ben, night.now)
            taken = queue.take_next(session, night.vault, night.member(ben), night.now)
        assert taken.next is not None
        assert taken.next.id == case_id

    def test_who_does_something_keeps_what_they_have(self, night, staffed):
        ben, *_ = staffed
        _, case_id = night.somebody_asks(urgency=1)
        night.takes(ben, case_id)
        for _ in range(9):
            night.is_seen(ben)
            night.passes(1)
        assert night.case(case_id).taken_by == ben
        assert night.steps(case_id) == []

    def test_a_case_that_can_wait_comes_back_without_anybody_being_away(self, night, staffed):
        ben, *_ = staffed
        _, case_id = night.somebody_asks(urgency=2)
        night.takes(ben, case_id)
        night.passes(16)
        assert night.case(case_id).state == "waiting"
        with night.sessions() as session:
            assert away.why(session, ben) is None

    def test_who_has_just_taken_it_is_given_time(self, night, staffed):
        _, cem, _ = staffed
        _, case_id = night.somebody_asks(urgency=1)
        night.passes(8)
        night.takes(cem, case_id)
        night.passes(4)
        assert night.steps(case_id) == ["call"]
        night.passes(1)
        # Silent in turn: it goes back, and the supervisors are due by now.
        assert night.case(case_id).state == "waiting"
        assert night.steps(case_id) == ["call", "supervisors"]

    def test_what_needs_no_answer_is_said_to_need_none(self, night, staffed, caseworker):
        ben, *_ = staffed
        person, case_id = night.somebody_asks(urgency=1)
        night.takes(ben, case_id)
        night.replies(ben, case_id)
        person.now = night.now
        person.texts_us("thank you")
        with night.sessions.begin() as session:
            escalation.needs_no_answer(session, case_id, night.member(ben), night.now)
        night.passes(60)
        assert night.case(case_id).taken_by == ben
        assert escalation.NOTHING in caseworker.notes(case_id)
        assert night.steps(case_id) == []


def test_with_nobody_to_call_the_alarm_stands_at_once(night):
    _, case_id = night.somebody_asks(urgency=1)
    night.passes(5)
    assert night.steps(case_id) == ["alarm"]
    assert night.alarms() == 1
    assert night.calls == []


class TestClocks:
    def test_those_that_come_along_are_in_order_and_the_urgent_run_at_night(self):
        for urgency, times in clocks.defaults().items():
            steps = [getattr(times, step) for step in clocks.STEPS]
            assert steps == sorted(steps)
            assert times.always is (urgency <= 2)
        assert list(clocks.defaults()) == [1, 2, 3, 4]

    def test_a_line_sets_its_own_and_goes_back(self, line, sessions, now):
        sue = line.hires("sue", "supervisor")
        minutes = {"back": 1, "call": 2, "supervisors": 2, "alarm": 9}
        with sessions.begin() as session:
            clocks.change(session, line.line_id, 3, minutes, now, always=True, by=sue)
            times = clocks.of_line(session, line.line_id)
            assert times[3].alarm == timedelta(minutes=9)
            assert times[3].own
            assert times[2] == clocks.defaults()[2]
            clocks.reset(session, line.line_id, 3, now, by=sue)
            assert clocks.of_line(session, line.line_id) == clocks.defaults()
            noted = [row.act for row, _ in audit.listed(session, line.line_id)]
        assert noted == ["clocks.changed", "clocks.changed"]

    @pytest.mark.parametrize(
        ("urgency", "changed", "why"),
        [
            (5, {}, "urgency"),
            (1, {"back": 0}, "range"),
            (1, {"alarm": 10**6}, "range"),
            (1, {"call": 50}, "order"),
        ],
    )
    def test_what_is_no_order_is_refused(self, line, sessions, now, urgency, changed, why):
        minutes = {"back": 5, "call": 10, "supervisors": 20, "alarm": 30} | changed
        with sessions.begin() as session, pytest.raises(clocks.ClocksRefused, match=why):
            clocks.change(session, line.line_id, urgency, minutes, now, always=True, by=1)


def test_single_days_go_a_month_after_and_weekly_shifts_stay(line, sessions):
    ana = line.hires("ana")
    line.puts(ana, "08:00-16:00", weekdays=(0,))
    line.puts(ana, "08:00-16:00", day=EVENING.date())
    with sessions.begin() as session:
        retention.purge(session, EVENING + timedelta(days=30))
        assert len(session.scalars(select(Shift)).all()) == 2
        retention.purge(session, EVENING + timedelta(days=33))
        assert [shift.weekday for shift in session.scalars(select(Shift))] == [0]


def test_breaks_are_forgotten_two_days_after_they_ended(line, sessions):
    ana = line.hires("ana")
    with sessions.begin() as session:
        away.go(session, line.line_id, ana, away.BREAK, EVENING)
        away.come_back(session, ana, EVENING)
        retention.purge(session, EVENING + timedelta(days=1))
        assert session.scalar(select(Away.staff_id)) == ana
        retention.purge(session, EVENING + timedelta(days=3))
        assert session.scalar(select(Away.staff_id)) is None
