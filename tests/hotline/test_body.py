"""Words and options of a message as they are kept, and their shorter form as SMS."""

import json

from hotline.body import Body, numbered, speak
from locales import count_segments
from triage import Option, Say

YES_NO = (Option("yes", "answer.yes"), Option("no", "answer.no"))


def test_a_body_is_kept_whole_and_those_of_before_are_still_read():
    said = speak((Say("safe.ask", YES_NO),), "es", "safe")
    assert Body.from_json(said.to_json()) == said
    assert Body.from_json(json.dumps(["Hola", [["yes", "Sí"]]])) == Body("Hola", (("yes", "Sí"),))
    typed = Body("¿Está sola?")
    assert Body.from_json(typed.to_json()) == typed


def test_what_the_line_says_is_sent_in_the_shorter_alphabet_and_what_one_of_ours_types_is_not():
    said = speak((Say("safe.ask", YES_NO),), "es", "safe")
    sent = said.as_sms()
    before, after = (count_segments(numbered(b.text, b.options)) for b in (said, sent))
    assert (before.encoding, after.encoding) == ("UCS-2", "GSM-7")
    assert after.segments < before.segments
    # A button carries where it was offered, whatever its label looks like.
    assert [option for option, _ in sent.options] == [option for option, _ in said.options]
    assert Body("¿Está sola?").as_sms().text == "¿Está sola?"


def test_marks_are_not_given_away_where_another_script_makes_the_text_dear_all_the_same():
    said = Body("¿Está sola?", (("uk", "Українська"),), "es")
    assert said.as_sms() == said
