"""A person of the simulation answers questions: some are skipped, some misread, and some people are gone.

A question is answered yes when any of its indicators or of its needs is true of the person. So who needs
papers says that papers are kept, which makes it harder for us. The same noise holds for every list.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from random import Random

from triage.evaluation.population import Noise, Person
from triage.flow import Question

ANSWERS = Path(__file__).with_name("answers.toml")
SKIPPED = "skip"
Following = Callable[[Mapping[str, str]], Question | None]


@dataclass(frozen=True, slots=True)
class Interview:
    """`asked` counts questions put, the last included where the person was `lost` over it."""

    answers: Mapping[str, str]
    asked: int
    lost: bool


@dataclass(frozen=True, slots=True)
class Answering:
    """How `person` answers, with `random` of their own, so that no other person's answers change theirs."""

    person: Person
    noise: Noise
    random: Random = field(repr=False)

    def interviewed(self, following: Following) -> Interview:
        """Ask what `following` says until it says nothing, an answer interrupts, or the person is lost."""
        answers: dict[str, str] = {}
        while (question := following(answers)) is not None:
            if self.random.random() < self.noise.leave:
                return Interview(answers, len(answers) + 1, lost=True)
            answers[question.id] = answer = self._answer(question)
            if question.said(answer).interrupts:
                break
        return Interview(answers, len(answers), lost=False)

    def _answer(self, question: Question) -> str:
        # All three draws are made at each question: what is skipped changes no later answer.
        skips = self.random.random() < self.noise.skip
        misread = self.random.random() < self.noise.misunderstood[self.person.language]
        truth, other = true_answer(question, self.person), self.random.random()
        if skips:
            return SKIPPED
        return _another(question, truth, other) if misread else truth


def true_answer(question: Question, person: Person) -> str:
    """The answer that the person's life gives: an option, and to yes or no "no" where none fits."""
    for option, meaning in question.means.items():
        true = person.yes | person.needs
        told = covered().get(question.id, meaning.indicators)
        if not true.isdisjoint((*told, *meaning.needs)):
            return option
    return SKIPPED if question.options else "no"


@lru_cache
def covered() -> Mapping[str, tuple[str, ...]]:
    """The indicators that the words of a question cover, by question; of answers.toml."""
    data = tomllib.loads(ANSWERS.read_text(encoding="utf-8"))
    return {name: tuple(codes) for of in data.values() for name, codes in of.items()}


def _another(question: Question, truth: str, chance: float) -> str:
    """Any answer but the true one, skipping left out."""
    others = [o.id for o in question.answers if o.id not in (truth, SKIPPED)]
    return others[int(chance * len(others))]
