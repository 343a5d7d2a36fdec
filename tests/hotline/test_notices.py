"""Telling staff that something waits: whom, by what, once, and only what is true."""

import pytest
from sqlalchemy import func, select, update

from hotline import cases, notices, staff, teamkeys
from hotline.models import Case, Notice, NoticeAddress, NoticeCall
from hotline.notices import KINDS, ledger, rules, truth
from tests.hotline.noticing import RememberingCarrier

WAITING, URGENT = "A case is waiting.", "A new urgent case is waiting."


class TestWhatHappens:
    def test_when_a_case_opens_who_is_on_duty_of_its_team_is_told(self, desk):
        noor, ben = desk.hires("noor"), desk.hires("ben")
        desk.leaves(ben)
        desk.opens()
        desk.looks()
        assert desk.told() == desk.told(noor) == [WAITING]

    def test_a_case_that_cannot_wait_is_told_as_urgent(self, desk):
        noor = desk.hires("noor")
        case_id, person = desk.opens(urgency=3)
        desk.looks()
        person.texts_us("he is beating me now, he will kill me")
        desk.looks()
        with desk.sessions() as session:
            assert session.get_one(Case, case_id).urgency == 1
        assert desk.told(noor) == [WAITING, URGENT]

    def test_a_partner_is_told_of_their_own_team_only(self, desk):
        with desk.sessions.begin() as session:
            teamkeys.add_team(session, desk.line_id, "shelter", "Shelter")
        partner = desk.hires("pia", role="partner")
        with desk.sessions.begin() as session:
            session.get_one(staff.Staff, partner.id).teams = ["shelter"]
        case_id, _ = desk.opens()
        desk.looks()
        desk.sends("alarm", partner)
        desk.looks()
        assert desk.told(partner) == []
        with desk.sessions.begin() as session:
            session.get_one(Case, case_id).team = "shelter"
            notices.case_waits(session, desk.line_id, "shelter", 3, desk.now)
        desk.looks()
        assert desk.told(partner) == [WAITING]

    def test_who_takes_a_case_is_told_when_the_contact_writes(self, desk):
        noor = desk.hires("noor")
        case_id, person = desk.opens()
        desk.takes(case_id, noor)
        person.texts_us("are you there?")
        desk.looks()
        assert desk.told(noor) == []
        desk.passes(seconds=11)
        desk.looks()
        assert desk.told(noor) == ["A contact has written to you."]

    def test_who_looks_at_the_case_is_not_told_what_they_see(self, desk):
        noor = desk.hires("noor")
        case_id, person = desk.opens()
        desk.takes(case_id, noor)
        person.now = desk.now
        person.texts_us("are you there?")
        desk.passes(seconds=6)
        desk.acts(truth.look, noor, case_id, desk.now)
        desk.passes(seconds=6)
        desk.looks()
        assert desk.told(noor) == []
        person.now = desk.now
        person.texts_us("hello?")
        desk.passes(seconds=16)
        desk.looks()
        assert desk.told(noor) == ["A contact has written to you."]

    def test_nobody_is_told_of_what_they_have_answered(self, desk):
        noor = desk.hires("noor")
        case_id, person = desk.opens()
        desk.takes(case_id, noor)
        person.texts_us("are you there?")
        desk.passes(seconds=5)
        desk.acts(cases.reply, desk.vault, case_id, noor, "I am", desk.now)
        desk.passes(seconds=6)
        desk.looks()
        assert desk.told() == []

    def test_looking_at_a_case_of_somebody_else_says_nothing_of_theirs(self, desk):
        noor, ben = desk.hires("noor"), desk.hires("ben")
        case_id, person = desk.opens()
        desk.takes(case_id, noor)
        person.texts_us("are you there?")
        desk.acts(truth.look, ben, case_id, desk.now)
        desk.looks()
        desk.passes(seconds=11)
        desk.looks()
        assert desk.told(noor) == ["A contact has written to you."]

    def test_a_case_that_is_given_back_calls_its_team(self, desk):
        noor, ben = desk.hires("noor"), desk.hires("ben", by=())
        case_id, _ = desk.opens()
        desk.takes(case_id, ben)
        desk.acts(cases.give_back, desk.vault, case_id, ben, desk.now)
        desk.looks()
        assert "A case came back and is waiting." in desk.told(noor)

    def test_a_text_costs_one_row_and_nothing_is_sent_by_it(self, desk):
        desk.hires("noor"), desk.hires("ben")
        desk.opens()
        with desk.sessions() as session:
            assert session.scalar(select(func.count()).select_from(NoticeCall)) == 1
            assert session.scalar(select(func.count()).select_from(Notice)) == 0
        assert desk.told() == []

    def test_what_was_rolled_back_is_not_told(self, desk):
        noor = desk.hires("noor")
        with pytest.raises(RuntimeError), desk.sessions.begin() as session:
            notices.send(session, desk.line_id, "directory.stale", [noor.id], desk.now)
            raise RuntimeError
        desk.looks()
        assert desk.told() == []

    def test_an_unknown_kind_is_refused(self, desk):
        with pytest.raises(ValueError, match="no kind"), desk.sessions.begin() as session:
            notices.send(session, desk.line_id, "case.gossip", [1], desk.now)


