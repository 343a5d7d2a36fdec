"""A flow is the conversation as data: steps, what each says, what can be answered, where it leads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["language", "choice", "questionnaire", "call", "rest", "relay", "cover", "erase"]
KINDS: tuple[Kind, ...] = (
    "language",
    "choice",
    "questionnaire",
    "call",
    "rest",
    "relay",
    "cover",
    "erase",
)

# Where a step may lead besides another step's name: back to what was interrupted.
RESUME = "@resume"

# What can be chosen in a menu; each is counted, so the list is closed.
PATHS = ("help_now", "situation", "offer", "someone_else", "information", "person")

# The steps the engine itself leads to; a flow has to have them.
REQUIRED: Mapping[str, Kind] = {
    "language": "language",
    "safe": "choice",
    "not_safe": "rest",
    "paused": "rest",
    "menu": "choice",
    "person": "call",
    "danger": "call",
    "suicide": "call",
    "child": "call",
    "check": "choice",
    "share": "choice",
    "offer_person": "choice",
    "with_person": "relay",
    "cover": "cover",
    "erase": "erase",
    "ended": "rest",
}


@dataclass(frozen=True, slots=True)
class Option:
    """An answer that can be picked. `label` is a message id, or `native:xx` for a language's name.

    `say` is spoken when it is picked, before what the next step says.
    """

    id: str
    label: str
    next: str = ""
    say: str = ""
    path: str = ""
    shares: bool = False
    opens_case: bool = False


YES_NO = (Option("yes", "answer.yes"), Option("no", "answer.no"))
SKIP = Option("skip", "answer.skip")


@dataclass(frozen=True, slots=True)
class Step:
    """One place in the conversation. `say` are message ids, spoken in order."""

    id: str
    kind: Kind
    say: tuple[str, ...]
    options: tuple[Option, ...] = ()
    next: str = ""
    questionnaire: str = ""
    next_advice: str = ""
    urgency: int = 3
    # What calling a person here says is needed.
    needs: tuple[str, ...] = ()
    # Free words may lead from here to a path or to a topic.
    listens: bool = False
    # The information topic that is told here, and why its facts can be trusted.
    topic: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an answer stands for: indicators, needs, words said at once, a step it leads to at once."""

    indicators: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    says: str = ""
    interrupts: str = ""


NOTHING = Meaning()


@dataclass(frozen=True, slots=True)
class Question:
    """One question that can be skipped: yes/no, or with `options` of its own.

    `means` is what each answer that matters stands for, by option id. A `first` question is asked before
    the order adapts; `likely` is the share of people expected to give an answer that matters; with
    `when` it is asked only after these answers to earlier questions.
    """

    id: str
    say: str
    means: Mapping[str, Meaning]
    options: tuple[Option, ...] = ()
    first: bool = False
    likely: float = 0.5
    when: Mapping[str, str] = field(default_factory=dict[str, str])
    source: str = ""

    @property
    def answers(self) -> tuple[Option, ...]:
        """What can be picked, skipping included."""
        return (*(self.options or YES_NO), SKIP)

    def said(self, answer: str) -> Meaning:
        """What an answer stands for; most stand for nothing."""
        return self.means.get(answer, NOTHING)


@dataclass(frozen=True, slots=True, eq=False)
class Questionnaire:
    """Questions in the order of the file. `adaptive`: the next one is the likeliest to settle routing.

    `scored` ones are weighed by the indicators; the others only say what is needed.
    """

    id: str
    version: int
    questions: Mapping[str, Question]
    scored: bool = True
    adaptive: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    id: str
    version: int
    steps: Mapping[str, Step]
    questionnaires: Mapping[str, Questionnaire]

    def questions(self) -> Iterator[Question]:
        for questionnaire in self.questionnaires.values():
            yield from questionnaire.questions.values()

    def message_ids(self) -> set[str]:
        """Every message id the flow can speak, so that catalogs can be checked against it."""
        ids = {say for step in self.steps.values() for say in step.say}
        options = [option for step in self.steps.values() for option in step.options]
        options += [option for question in self.questions() for option in question.answers]
        ids |= {option.label for option in options}
        ids |= {option.say for option in options if option.say}
        ids |= {question.say for question in self.questions()}
        ids |= {m.says for question in self.questions() for m in question.means.values() if m.says}
        return ids

    def options_under(self) -> dict[str, tuple[str, ...]]:
        """The labels shown below a message, by its id, so that its whole length can be checked."""
        under = {
            step.say[-1]: tuple(option.label for option in step.options)
            for step in self.steps.values()
            if step.say and step.options
        }
        asked = {
            question.say: tuple(option.label for option in question.answers)
            for question in self.questions()
        }
        return under | asked

    def topics(self) -> dict[str, str]:
        """The step that tells of each information topic."""
        return {step.topic: step.id for step in self.steps.values() if step.topic}
