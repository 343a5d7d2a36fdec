"""What is understood of held-out phrases: alarms raised, false alarms, answers, and where a first text leads.

Right, asked back and wrong are told apart: to ask once more costs patience, to take a no for a yes costs
trust. A text of danger counts when danger or suicide is raised, since both lead to the same help; any other
text of alarm counts when its own alarm is among those raised.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from triage import alarms, understand
from triage.ear import Ear, listen
from triage.evaluation.held_out import HeldOut
from triage.evaluation.metrics import Share, share
from triage.utterance import Expected, hear

DANGER, NONE = "danger", "none"
SAME_HELP: Mapping[str, frozenset[str]] = {DANGER: frozenset({"danger", "suicide"})}
PERSON = frozenset({"human"})
# Yes and no to what the line asks, and to a question that it does not ask; ages, and numbers of options.
YES_NO, ELSEWHERE = "yesno", "elsewhere"
EXPECTED: Mapping[str, Expected] = {
    YES_NO: "yesno",
    ELSEWHERE: "yesno",
    "age": "age",
    "digit": "digit",
}
# To these a yes may be a cry as well.
MAY_BE_A_CRY = frozenset({"watched", "hurt", "threatened", "forced", "sexual", "danger_now"})
PATHS, TOPICS = "paths", "topics"
# What listens: the phrases of alarm with the words that work anywhere, the ear, or both as in use.
PHRASES, BY_EAR, BOTH = "phrases", "ear", "both"


@dataclass(frozen=True, slots=True)
class Tally:
    """Texts by what was made of them; of `asked` ones nothing was made, so they are asked again."""

    right: int
    asked: int
    wrong: int

    @property
    def of(self) -> int:
        return self.right + self.asked + self.wrong

    @property
    def accuracy(self) -> Share:
        return Share(self.right, self.of)


@dataclass(frozen=True, slots=True)
class Heard:
    """One way of listening: recall by alarm, and calm texts that raise any alarm."""

    recall: Mapping[str, Share]
    false: Share


@dataclass(frozen=True, slots=True)
class Understanding:
    """A language. `doubted` are texts of danger that raise no alarm but are asked about; `bothered` are
    calm texts that are asked about. `interrupted` are answers, of those that are no cry, that raise an
    alarm. `leads` are paths and topics by ear: none without one.
    """

    language: str
    texts: int
    left_out: int
    ways: Mapping[str, Heard]
    doubted: Share
    bothered: Share
    interrupted: Share
    answers: Mapping[str, Tally]
    leads: Mapping[str, Tally]

    @property
    def heard(self) -> Heard:
        """As in use: phrases, and the ear when there is one."""
        return self.ways[BOTH] if BOTH in self.ways else self.ways[PHRASES]


def understanding(
    held: HeldOut,
    ear: Ear | None,
    topics: Iterable[str] = (),
) -> Understanding:
    """Measure one language. `topics` are those of the flow, which a first text may lead to."""
    # Each text is heard once: the ear is the slow part, and the same text always sounds the same.
    heard = cache(ear) if ear else None
    return Understanding(
        held.language,
        held.size,
        held.left_out,
        _ways(held, heard),
        share(_doubted(text, held.language, heard) for text in held.alarms[DANGER]),
        share(_doubted(text, held.language, heard) for text in held.alarms[NONE]),
        interrupted(held, heard),
        {kind: answered for kind in EXPECTED if (answered := _answers(held, kind, heard)).of},
        _leads(held, heard, frozenset(topics)) if heard else {},
    )


def readings(held: HeldOut) -> Mapping[str, tuple[str, ...]]:
    """What each held-out answer to a yes or no is taken for, by what it means; without the ear."""
    found: dict[str, tuple[str, ...]] = {}
    for question, texts in held.yesno.items():
        for meant, said in texts.items():
            taken = tuple(_taken(text, held.language, YES_NO, None, question) for text in said)
            found[meant] = (*found.get(meant, ()), *taken)
    return found


def interrupted(held: HeldOut, ear: Ear | None) -> Share:
    """Answers to yes and no that raise an alarm; a yes that may be a cry is left out."""
    return share(
        hear(text, held.language, YES_NO, ear, question=question).alarm is not None
        for question, texts in held.yesno.items()
        for meant, said in texts.items()
        if not (meant == "yes" and question in MAY_BE_A_CRY)
        for text in said
    )


def raised(text: str, language: str, ear: Ear | None, *, by_phrase: bool = True) -> frozenset[str]:
    """The alarms of `text`; `human` and `stop` are raised by their words, too."""
    by_ear = listen(ear, text).alarm
    found: set[str] = {by_ear} if by_ear else set()
    if by_phrase:
        found |= set(alarms.hear(text, (language, "en")))
        if (command := understand.command(text, language)) in ("human", "stop"):
            found.add(command)
    return frozenset(found)


def _ways(held: HeldOut, ear: Ear | None) -> Mapping[str, Heard]:
    ways = {PHRASES: _listening(held, None, by_phrase=True)}
    if ear:
        ways[BY_EAR] = _listening(held, ear, by_phrase=False)
        ways[BOTH] = _listening(held, ear, by_phrase=True)
    return ways


def _listening(held: HeldOut, ear: Ear | None, *, by_phrase: bool) -> Heard:
    found = {
        name: [raised(text, held.language, ear, by_phrase=by_phrase) for text in texts]
        for name, texts in held.alarms.items()
    }
    calm = found.pop(NONE)
    recall = {
        name: share(not each.isdisjoint(SAME_HELP.get(name, {name})) for each in of_name)
        for name, of_name in found.items()
    }
    return Heard(recall, share(map(bool, calm)))


def _doubted(text: str, language: str, ear: Ear | None) -> bool:
    """Whether no alarm is raised but the ear would have us ask."""
    return not raised(text, language, ear) and listen(ear, text).doubt is not None


def _answers(held: HeldOut, kind: str, ear: Ear | None) -> Tally:
    """`ear` can interrupt an answer, but never gives one."""
    one_question = {ELSEWHERE: held.elsewhere, "age": held.age, "digit": held.digit}
    questions = held.yesno if kind == YES_NO else {"": one_question[kind]}
    return _tally(
        (meant, _taken(text, held.language, kind, ear, question))
        for question, texts in questions.items()
        for meant, said in texts.items()
        for text in said
    )


def _taken(text: str, language: str, kind: str, ear: Ear | None, question: str = "") -> str:
    found = hear(text, language, EXPECTED[kind], ear, question=question).meaning
    return "" if found is None else str(found)


def _leads(held: HeldOut, ear: Ear, topics: frozenset[str]) -> Mapping[str, Tally]:
    return {
        PATHS: _tally(
            (path, _path(text, held.language, ear, topics))
            for path, texts in held.paths.items()
            for text in texts
        ),
        TOPICS: _tally(
            (topic, _topic(text, held.language, ear))
            for topic, texts in held.topics.items()
            for text in texts
        ),
    }


def _path(text: str, language: str, ear: Ear, topics: frozenset[str]) -> str:
    """Where the engine goes: an alarm first, of which `human` is the path to a person; then a topic."""
    alarmed = raised(text, language, ear)
    if alarmed:
        return "person" if alarmed == PERSON else "alarm"
    hunch = listen(ear, text)
    return "information" if hunch.topic in topics else hunch.path


def _topic(text: str, language: str, ear: Ear) -> str:
    return "alarm" if raised(text, language, ear) else listen(ear, text).topic


def _tally(pairs: Iterable[tuple[str, str]]) -> Tally:
    """From pairs of (meant, made of it); what nothing was made of is empty."""
    pairs = list(pairs)
    right = sum(meant == found for meant, found in pairs)
    asked = sum(not found for _, found in pairs)
    return Tally(right, asked, len(pairs) - right - asked)
