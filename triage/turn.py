"""What goes into a step and what comes out: `Heard`, `State`, `Say`, and the closed union `Event`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Literal, cast

from triage.assess import Assessment
from triage.flow import Option
from triage.phrasebook import Alarm

# What the engine says by itself, wherever the flow stands.
NOT_UNDERSTOOD = "not_understood"
PICTURE_UNSEEN = "picture.unseen"
EDITED_UNSEEN = "edited.unseen"
STOP_DONE = "stop.done"
START_DONE = "start.done"
HELP_WORDS = "help.words"
PERSON_WAITING = "person.waiting"
PERSON_CALLED = "person.called"
ERASE_DONE = "erase.done"
WHICH_ONE = "answer.which"
ANSWER_YES, ANSWER_NO, ANSWER_SKIP = "answer.yes", "answer.no", "answer.skip"
LANGUAGE_MORE = "language.more"

ENGINE_MESSAGES = (
    NOT_UNDERSTOOD,
    PICTURE_UNSEEN,
    EDITED_UNSEEN,
    STOP_DONE,
    START_DONE,
    HELP_WORDS,
    PERSON_WAITING,
    PERSON_CALLED,
    ERASE_DONE,
    WHICH_ONE,
    ANSWER_YES,
    ANSWER_NO,
    ANSWER_SKIP,
    LANGUAGE_MORE,
)


@dataclass(frozen=True, slots=True)
class State:
    """Where a conversation stands. Serialises to JSON; an empty one is a person never met."""

    step: str = ""
    question: str = ""
    language: str = ""
    path: str = ""
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    misses: int = 0
    # Step and question to go back to after an interruption.
    resume: tuple[str, str] = ("", "")
    # Languages in the order they were offered, and the page of them that was read last, so that a digit
    # means what was read.
    offered: tuple[str, ...] = ()
    page: int = 0
    case: bool = False
    # "asked" and "covered": the talk goes on only after a yes to whether it is safe. While it is
    # "covered" a caseworker may not write either.
    safety: Literal["", "asked", "covered"] = ""
    # Needs that were stated outside a questionnaire: by words of alarm, or by where a person was called.
    needs: tuple[str, ...] = ()
    # Where the first words seemed to lead, taken once it is safe: a path, or the question of an alarm.
    hint: str = ""
    # The language in which they were asked whether to sign up for messages, until they answer.
    signup: str = ""

    def to_json(self) -> str:
        # Not `asdict`, which copies deeply: this is written down at every text that comes in.
        return json.dumps(
            {f.name: getattr(self, f.name) for f in fields(self)}, separators=(",", ":")
        )

    @classmethod
    def from_json(cls, text: str) -> "State":
        data = cast("dict[str, object]", json.loads(text))
        resume = cast("list[str]", data.pop("resume"))
        offered = cast("list[str]", data.pop("offered"))
        needs = cast("list[str]", data.pop("needs", []))
        return cls(
            resume=(resume[0], resume[1]),
            offered=tuple(offered),
            needs=tuple(needs),
            **data,  # pyright: ignore[reportArgumentType]
        )


@dataclass(frozen=True, slots=True)
class Heard:
    """What a contact sent, as far as the flow needs it.

    `picked` is an option id when a button was pressed; `labels` are the words shown for each option.
    `languages` are those of the line, the likeliest first, and `guess` is the one to speak in. `written` is
    the one the text is surely written in, `named` the one whose name it is, or empty. `silence` is true when
    the contact had been quiet for long.
    """

    text: str = field(repr=False)
    languages: tuple[str, ...]
    guess: str
    picked: str = ""
    kind: Literal["text", "picture", "edited"] = "text"
    silence: bool = False
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    written: str = ""
    named: str = ""


@dataclass(frozen=True, slots=True)
class Say:
    """A message to speak, by id, with the options that can be picked."""

    id: str
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    language: str


@dataclass(frozen=True, slots=True)
class PathChosen:
    path: str


@dataclass(frozen=True, slots=True)
class Screened:
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Checked:
    """A questionnaire that weighs nothing was gone through: an offer, or somebody else's situation."""

    questionnaire: str


@dataclass(frozen=True, slots=True)
class Alarmed:
    """Words of alarm were recognised; an open case becomes as urgent as they are."""

    alarm: Alarm


@dataclass(frozen=True, slots=True)
class CaseRequested:
    """A person is to answer. Without consent to pass answers on, `assessment` is None."""

    path: str
    urgency: int
    team: str
    assessment: Assessment | None


@dataclass(frozen=True, slots=True)
class SummaryShared:
    """The contact agreed that what was answered may be read by the person who answers."""

    assessment: Assessment


@dataclass(frozen=True, slots=True)
class CaseNote:
    """Words for the caseworker."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OptedOut:
    pass


@dataclass(frozen=True, slots=True)
class OptedIn:
    pass


@dataclass(frozen=True, slots=True)
class CoverRaised:
    """The safe word: somebody else may be reading."""


@dataclass(frozen=True, slots=True)
class CoverLifted:
    pass


@dataclass(frozen=True, slots=True)
class ErasureConfirmed:
    pass


Event = (
    LanguageChosen
    | PathChosen
    | Screened
    | Checked
    | Alarmed
    | CaseRequested
    | SummaryShared
    | CaseNote
    | OptedOut
    | OptedIn
    | CoverRaised
    | CoverLifted
    | ErasureConfirmed
)


@dataclass(frozen=True, slots=True)
class Turn:
    """The whole outcome of hearing something: the new state, what to say, what happened."""

    state: State
    messages: tuple[Say, ...] = ()
    events: tuple[Event, ...] = ()
