"""Single turns that were once wrong, or easily go wrong."""

import pytest

from tests.triage.walk import FLOW, doubtful, events, everything_said, hears, ids, reachable, takes
from triage import State, offered, step
from triage.ear import thresholds


def test_a_stop_that_comes_first_is_answered_without_a_question():
    turn = takes(State(), "STOP")
    assert (ids(turn), events(turn), turn.state) == (["stop.done"], ["OptedOut"], State())


def test_words_are_only_commands_when_they_stand_alone():
    relay = State(step="with_person", language="en", case=True)
    turn = takes(relay, "please make them stop, I need help")
    assert (ids(turn), events(turn)) == ([], ["CaseNote"])


def test_the_person_word_in_a_talk_is_also_read_by_the_caseworker():
    relay = State(step="with_person", language="fr", case=True)
    turn = takes(relay, "Personne", "fr")
    assert (ids(turn), events(turn)) == (["person.waiting"], ["CaseNote"])


def test_not_safe_stops_the_caseworker_too_until_it_is_safe():
    relay = State(step="with_person", language="en", case=True)
    asked = takes(relay, "hello?", silence=True)
    refused = takes(asked.state, "2")
    assert (ids(refused), events(refused)) == (["safe.not_now"], ["CoverRaised"])
    later = takes(refused.state, "I am alone now")
    assert (ids(later), events(later)) == (["safe.ask"], ["CaseNote"])
    safe = takes(later.state, "yes")
    assert (safe.state.step, events(safe)) == ("with_person", ["CoverLifted"])


def test_a_button_with_a_command_for_a_label_is_a_choice():
    turn = takes(State(step="menu", language="en"), "Talk to a person", picked="person")
    assert events(turn) == ["PathChosen", "CaseRequested"]


def test_a_button_of_an_older_message_is_no_note_for_the_case():
    relay = State(step="with_person", language="en", case=True)
    assert events(takes(relay, "", picked="fees")) == []


def test_a_running_talk_survives_a_changed_flow():
    for stale in (
        State(step="situation", question="gone", language="en"),
        State(step="situation", language="en"),
        State(step="gone", language="en", case=True),
        State(step="menu", question="debt", language="en"),
        State(step="safe", language="en", resume=("situation", "gone")),
        State(step="safe", language="en", resume=("gone", "")),
    ):
        assert ids(takes(stale, "1"))
        assert takes(stale, "0").state.case


def test_the_options_offered_are_those_that_were_shown():
    for state in reachable("en"):
        for _, turn in everything_said(FLOW, state, "en"):
            shown = turn.messages[-1].options if turn.messages else ()
            if shown:
                assert shown == offered(FLOW, turn.state)


def test_a_step_never_changes_the_state_it_was_given():
    state = State(step="situation", question="debt", language="en", answers={"arranged": "yes"})
    before = state.to_json()
    step(FLOW, state, hears("yes"))
    assert state.to_json() == before


def test_who_goes_on_in_another_language_is_offered_a_person_in_the_end():
    state, heard = State(step="menu", language="en"), []
    for _ in range(4):
        turn = step(FLOW, state, hears("je ne comprends pas bien", written="fr"))
        state, heard = turn.state, [*heard, *ids(turn)]
    assert heard[0] == "language.choose"
    assert "offer.person" in heard


def test_a_doubt_about_the_first_text_is_asked_about_once_it_is_safe():
    turn = takes(State(), "he comes back at eight and it begins", ear=doubtful)
    assert ids(turn) == ["language.choose"]
    turn = takes(turn.state, "1")
    assert ids(turn) == ["safe.ask"]
    turn = takes(turn.state, "1")
    assert ids(turn) == ["check.ask"]
    assert ids(takes(turn.state, "no")) == ["menu.ask"]
    assert "help.emergency" in ids(takes(turn.state, "yes"))


def test_a_doubt_about_the_first_text_is_no_path():
    turn = takes(State(), "he comes back at eight and it begins", ear=doubtful)
    for text in ("1", "1"):
        turn = takes(turn.state, text)
    assert turn.state.path == ""
    assert "PathChosen" not in events(turn)


