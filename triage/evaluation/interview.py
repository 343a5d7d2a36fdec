"""A person of the simulation answers questions: some are skipped, some misread, and some people are gone.

A question is answered yes when anything that its words cover is true of the person (answers.toml), or any of
its needs. So who needs papers says that papers are kept, which makes it harder for us. Part of the answers
is written in words, and taken as the engine takes them. The same noise holds for every list.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from random import Random

from triage.evaluation.population import Noise, Person
from triage.flow import Question

ANSWERS = Path(__file__).with_name("answers.toml")
SKIPPED = "skip"
Following = Callable[[Mapping[str, str]], Question | None]
# What each written answer of a meaning is taken for; for nothing, where it has to be asked again.
Reads = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Interview:
    """`asked` counts questions put, again or over the last of which the person was `lost` included."""

    answers: Mapping[str, str]
    asked: int
    lost: bool


@dataclass(frozen=True, slots=True)
class Chances:
    """What is drawn at each question, all of it always: no answer changes what befalls a later one."""

    leave: float
    leave_again: float
    skip: float
    misread: float
    other: float
    typed: float
    words: float


@dataclass(frozen=True, slots=True)
class Answering:
    """How `person` answers. `reads` are those of their language; without any, every answer is understood."""

    person: Person
    noise: Noise
    seed: int
    reads: Reads

    def interviewed(self, sheet: str, following: Following) -> Interview:
        """Ask what `following` says until it says nothing, an answer interrupts, or the person is lost.

        A person draws by themselves for each `sheet`, so that no other person's answers change theirs.
        """
        random = Random(f"{self.seed} {self.person.number} {sheet}")  # noqa: S311 - has to repeat itself
        answers: dict[str, str] = {}
        asked = 0
        while (question := following(answers)) is not None:
            drawn = Chances(*(random.random() for _ in fields(Chances)))
            meant = self._meant(question, drawn)
            taken = self._taken(question, meant, drawn)
            asked += 1
            if drawn.leave < self.noise.leave:
                return Interview(answers, asked, lost=True)
            if not taken:
                asked += 1
                if drawn.leave_again < self.noise.leave:
                    return Interview(answers, asked, lost=True)
            # Asked again, people answer by number.
            answers[question.id] = answer = taken or meant
            if question.said(answer).interrupts:
                break
        return Interview(answers, asked, lost=False)

    def _meant(self, question: Question, drawn: Chances) -> str:
        if drawn.skip < self.noise.skip:
            return SKIPPED
        truth = true_answer(question, self.person)
        return (
            _another(question, truth, drawn.other) if drawn.misread < self.noise.misread else truth
        )

    def _taken(self, question: Question, meant: str, drawn: Chances) -> str:
        """What the answer is taken for; empty where it is not understood."""
        written = self.reads.get(meant, ())
        if question.options or not written or drawn.typed >= self.noise.typed:
            return meant
        return written[int(drawn.words * len(written))]


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
