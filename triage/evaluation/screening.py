"""The questionnaire and a four-question screener on the same simulated people, against their lives' truth.

What counts as flagged was chosen before any figure was seen. A person is FLAGGED when the outcome is
possible trafficking, coercion or exploitation, or when they are routed today or now because of danger or of
age: each of these brings somebody trained to them. A deceitful recruitment alone is not flagged (it is met
with prevention), nor is a bed, a doctor or food that is needed today, which says nothing about trafficking.
A wider and a narrower reading are reported beside it.
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from triage.assess import SOON, Assessment
from triage.evaluation.interview import Answering, Interview, Reads
from triage.evaluation.population import Noise, Person, assumptions
from triage.flow import Meaning, Question, Questionnaire
from triage.routing import next_question, remaining, weigh

SCREENER = Path(__file__).with_name("screener.toml")
POSSIBLE = ("possible_trafficking", "possible_coercion", "possible_exploitation")
DANGER_OR_AGE = frozenset({"danger", "child"})
NO_READS: Mapping[str, Reads] = {}


@dataclass(frozen=True, slots=True)
class Engine:
    """What is measured: which question follows, and what the answers add up to."""

    following: Callable[[Questionnaire, Mapping[str, str]], str | None] = next_question
    weighing: Callable[[Questionnaire, Mapping[str, str]], Assessment] = weigh


def in_full(questionnaire: Questionnaire, answers: Mapping[str, str]) -> str | None:
    """The next question of the whole list, whatever is settled already."""
    return next((question.id for question in remaining(questionnaire, answers)), None)


@dataclass(frozen=True, slots=True)
class Screened:
    """One person: what we made of them, what the whole list would have, and what the screener said."""

    person: Person
    trafficked: bool
    interview: Interview
    found: Assessment
    in_full: Interview
    found_in_full: Assessment
    screener: bool

    @property
    def flagged(self) -> bool:
        return flagged(self.found)

    @property
    def urgent(self) -> bool:
        """The wider reading: routed today or now for any reason, or anything possible."""
        return self.found.urgency <= SOON or self.found.outcome.startswith("possible_")

    @property
    def trafficking(self) -> bool:
        """The narrower reading: possible trafficking by name."""
        return self.found.outcome == "possible_trafficking"


def flagged(found: Assessment) -> bool:
    """As the head of this module says."""
    soon = found.urgency <= SOON and not DANGER_OR_AGE.isdisjoint(found.needs)
    return soon or found.outcome in POSSIBLE


def screen(
    people: Iterable[Person],
    questionnaire: Questionnaire,
    seed: int,
    engine: Engine | None = None,
    noise: Noise | None = None,
    on_person: Callable[[], object] = lambda: None,
    reads: Mapping[str, Reads] = NO_READS,
) -> tuple[Screened, ...]:
    """Everybody through both lists; `on_person` is called after each. The noise is the assumed one.

    `reads` are by language.
    """
    engine, noise = engine or Engine(), noise or assumptions().noise
    screened: list[Screened] = []
    for person in people:
        answering = Answering(person, noise, seed, reads.get(person.language, {}))
        screened.append(_screened(answering, questionnaire, engine))
        on_person()
    return tuple(screened)


def _screened(answering: Answering, questionnaire: Questionnaire, engine: Engine) -> Screened:
    def following(answers: Mapping[str, str]) -> Question | None:
        return questionnaire.questions.get(engine.following(questionnaire, answers) or "")

    def all_following(answers: Mapping[str, str]) -> Question | None:
        return questionnaire.questions.get(in_full(questionnaire, answers) or "")

    ours = answering.interviewed("ours", following)
    whole = answering.interviewed("ours", all_following)
    theirs = answering.interviewed("screener", _screener_following)
    return Screened(
        answering.person,
        answering.person.trafficked,
        ours,
        engine.weighing(questionnaire, ours.answers),
        whole,
        engine.weighing(questionnaire, whole.answers),
        "yes" in theirs.answers.values(),
    )


def _screener_following(answers: Mapping[str, str]) -> Question | None:
    """One question after another; the first yes decides, so nothing more is asked."""
    if "yes" in answers.values():
        return None
    return next((q for q in screener() if q.id not in answers), None)


@lru_cache
def screener() -> tuple[Question, ...]:
    """The questions of screener.toml."""
    data: dict[str, Any] = tomllib.loads(SCREENER.read_text(encoding="utf-8"))
    return tuple(
        Question(
            name,
            row["topic"],
            {"yes": Meaning(tuple(row["indicators"]), tuple(row.get("needs", ())))},
        )
        for name, row in data["questions"].items()
    )
