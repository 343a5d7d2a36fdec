"""What is understood of held-out phrases: alarms raised, false alarms, answers, and where a first text leads.

Right, asked back and wrong are told apart: to ask once more costs patience, to take a no for a yes costs
trust. A text of danger counts when danger or suicide is raised, since both lead to the same help; any other
text of alarm counts when its own alarm is among those raised.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from triage import alarms, understand
from triage.alarms import ALARMS
from triage.ear import Ear, listen
from triage.evaluation.held_out import HeldOut, Texts
from triage.evaluation.metrics import Share, share
from triage.utterance import Expected, hear

NONE = "none"
SAME_HELP: Mapping[str, frozenset[str]] = {"danger": frozenset({"danger", "suicide"})}
ANSWERS: tuple[Expected, ...] = ("yesno", "age", "digit")
# What listens: the phrases of alarm and the words that work anywhere, the ear, or both as they are used.
PHRASES, BY_EAR, BOTH = "phrases", "ear", "both"


@dataclass(frozen=True, slots=True)
class Tally:
    """Texts by what was made of them; `asked` ones were answered with a question, or with nothing."""

    right: int
    asked: int
    wrong: int

    @property
    def of(self) -> int:
        return self.right + self.asked + self.wrong

    @property
    def accuracy(self) -> Share:
        return Share(self.right, self.of)

    @property
    def error(self) -> Share:
        return Share(self.wrong, self.of)


@dataclass(frozen=True, slots=True)
class Alarms:
    """One way of listening: recall by alarm, and calm texts with any alarm."""

    recall: Mapping[str, Share]
    false: Share


@dataclass(frozen=True, slots=True)
class Understanding:
    """A language. `doubted` are texts of danger that raise nothing but are asked about, `bothered` calm ones.

    `leads` are paths and topics by ear; there are none without one. `interrupted` are answers to yes or no
    that raise an alarm as well.
    """

    language: str
    texts: int
    alarms: Mapping[str, Alarms]
    doubted: Share
    bothered: Share
    answers: Mapping[str, Tally]
    interrupted: Share
    leads: Mapping[str, Tally]

    @property
    def danger(self) -> Share:
        """Recall of danger as the engine hears it."""
        return self.heard.recall["danger"]

    @property
    def heard(self) -> Alarms:
        return self.alarms[BOTH] if BOTH in self.alarms else self.alarms[PHRASES]


def understanding(
    held: HeldOut,
    ear: Ear | None,
    topics: Iterable[str] = (),
    on_text: Callable[[], object] = lambda: None,
) -> Understanding:
    """Measure one language. `topics` are those of the flow; `on_text` is called after each text."""
    heard = _remembering(ear) if ear else None
    ways = {PHRASES: (True, None)} | (
        {BY_EAR: (False, heard), BOTH: (True, heard)} if heard else {}
    )

    def told(texts: Iterable[str]) -> Iterable[str]:
        for text in texts:
            yield text
            on_text()

    raised = {
        way: {
            name: [
                _raised(text, held.language, listener, by_phrase=by_phrase) for text in told(texts)
            ]
            for name, texts in held.alarms.items()
        }
        for way, (by_phrase, listener) in ways.items()
    }
    return Understanding(
        held.language,
        held.size,
        {way: _alarms(found) for way, found in raised.items()},
        _doubted(held.alarms.get("danger", ()), held.language, heard),
        _doubted(held.alarms.get(NONE, ()), held.language, heard),
        {kind: _answered(held, kind, heard) for kind in ANSWERS if getattr(held, kind)},
        share(
            hear(text, held.language, "yesno", heard).alarm is not None
            for texts in held.yesno.values()
            for text in texts
        ),
        _leads(held, heard, frozenset(topics)) if heard else {},
    )