class TestStorms:
    def test_twenty_cases_at_once_are_one_notice_and_what_comes_meanwhile_is_summed_up(self, desk):
        noor = desk.hires("noor")
        for number in range(3):
            desk.opens(number)
        desk.looks()
        assert desk.told(noor) == ["3 cases are waiting."]
        for number in range(3, 6):
            desk.passes(seconds=20)
            desk.opens(number)
            desk.looks()
        assert len(desk.told(noor)) == 1
        desk.passes(minutes=10)
        desk.looks()
        assert desk.told(noor) == ["3 cases are waiting.", "6 cases are waiting."]
        desk.passes(hours=1)
        desk.looks()
        assert len(desk.told(noor)) == 2

    def test_kinds_do_not_wait_for_each_other_and_what_is_urgent_waits_less(self, desk):
        noor = desk.hires("noor")
        desk.opens(1)
        desk.looks()
        desk.opens(2, urgency=1)
        desk.sends("case.urgent", noor)
        desk.looks()
        assert desk.told(noor) == [WAITING, URGENT]
        desk.sends("case.urgent", noor)
        desk.looks()
        assert len(desk.told(noor)) == 2
        desk.passes(minutes=3)
        desk.looks()
        assert desk.told(noor)[2:] == [URGENT]

    def test_what_happens_while_it_is_sent_is_told_when_the_rest_is_over(self, desk):
        noor = desk.hires("noor")
        desk.opens(1)

        class Slow(RememberingCarrier):
            async def _take(self, message):
                await super()._take(message)
                if len(self.taken) == 1:
                    desk.opens(2)
                    desk.acts(ledger.queue, noor.id, "case.waiting", "email", desk.now)

        desk.carrier = Slow()
        desk.teller = desk.new_teller()
        desk.looks()
        desk.looks()
        assert desk.told(noor) == [WAITING]
        desk.passes(minutes=10, seconds=1)
        desk.looks()
        assert desk.told(noor) == [WAITING, "2 cases are waiting."]


