"""A case goes to another organisation with the contact's yes to that, or for a reason that is on record."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, update
from sqlalchemy.exc import IntegrityError

from hotline import casefile, casekeys, cases, handoff, passing, staff
from hotline.body import label
from hotline.cases import CaseRefused
from hotline.handoff import OPEN, TRANSITIONS
from hotline.models import Case, Handoff, Outbox, Staff
from locales import count_segments, languages, native_name
from tests.hotline.desk import CLINIC, SHELTER, Desk
from tests.hotline.people import Caseworker
from tests.keys import open_key, seal_key
from triage.flow import YES_NO
from triage.understand import word_for


@pytest.fixture
def desk(person, sessions, vault, line_id, now):
    return Desk(person, sessions, vault, line_id, now)


class TestTheQuestion:
    def test_it_says_to_whom_and_what_and_how_to_answer(self, desk):
        assert desk.asks() == (
            "May we pass this on to Shelter North, so that they can help you: your answers and all"
            " messages here? They would write to you here and do not see your number.\n1 Yes\n2 No"
        )

    def test_it_stands_in_the_thread_as_it_was_put(self, desk):
        asked = desk.asks()
        assert ("staff", asked) in desk.sam.reads()["messages"]

    @pytest.mark.parametrize("language", languages("contact"))
    def test_it_is_short_with_a_long_name_too_in_every_language(self, desk, language):
        with desk.sessions() as session:
            case = session.get(Case, desk.case_id)
            case.language = language
            asked = handoff.question(session, case, "x" * 60, handoff.PARTS)
        assert count_segments(asked).segments <= 4
        assert asked.count("x" * 60) == 1
        assert all(label(option, language) in asked for option in YES_NO)

    @pytest.mark.parametrize(
        ("team", "parts", "why"),
        [
            ("nobody", ("summary",), "team_key"),
            ("child", ("summary",), "no_yes_needed"),
            (SHELTER, (), "parts"),
            (SHELTER, ("number",), "parts"),
        ],
    )
    def test_what_cannot_be_asked_is_refused(self, desk, team, parts, why):
        with pytest.raises(CaseRefused, match=why):
            desk.asks(team, parts)
        assert desk.state() == ("", "general")

    def test_only_who_has_the_case_asks(self, desk):
        for other in (desk.ana, Caseworker(*_of(desk), "noor")):
            with pytest.raises(CaseRefused, match="not_yours"):
                desk.asks(by=other)

    def test_under_cover_nobody_is_asked(self, desk):
        desk.person.says_word("safe_word")
        with pytest.raises(CaseRefused, match="covered"):
            desk.asks()
        assert desk.state()[0] == ""

    def test_who_asked_whom_about_which_team_is_on_record(self, desk):
        desk.asks()
        assert desk.acts("case.consent_asked") == [
            ("case.consent_asked", desk.sam.member.id, {"team": SHELTER})
        ]


class TestTheAnswer:
    @pytest.mark.parametrize("said", ["1", "yes", "Yes.", "١", "YES!", "👍", "ok"])
    def test_a_clear_yes_is_recorded(self, desk, said):
        desk.asks()
        assert desk.person.texts_us(said) == ["handoff.yes"]
        row = desk.last()
        assert (row.state, row.to_team, row.parts) == ("agreed", SHELTER, ["summary", "thread"])
        assert (row.by_staff, row.answered_at) == (desk.sam.member.id, desk.now)
        assert desk.sam.hears()[-1] == said
        assert "note.consent_given" in desk.sam.notes()
        assert desk.acts("case.consent_given") == [("case.consent_given", None, {"team": SHELTER})]

    @pytest.mark.parametrize("said", ["2", "no", "No thanks", "👎"])
    def test_a_no_is_shown_and_nothing_goes(self, desk, said):
        desk.asks()
        assert desk.person.texts_us(said) == ["handoff.no"]
        assert desk.state() == ("declined", "general")
        assert "note.consent_refused" in desk.sam.notes()
        with pytest.raises(CaseRefused, match="no_yes"):
            desk.passes()

    @pytest.mark.parametrize(
        "said",
        [
            *("who are they", "yes but not my name", "maybe", "3", "12", "1 2", "yesterday", "0k?"),
            "yes I would like something to eat and then we can talk about the others",
        ],
    )
    def test_everything_else_goes_to_the_thread_and_is_no_yes(self, desk, said):
        desk.asks()
        assert desk.person.texts_us(said) == []
        assert desk.sam.hears()[-1] == said
        assert desk.state() == ("asked", "general")
        # And the question stands.
        assert desk.person.texts_us("yes") == ["handoff.yes"]

    @pytest.mark.parametrize("language", languages("contact"))
    def test_yes_and_no_are_understood_in_the_contacts_language(self, desk, language, conversation):
        with desk.sessions.begin() as session:
            session.execute(update(Case).values(language=language))
        offered = replace(desk.person.conversation, languages=languages("contact"))
        desk.person.conversation, desk.person.language = offered, language
        desk.person.texts_us(word_for("language", "en"))
        desk.person.texts_us(native_name(language))
        desk.asks()
        assert desk.person.texts_us(word_for("no", language)) == ["handoff.no"]
        desk.asks()
        assert desk.person.texts_us(label(YES_NO[0], language)) == ["handoff.yes"]

    def test_a_yes_from_before_they_could_read_the_question_is_none(self, desk):
        desk.asks(sent=False)
        assert desk.person.texts_us("yes") == []
        assert desk.state()[0] == "asked"
        assert desk.sam.hears()[-1] == "yes"
        desk.person.hears()
        assert desk.person.texts_us("yes") == ["handoff.yes"]

    def test_a_question_that_did_not_arrive_has_no_answer(self, desk):
        desk.asks()
        with desk.sessions.begin() as session:
            session.execute(update(Outbox).values(receipt="undelivered"))
        assert desk.person.texts_us("yes") == []
        assert desk.state()[0] == "asked"

    def test_a_yes_to_something_that_was_written_after_it_is_none(self, desk):
        desk.asks()
        desk.writes("Are you hungry?")
        assert desk.person.texts_us("yes") == []
        assert desk.state()[0] == "asked"
        desk.asks()
        assert desk.person.texts_us("yes") == ["handoff.yes"]

    def test_a_yes_after_the_line_said_something_else_is_none(self, desk):
        desk.asks()
        assert "help.emergency" in desk.person.texts_us("he is going to kill me")
        assert desk.person.texts_us("yes") == []
        assert desk.state()[0] == "asked"

    def test_words_of_alarm_are_never_taken_for_an_answer(self, desk):
        desk.asks()
        assert "help.emergency" in desk.person.texts_us("yes help he has a knife")
        assert desk.state()[0] == "asked"

    def test_a_word_that_works_everywhere_works_here(self, desk):
        desk.asks()
        assert "stop.done" in desk.person.says_word("stop")
        assert desk.state()[0] == "asked"

    def test_after_a_day_it_is_not_an_answer_any_more(self, desk):
        desk.asks()
        for _ in range(13):
            # They write now and then, so that nothing is asked in between.
            desk.person.now += timedelta(minutes=115)
            desk.person.texts_us("I am still here")
        assert desk.person.texts_us("yes") == []
        assert desk.state()[0] == "asked"

    def test_without_a_question_a_yes_is_a_word_like_any_other(self, desk):
        assert desk.person.texts_us("yes") == []
        assert desk.sam.hears()[-1] == "yes"

    def test_asked_anew_only_the_new_question_counts(self, desk):
        desk.asks(SHELTER)
        desk.asks(CLINIC)
        desk.person.texts_us("yes")
        with desk.sessions() as session:
            rows = handoff.listed(session, desk.case_id)
        assert [(row.to_team, row.state) for row in rows] == [
            (CLINIC, "agreed"),
            (SHELTER, "lapsed"),
        ]

    def test_another_contacts_yes_is_theirs(self, desk, person, conversation, sessions):
        desk.asks()
        other = type(person)(conversation, sessions, person.now, "tel:+12025550102")
        other.calls_a_person()
        assert other.texts_us("yes") == []
        assert desk.state()[0] == "asked"

    def test_it_costs_an_ordinary_text_nothing(self, desk, sessions):
        desk.asks()
        seen = []

        def watch(_connection, _cursor, statement, *_rest):
            seen.append(statement)

        engine = sessions.kw["bind"]
        event.listen(engine, "before_cursor_execute", watch)
        desk.person.texts_us("I am still here")
        event.remove(engine, "before_cursor_execute", watch)
        assert not any("handoffs" in statement for statement in seen)


def _of(desk):
    return desk.sessions, desk.vault, desk.line_id, desk.now


class TestCoverAndSilence:
    def test_asked_before_the_safe_word_it_waits_and_comes_again_when_it_is_safe(self, desk):
        asked = desk.asks()
        desk.person.says_word("safe_word")
        for said in ("yes", "1"):
            assert desk.person.texts_us(said) == ["cover.text"]
        assert desk.state()[0] == "asked"
        desk.person.hears()
        desk.person.says_word("start")
        desk.person.hears()
        # This yes is to whether it is safe.
        assert desk.person.texts_us("yes") == ["person.waiting"]
        assert desk.state()[0] == "asked"
        assert desk.person.hears()[-1] == asked
        assert desk.person.texts_us("yes") == ["handoff.yes"]

    def test_agreed_before_the_safe_word_it_does_not_go_while_it_is_up(self, desk):
        desk.asks()
        desk.person.texts_us("yes")
        desk.person.says_word("safe_word")
        with pytest.raises(CaseRefused, match="covered_pass"):
            desk.passes()
        assert desk.state() == ("agreed", "general")
        desk.person.says_word("start")
        desk.person.texts_us("yes")
        desk.passes()
        assert desk.state() == ("passed", SHELTER)

    def test_somebody_who_watches_is_not_asked_again_before_it_is_safe(self, desk):
        desk.asks()
        desk.person.texts_us("someone is reading my phone")
        desk.person.hears()
        assert desk.person.texts_us("yes") == ["safe.ask"]
        assert desk.state()[0] == "asked"

    def test_after_a_long_silence_safety_comes_first_and_the_question_again(self, desk):
        asked = desk.asks()
        desk.person.now += timedelta(hours=3)
        assert desk.person.texts_us("yes") == ["safe.ask"]
        assert desk.state()[0] == "asked"
        desk.person.hears()
        assert desk.person.texts_us("1") == ["person.waiting"]
        assert desk.person.hears()[-1] == asked
        assert desk.person.texts_us("1") == ["handoff.yes"]

    def test_who_comes_back_after_a_day_is_not_asked_again_by_itself(self, desk):
        desk.asks()
        desk.person.now += timedelta(hours=25)
        desk.person.texts_us("hello")
        desk.person.hears()
        desk.person.texts_us("1")
        assert not any("Shelter North" in said for said in desk.person.hears())

    def test_in_another_language_it_is_asked_again_in_that_one(self, desk):
        desk.asks()
        desk.person.says_word("language")
        desk.person.texts_us("Français")
        assert "Pouvons-nous transmettre à Shelter North" in desk.person.hears()[-1]


class TestPassing:
    def test_with_a_yes_the_other_team_reads_it_and_this_one_no_more(self, desk):
        desk.asks()
        desk.person.texts_us("yes")
        desk.person.hears()
        desk.passes()
        assert "they took my passport" in desk.ana.hears()
        assert desk.sam.reads()["messages"] == []
        with desk.sessions() as session:
            (case,) = casefile.listed(session, desk.line_id)
        assert (case.team, case.state, case.taken_by) == (SHELTER, "waiting", None)
        assert desk.person.hears() == [
            (
                "It is passed on to Shelter North now. Somebody there will write to you here; we cannot"
                " say how soon."
            )
        ]
        assert desk.acts("case.passed") == [("case.passed", desk.sam.member.id, {"team": SHELTER})]

    @pytest.mark.parametrize("answer", [None, "no", "who?"])
    def test_without_a_yes_it_does_not_go(self, desk, answer):
        if answer:
            desk.asks()
            desk.person.texts_us(answer)
        with pytest.raises(CaseRefused, match="no_yes"):
            desk.passes()
        assert desk.state()[1] == "general"
        assert desk.ana.reads()["messages"] == []

    def test_a_yes_for_one_team_is_none_for_another(self, desk):
        desk.asks(SHELTER)
        desk.person.texts_us("yes")
        with pytest.raises(CaseRefused, match="no_yes"):
            desk.passes(CLINIC)
        assert desk.state() == ("agreed", "general")

    def test_the_key_goes_to_the_team_that_was_named_and_to_no_other(self, desk):
        desk.asks(SHELTER)
        desk.person.texts_us("yes")
        for keys in (
            {},
            desk.sealed_for(desk.sam, CLINIC),
            desk.sealed_for(desk.sam, SHELTER, CLINIC),
            {SHELTER: (10**6, b"x" * 80)},
            {SHELTER: (desk.sealed_for(desk.sam, SHELTER)[SHELTER][0], b"short")},
        ):
            with pytest.raises(CaseRefused, match="team_key"):
                desk.passes(SHELTER, keys=keys)
        assert desk.state() == ("agreed", "general")
        assert desk.cleo.reads()["messages"] == []

    def test_a_yes_is_used_once(self, desk):
        desk.asks()
        desk.person.texts_us("yes")
        desk.passes()
        desk.takes(desk.ana)
        desk.passes("general", by=desk.ana, keys=desk.sealed_for(desk.ana, "general", "child"))
        desk.takes(desk.sam)
        with pytest.raises(CaseRefused, match="no_yes"):
            desk.passes()

    def test_a_yes_that_the_contact_takes_back_is_none(self, desk):
        desk.asks()
        desk.person.texts_us("yes")
        desk.person.hears()
        assert desk.person.texts_us("no") == ["handoff.no"]
        assert desk.state()[0] == "withdrawn"
        assert "note.consent_withdrawn" in desk.sam.notes()
        with pytest.raises(CaseRefused, match="no_yes"):
            desk.passes()

    def test_what_a_caseworker_takes_back_is_gone_too(self, desk):
        desk.asks()
        desk.person.texts_us("yes")
        desk.lets_be()
        assert desk.acts("case.consent_withdrawn") == [
            ("case.consent_withdrawn", desk.sam.member.id, {"team": SHELTER})
        ]
        with pytest.raises(CaseRefused, match="no_yes"):
            desk.passes()
        with pytest.raises(CaseRefused, match="handoff_over"):
            desk.lets_be()

    def test_a_yes_outlasts_a_change_of_caseworker(self, desk):
        desk.asks()
        desk.person.texts_us("yes")
        noor = Caseworker(*_of(desk), "noor")
        noor.keys = desk.sam.keys
        with desk.sessions.begin() as session:
            cases.give_back(session, desk.vault, desk.case_id, desk.sam.member, desk.now)
        desk.takes(noor)
        with desk.sessions() as session:
            number, box = casekeys.sealed_for(session, desk.case_id, desk.sam.member.id)[0]
            key_id, public = casekeys.current(session, desk.line_id, [SHELTER])[SHELTER]
        sealed = seal_key(open_key(box, desk.sam.keys.teams[number]), public)
        desk.passes(by=noor, keys={SHELTER: (key_id, sealed)})
        assert desk.state() == ("passed", SHELTER)

    def test_who_has_not_taken_it_passes_nothing(self, desk):
        desk.asks()
        desk.person.texts_us("yes")
        keys = desk.sealed_for(desk.sam, SHELTER)
        for other in (desk.ana, Caseworker(*_of(desk), "noor")):
            with pytest.raises(CaseRefused, match="not_yours"):
                desk.passes(by=other, keys=keys)

    def test_the_database_itself_refuses_what_has_no_ground(self, desk):
        desk.asks()
        for values in ({}, {"ground": "consent"}, {"ground": "because"}):
            with pytest.raises(IntegrityError), desk.sessions.begin() as session:
                session.execute(update(Handoff).values(state="passed", **values))

    def test_of_somebody_forgotten_nothing_is_passed_on(self, desk):
        desk.asks()
        desk.person.texts_us("yes")
        desk.person.says_word("delete")
        desk.person.texts_us("1")
        with pytest.raises(CaseRefused, match="forgotten"):
            desk.passes()


class TestWithoutAYes:
    @pytest.mark.parametrize("reason", passing.REASONS)
    def test_for_a_reason_it_goes_and_everybody_can_see_why(self, desk, reason):
        desk.passes(reason=reason, parts=("summary", "thread"))
        assert desk.state() == ("passed", SHELTER)
        row = desk.last()
        assert (row.ground, row.answered_at, row.by_staff) == (reason, None, desk.sam.member.id)
        assert desk.acts("case.consent_overridden") == [
            (
                "case.consent_overridden",
                desk.sam.member.id,
                {"team": SHELTER, "reason": reason},
            )
        ]
        assert f"note.no_yes_{reason}" in desk.ana.notes()
        # What the contact is told, a person decides.
        assert desk.person.hears() == []

    @pytest.mark.parametrize("reason", ["", "convenience", "consent", "inside"])
    def test_without_one_of_the_reasons_it_does_not(self, desk, reason):
        with pytest.raises(CaseRefused, match=r"reason|no_yes"):
            desk.passes(reason=reason, parts=("summary",))
        assert desk.state()[1] == "general"
        assert desk.acts("case.consent_overridden") == []

    def test_after_a_no_a_reason_is_still_a_reason(self, desk):
        desk.asks()
        desk.person.texts_us("no")
        desk.passes(reason="danger", parts=("summary",))
        assert desk.state() == ("passed", SHELTER)

    def test_under_cover_danger_is_a_reason(self, desk):
        desk.person.says_word("safe_word")
        desk.passes(reason="danger", parts=("thread",))
        assert desk.state() == ("passed", SHELTER)
        assert desk.person.hears() == [
            "Sunny today with a light wind, a little cooler in the evening. Have a nice day!"
        ]

    def test_a_refused_key_leaves_nothing_on_record(self, desk):
        with pytest.raises(CaseRefused, match="team_key"):
            desk.passes(reason="danger", parts=("summary",), keys={})
        assert desk.acts("case.consent_overridden", "case.passed") == []
        assert desk.state() == ("", "general")


class TestWhatIsPassedOn:
    def given(self, desk):
        """Whether the summary, and how many entries of the thread, whoever has the case is handed out."""
        with desk.sessions() as session:
            found = handoff.given(session, desk.case_id)
            entries = casefile.thread(session, desk.case_id)
        return found.summary, sum(entry.id > found.after for entry in entries)

    def goes(self, desk, parts, team=SHELTER, by=None):
        desk.asks(team, parts, by=by)
        assert desk.person.texts_us("yes") == ["handoff.yes"]
        desk.passes(team, by=by)

    def test_without_the_thread_they_see_what_is_said_from_then_on(self, desk):
        self.goes(desk, ("summary",))
        desk.person.texts_us("hello?")
        # That it was passed on, and what was said since.
        assert self.given(desk) == (True, 2)

    def test_without_the_summary_they_do_not_see_it(self, desk):
        before = self.given(desk)[1]
        self.goes(desk, ("thread",))
        summary, entries = self.given(desk)
        assert not summary
        assert entries > before

    def test_who_was_given_less_cannot_pass_on_more(self, desk):
        self.goes(desk, ("form",))
        desk.takes(desk.ana)
        desk.person.hears()
        seen = self.given(desk)[1]
        with pytest.raises(CaseRefused, match="parts"):
            desk.asks(CLINIC, ("summary",), by=desk.ana)
        with pytest.raises(CaseRefused, match="parts"):
            desk.passes(CLINIC, by=desk.ana, reason="danger", parts=("summary",))
        self.goes(desk, ("thread",), CLINIC, by=desk.ana)
        assert desk.state() == ("passed", CLINIC)
        # Question, answer, two notes: what was said before the shelter had it, the clinic does not see either.
        assert self.given(desk) == (False, seen + 4)

    def test_given_back_the_line_has_all_of_it_again(self, desk):
        self.goes(desk, ("form",))
        desk.takes(desk.ana)
        desk.passes("general", by=desk.ana, keys=desk.sealed_for(desk.ana, "general", "child"))
        summary, entries = self.given(desk)
        assert summary
        assert "they took my passport" in desk.sam.hears()
        assert entries == len(desk.sam.reads()["messages"])
        assert desk.ana.reads()["messages"] == []


class TestWithinTheLine:
    def test_to_another_team_of_the_line_nobody_is_asked(self, desk):
        desk.passes("child", keys={})
        assert desk.state() == ("passed", "child")
        assert "they took my passport" in desk.sam.hears()
        assert desk.acts("case.consent_overridden") == []

    def test_a_question_that_stood_lapses_with_it(self, desk):
        desk.asks()
        desk.passes("child", keys={})
        desk.person.texts_us("yes")
        with desk.sessions() as session:
            states = [row.state for row in handoff.listed(session, desk.case_id)]
        assert states == ["passed", "lapsed"]

    def test_a_reason_is_not_a_way_around_the_table(self, desk):
        with pytest.raises(CaseRefused, match="reason"):
            desk.passes("child", keys={}, reason="danger", parts=("thread",))

    def test_where_it_is_already_it_does_not_go(self, desk):
        for team in ("general", "nowhere"):
            with pytest.raises(CaseRefused, match="team"):
                desk.passes(team, keys={})

    def test_a_colleague_goes_on_and_the_contact_is_told_who(self, desk):
        noor = desk.hires("Noor")
        desk.hands_over(noor)
        with desk.sessions() as session:
            case = session.get(Case, desk.case_id)
        assert (case.state, case.taken_by, case.team) == ("taken", noor, "general")
        assert desk.person.hears() == ["Noor will write to you here from now on."]
        assert desk.acts("case.passed") == [("case.passed", desk.sam.member.id, {"staff": noor})]
        with pytest.raises(CaseRefused, match="not_yours"):
            desk.writes()

    def test_under_cover_the_contact_is_told_nothing(self, desk):
        noor = desk.hires("Noor")
        desk.person.says_word("safe_word")
        desk.person.hears()
        desk.hands_over(noor)
        assert desk.person.hears() == []

    def test_nobody_is_handed_what_they_may_not_or_cannot_open(self, desk):
        with desk.sessions.begin() as session:
            staff.add(
                session,
                line_id=desk.line_id,
                login="keyless",
                display_name="Keyless",
                role="caseworker",
                language="en",
            )
            keyless = session.scalar(select(Staff.id).where(Staff.login == "keyless"))
        gone = desk.hires("Gone")
        with desk.sessions.begin() as session:
            session.get(Staff, gone).active = False
        for number in (keyless, gone, desk.ana.member.id, desk.sam.member.id, 10**9):
            with pytest.raises(CaseRefused, match="colleague"):
                desk.hands_over(number)

    def test_nobody_is_handed_more_than_they_may_have(self, desk):
        noor = desk.hires("Noor")
        with desk.sessions.begin() as session:
            session.get(Staff, noor).most_cases = 0
        with pytest.raises(CaseRefused, match="full"):
            desk.hands_over(noor)


class TestStates:
    @given(st.lists(st.sampled_from(sorted(TRANSITIONS)), max_size=6))
    @settings(max_examples=200)
    def test_only_what_the_table_says_follows(self, wanted):
        row = Handoff(state="asked")
        for state in wanted:
            before = row.state
            if state in TRANSITIONS[before]:
                handoff.moved(row, state)
                assert row.state == state
            else:
                with pytest.raises(CaseRefused):
                    handoff.moved(row, state)
                assert row.state == before

    def test_to_be_passed_on_it_has_to_be_agreed(self):
        before = {state for state, after in TRANSITIONS.items() if "passed" in after}
        assert before == {"agreed"}
        assert {state for state, after in TRANSITIONS.items() if after} == set(OPEN)

    @settings(
        max_examples=30,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        steps=st.lists(
            st.sampled_from(
                ["ask", "ask other", "yes", "no", "hm", "write", "cover", "lift", "let be"]
            ),
            max_size=9,
        )
    )
    def test_whatever_happens_it_goes_only_after_a_clear_yes_to_that_team(self, desk, steps):
        desk.meets_somebody_new()
        told = Told(desk)
        for step in steps:
            told.step(step)
            state, team = desk.state()
            assert team == "general"
            assert (state == "agreed") == (told.agreed is not None), steps
        for team in (SHELTER, CLINIC):
            if team != told.agreed or told.covered:
                with pytest.raises(CaseRefused, match=r"no_yes|covered"):
                    desk.passes(team)
        assert desk.state()[1] == "general"
        if told.agreed and not told.covered:
            desk.passes(told.agreed)
            assert desk.state() == ("passed", told.agreed)


class Told:
    """What the contact of a desk was asked last and said, without a look at how it is kept."""

    def __init__(self, desk):
        self.desk, self.asked, self.agreed = desk, None, None
        self.fresh = self.covered = False

    def step(self, step):
        getattr(self, step.replace(" ", "_"))()
        self.desk.person.hears()

    def ask(self, team=SHELTER):
        if self.covered:
            with pytest.raises(CaseRefused, match="covered"):
                self.desk.asks(team)
            return
        self.desk.asks(team)
        self.asked, self.agreed, self.fresh = team, None, True

    def ask_other(self):
        self.ask(CLINIC)

    def yes(self):
        self.desk.person.texts_us("yes")
        if self.asked and self.fresh and not self.covered:
            self.asked, self.agreed = None, self.asked

    def no(self):
        self.desk.person.texts_us("no")
        if self.fresh and not self.covered:
            self.asked = self.agreed = None

    def hm(self):
        self.desk.person.texts_us("hm, I am not sure about them")

    def write(self):
        if not self.covered:
            self.desk.writes()
            self.fresh = False

    def cover(self):
        self.desk.person.says_word("safe_word")
        self.covered = True

    def lift(self):
        if self.covered:
            self.desk.person.says_word("start")
            assert self.desk.person.texts_us("yes") == ["person.waiting"]
            self.covered = False
            # A question that waited was put again.
            self.fresh = self.fresh or self.asked is not None

    def let_be(self):
        if self.asked or self.agreed:
            self.desk.lets_be()
        self.asked = self.agreed = None