def test_an_option_is_picked_by_the_words_it_is_shown_with():
    state = State(step="menu", language="en")
    turn = takes(state, "an offer of work", labels={"offer": "An offer of work"})
    assert ids(turn)[0] == "offer.intro"


@pytest.mark.parametrize(("text", "asked"), [("16", "child.honest.may"), ("34", "question.forced")])
def test_a_number_of_years_answers_the_question_of_age(text, asked):
    state = State(
        step="situation", language="en", question="under_18", answers={"danger_now": "no"}
    )
    assert asked in ids(takes(state, text))


def test_while_safety_is_asked_about_nothing_else_goes_on():
    turn = takes(State(language="en"), "hello")
    assert ids(turn) == ["safe.ask"]
    assert turn.state.safety == "asked"


def test_a_first_text_that_is_surely_written_in_one_language_is_heard_in_that_one():
    # "They are all well", in Romanian; in Haitian Creole somebody is tortured.
    text = "toti sunt bine acasa"
    assert "Alarmed" in events(takes(State(), text))
    assert "Alarmed" not in events(takes(State(), text, written="ro"))
    assert "Alarmed" in events(takes(State(), "ne sechestreaza cineva", written="ro"))


ASKED = State(step="situation", question="papers_kept", language="en")


def test_an_answer_to_the_question_is_no_cry_unless_the_ear_is_surer_than_elsewhere():
    some, sure = thresholds()["danger"].sure + 0.1, thresholds()["danger"].answers
    answered = takes(ASKED, "my boss took it last year", ear=lambda _text: {"danger": some})
    assert answered.state.answers == {"papers_kept": "yes"}
    assert answered.state.step == "situation"
    cried = takes(ASKED, "my boss took it last year", ear=lambda _text: {"danger": sure})
    assert cried.state.needs == ("danger",)
    assert cried.state.answers == {"papers_kept": "yes"}
    # What answers nothing is believed as anywhere.
    other = takes(ASKED, "we are out at sea", ear=lambda _text: {"danger": some})
    assert other.state.needs == ("danger",)


def test_the_ear_is_not_asked_about_what_plainly_answers():
    asked = State(step="situation", question="forced", language="en")
    for text in ("they dont force me", "no they dont force me"):
        turn = takes(asked, text, ear=lambda _text: {"danger": 1.0})
        assert turn.state.answers == {"forced": "no"}
        assert not turn.state.needs


@pytest.mark.parametrize("language", ["en", "id", "th", "lo"])
def test_who_is_not_in_danger_is_in_none(language):
    said = {
        "en": "i am not in danger",
        "id": "gk dalam bahaya",
        "th": "ไม่อยู่ในอันตราย",
        "lo": "ບໍ່ຢູ່ໃນອັນຕະລາຍ",
    }
    asked = State(step="situation", question="danger_now", language=language)
    turn = takes(asked, said[language], language)
    assert turn.state.answers == {"danger_now": "no"}
    assert not turn.state.needs
    # As a yes to another question it is heard as ever.
    other = State(step="situation", question="papers_kept", language="en")
    assert takes(other, "he took it, i am in danger").state.needs == ("danger",)


@pytest.mark.parametrize(
    "said",
    [
        "no nobody hit me i want to die",
        "nobody hit me, kill myself",
        "no nobody hit me he will kill me",
    ],
)
def test_a_cry_beside_a_denial_is_heard(said):
    asked = State(step="situation", question="hurt", language="en")
    turn = takes(asked, said)
    assert turn.state.needs
    assert turn.state.answers == {"hurt": "no"}


def test_a_phrase_of_alarm_interrupts_an_answer_as_ever():
    turn = takes(ASKED, "my boss took it and he is going to kill me")
    assert turn.state.needs == ("danger",)


def test_an_echo_that_contradicts_the_word_before_it_is_asked_about():
    turn = takes(ASKED, "no, they keep it")
    assert ids(turn)[0] == "answer.which"
    assert turn.state.question == "papers_kept"


def test_the_age_of_another_person_is_understood_as_ones_own_is():
    asked = State(step="someone_else", question="other_child", language="en")
    assert takes(asked, "she is 15").state.answers["other_child"] == "yes"
    assert takes(asked, "he is 30 years old").state.answers["other_child"] == "no"