class TestTruth:
    def test_a_case_that_was_taken_meanwhile_is_not_told(self, desk):
        noor, ben = desk.hires("noor"), desk.hires("ben")
        case_id, _ = desk.opens()
        desk.takes(case_id, ben)
        desk.looks()
        assert desk.told() == []
        assert desk.row(noor, "case.waiting").state == "idle"
        # Nobody is connected to for nothing.
        assert desk.carrier.opened == 0

    def test_a_case_taken_while_others_are_told_is_told_to_nobody_else(self, desk):
        noor = desk.hires("noor")
        desk.hires("ben")
        case_id, _ = desk.opens()

        class Quick(RememberingCarrier):
            async def _take(self, message):
                await super()._take(message)
                desk.takes(case_id, noor)

        desk.carrier = Quick()
        desk.teller = desk.new_teller()
        desk.looks()
        assert len(desk.told()) == 1

    @pytest.mark.parametrize("what", KINDS)
    def test_on_a_line_where_nothing_waits_nothing_is_said_to_wait(self, desk, what):
        ana = desk.hires("ana", role="supervisor", on_duty_only=False)
        desk.sends(what, ana)
        desk.looks()
        assert len(desk.told(ana)) == (what == "directory.stale")

    def test_an_alarm_holds_until_somebody_answers(self, desk):
        ana, noor = desk.hires("ana", role="supervisor"), desk.hires("noor", by=())
        case_id, _ = desk.opens()
        with desk.sessions.begin() as session:
            session.execute(update(Case).values(waits_since=desk.now))
        desk.sends("alarm", ana)
        desk.looks()
        assert "Alarm: a case is waiting and nobody answers." in desk.told(ana)
        desk.takes(case_id, noor)
        desk.acts(cases.reply, desk.vault, case_id, noor, "I am here", desk.now)
        desk.passes(minutes=5)
        desk.sends("alarm", ana)
        desk.looks()
        assert len(desk.told(ana)) == 2  # that a case was waiting, and the alarm


class TestChoice:
    def test_each_is_told_by_what_they_chose_and_not_otherwise(self, desk):
        noor = desk.hires("noor", by=("browser",))
        desk.opens()
        desk.looks()
        assert desk.told() == []
        assert [each.text for each in desk.shown(noor).notices] == [WAITING]

    def test_who_chose_nothing_is_told_nothing(self, desk):
        noor = desk.hires("noor", by=())
        desk.opens()
        desk.looks()
        assert desk.told() == []
        assert desk.shown(noor).notices == []

    def test_who_never_chose_is_told_in_the_browser(self, desk, line_id):
        with desk.sessions.begin() as session:
            ben = rules.of(session, 999)
        assert {ben.by(kind) for kind in KINDS} == {("browser",)}

    def test_an_address_that_is_not_confirmed_is_not_used(self, desk):
        desk.hires("noor")
        with desk.sessions.begin() as session:
            session.execute(update(NoticeAddress).values(confirmed_at=None))
        desk.opens()
        desk.looks()
        assert desk.told() == []

    def test_who_is_shut_out_is_told_nothing_more_and_their_address_is_gone(self, desk):
        noor = desk.hires("noor", on_duty_only=False)
        desk.opens()
        with desk.sessions.begin() as session:
            staff.disable(session, "noor")
        desk.sends("alarm", noor)
        desk.looks()
        assert desk.told() == []
        with desk.sessions() as session:
            assert session.scalar(select(func.count()).select_from(NoticeAddress)) == 0

    def test_only_who_is_on_duty_is_told_unless_they_chose_otherwise(self, desk):
        ana = desk.hires("ana", role="supervisor", breaks_through=False)
        eve = desk.hires("eve", role="supervisor", breaks_through=False, on_duty_only=False)
        desk.opens()
        desk.leaves(ana), desk.leaves(eve)
        desk.sends("case.escalated", ana, eve)
        desk.looks()
        assert (len(desk.told(ana)), len(desk.told(eve))) == (0, 1)

    def test_urgent_and_alarm_break_through_for_who_wants_that(self, desk):
        ana = desk.hires("ana", role="supervisor")
        desk.opens(urgency=1)
        desk.leaves(ana)
        desk.sends("case.waiting", ana), desk.sends("alarm", ana)
        desk.looks()
        assert desk.told(ana) == ["Alarm: a case is waiting and nobody answers."]
