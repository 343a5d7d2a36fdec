"""A flow is the conversation as data: steps, what each says, what can be answered, where it leads."""

from collections.abc import Mapping
from dataclasses import dataclass
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

Element = Literal["age", "danger", "act", "means", "purpose"]
ELEMENTS: tuple[Element, ...] = ("age", "danger", "act", "means", "purpose")

# What can be chosen in a menu; each is counted, so the list is closed.
PATHS = ("help_now", "offer", "someone_else", "information", "person")

# The steps the engine itself leads to; a flow has to have them.
REQUIRED: Mapping[str, Kind] = {
    "language": "language",
    "safe": "choice",
    "not_safe": "rest",
    "menu": "choice",
    "person": "call",
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


@dataclass(frozen=True, slots=True)
class Question:
    """One yes/no/skip question.

    `element` is what a yes speaks for: age, danger, or act/means/purpose after Palermo Art. 3.
    `interrupts` names the step a yes leads to at once. `indicator` is an ILO indicator code.
    """

    id: str
    say: str
    element: Element
    indicator: str = ""
    interrupts: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Questionnaire:
    id: str
    version: int
    questions: Mapping[str, Question]


@dataclass(frozen=True, slots=True)
class Flow:
    id: str
    version: int
    steps: Mapping[str, Step]
    questionnaires: Mapping[str, Questionnaire]

    def message_ids(self) -> set[str]:
        """Every message id the flow can speak, so that catalogs can be checked against it."""
        ids = {say for step in self.steps.values() for say in step.say}
        options = [option for step in self.steps.values() for option in step.options]
        ids |= {option.label for option in options}
        ids |= {option.say for option in options if option.say}
        ids |= {
            question.say
            for questionnaire in self.questionnaires.values()
            for question in questionnaire.questions.values()
        }
        return ids

    def options_under(self) -> dict[str, tuple[str, ...]]:
        """The labels shown below a message, by its id, so that its whole length can be checked."""
        under = {
            step.say[-1]: tuple(option.label for option in step.options)
            for step in self.steps.values()
            if step.say and step.options
        }
        asked = {
            question.say: ("answer.yes", "answer.no", "answer.skip")
            for questionnaire in self.questionnaires.values()
            for question in questionnaire.questions.values()
        }
        return under | asked
