"""One utterance by itself: what it means as an answer, how sure that is, and the alarm it raises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from triage import understand
from triage.ages import age
from triage.ear import Ear, alarms_in
from triage.echoes import beside, weighed
from triage.flow import SKIP, YES_NO, Flow, Option
from triage.phrasebook import Alarm
from triage.plain import words
from triage.reading import NOTHING, PLAIN, PLAIN_NO, SURE, Reading
from triage.understand import ANSWERS

Expected = Literal["yesno", "age", "digit", "choice"]


@dataclass(frozen=True, slots=True)
class Understood:
    """`meaning` is None where it has to be asked again; `both` are answers given at once."""

    meaning: str | int | None
    confidence: float
    alarm: Alarm | None
    both: tuple[str, ...] = ()


def hear(
    text: str,
    language: str,
    expected: Expected,
    ear: Ear | None = None,
    options: Sequence[Option] = (),
    labels: Mapping[str, str] | None = None,
    question: str = "",
) -> Understood:
    """What `text` means where `expected` was asked; `options` and their `labels` are for a choice.

    `question` is the id of what was asked, where answers may echo it.
    """
    alarms: tuple[Alarm, ...] = ()
    command = understand.command(text, language)
    reading = _reading(text, language, expected, options, labels)
    sure = reading.confidence == SURE
    if question:
        reading = weighed(reading, text, question, language)
    if command in ("human", "stop") and not sure:
        alarms = (command,)
    elif reading == PLAIN_NO:
        alarms, _ = alarms_in(
            beside(text, question, language), dict.fromkeys((language, "en")), None
        )
    elif not sure or len(words(text)) > 1:
        answers = reading.meaning in ANSWERS or bool(reading.both)
        asked = None if reading.confidence == PLAIN else ear
        alarms, _ = alarms_in(text, dict.fromkeys((language, "en")), asked, answers=answers)
    meaning: str | int | None = reading.meaning or None
    if expected == "digit" and reading.meaning:
        meaning = int(reading.meaning)
    return Understood(
        meaning, reading.confidence, alarms[0] if alarms else None, tuple(reading.both)
    )


def options_of(flow: Flow, name: str) -> tuple[Option, ...] | None:
    """The options of a step or a question, by its name; None when there is none of that name."""
    for question in flow.questions():
        if question.id == name:
            return question.answers
    step = flow.steps.get(name)
    return step.options if step and step.options else None


def _reading(
    text: str,
    language: str,
    expected: Expected,
    options: Sequence[Option],
    labels: Mapping[str, str] | None,
) -> Reading:
    if expected == "age":
        return age(text, language)
    if expected == "digit":
        number = understand.digit(text, language)
        return NOTHING if number is None else Reading(str(number), SURE)
    if expected == "choice":
        return understand.pick(text, options, language, labels)
    # As a question is asked: by number, too.
    said = understand.answer(text, language)
    return said if said.meaning or said.both else understand.pick(text, (*YES_NO, SKIP), language)
