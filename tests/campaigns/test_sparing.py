"""Whom no campaign texts, whatever was true when the campaign was put together."""

from datetime import timedelta

from sqlalchemy import select, update

from campaigns.sending import brake
from hotline.channels import SIMULATOR
from hotline.conversation import LONG_SILENCE
from hotline.models import Contact, Line, Outbox, Staff, StaffSession
from tests.campaigns.desk import number
from tests.hotline.people import case

JOY = "tel:" + number(0)


def writes(desk, address=JOY):
    """Somebody texts the line now."""
    with desk.sessions.begin() as session:
        contact = Contact(
            line_id=desk.line_id,
            channel=SIMULATOR,
            address_hash=desk.vault.address_hash(address),
            address_sealed=desk.vault.seal(address, "address"),
            language="en",
            heard_at=desk.now,
        )
        session.add(contact)
        session.flush()
        return contact.id


def waits(desk, contact=None):
    """A case that nobody has taken."""
    with desk.sessions.begin() as session:
        session.add(case(desk.line_id, contact, desk.now))


def test_who_said_stop_after_they_were_queued_gets_nothing(desk):
    desk.has_subscribers(2)
    campaign = desk.schedules(desk.drafts())
    desk.advances(campaign)
    desk.says_stop(0)
    assert [row.address for row in desk.claims()] == ["tel:" + number(1)]
    assert desk.balance(campaign).suppressed == 1
    assert desk.balance(campaign).opted_out == 1


def test_who_opens_a_case_after_they_were_queued_gets_nothing(desk):
    desk.has_subscribers(2)
    campaign = desk.schedules(desk.drafts())
    desk.advances(campaign)
    waits(desk, writes(desk))
    assert [row.address for row in desk.claims()] == ["tel:" + number(1)]
    assert desk.balance(campaign).suppressed == 1
    assert desk.balance(campaign) == desk.audits(campaign)
    with desk.sessions() as session:
        left = session.scalar(select(Outbox.address_sealed).where(Outbox.state == "suppressed"))
    assert left is None


def test_who_is_in_a_talk_gets_it_when_the_talk_has_rested(desk):
    desk.has_subscribers(1)
    campaign = desk.schedules(desk.drafts())
    desk.advances(campaign)
    writes(desk)
    desk.now += timedelta(minutes=30)
    assert desk.claims() == []
    assert desk.balance(campaign).pending == 1
    desk.now += LONG_SILENCE - timedelta(minutes=31)
    assert desk.claims() == []
    desk.now += timedelta(minutes=2)
    [row] = desk.claims()
    # Having waited is not having been tried.
    assert row.attempts == 1


def test_a_talk_that_never_rests_ends_with_the_campaign(desk):
    desk.has_subscribers(1)
    campaign = desk.schedules(desk.drafts(days=1))
    desk.advances(campaign)
    contact = writes(desk)
    for _ in range(30):
        desk.now += timedelta(hours=1)
        with desk.sessions.begin() as session:
            session.execute(update(Contact).where(Contact.id == contact).values(heard_at=desk.now))
        assert desk.claims() == []
        desk.advances(campaign)
    assert desk.balance(campaign).expired == 1


class TestBrake:
    def loads(self, desk, waiting):
        for _ in range(waiting):
            waits(desk)
        with desk.sessions() as session:
            return brake.state(session, desk.line_id, desk.now)

    def comes_on_duty(self, desk, login, minutes_ago):
        with desk.sessions.begin() as session:
            who = session.scalar(select(Staff.id).where(Staff.login == login))
            at = desk.now - timedelta(minutes=minutes_ago)
            token = login.encode() + bytes([minutes_ago])
            session.add(StaffSession(token_hash=token, staff_id=who, started_at=at, seen_at=at))

    def test_it_slows_and_then_holds_as_more_people_wait_than_can_be_answered(self, desk):
        assert self.loads(desk, 0) == "free"
        assert self.loads(desk, 5) == "free"
        assert self.loads(desk, 1) == "slow"
        assert self.loads(desk, 4) == "slow"
        assert self.loads(desk, 1) == "hold"

    def test_each_person_on_duty_answers_some(self, desk):
        self.comes_on_duty(desk, "officer", 1)
        self.comes_on_duty(desk, "supervisor", 2)
        # The same person in another browser, and who left long ago, are nobody more.
        self.comes_on_duty(desk, "supervisor", 3)
        assert self.loads(desk, 10) == "free"
        assert self.loads(desk, 1) == "slow"

    def test_who_has_left_the_desk_answers_nobody(self, desk):
        self.comes_on_duty(desk, "officer", 1)
        self.comes_on_duty(desk, "supervisor", 11)
        assert self.loads(desk, 6) == "slow"

    def test_how_many_one_can_answer_is_the_lines_own(self, desk):
        with desk.sessions.begin() as session:
            session.execute(update(Line).values(capacity=20))
        assert self.loads(desk, 20) == "free"
        with desk.sessions() as session:
            assert brake.share(session, desk.line_id, desk.now) == 1
