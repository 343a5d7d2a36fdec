"""What the answers to a questionnaire add up to, and which question to ask next, if any.

A further yes never lowers anything, so what all remaining answers can still change lies between two
assessments: nothing more is said, and everything is said yes to. Where both route alike, asking stops.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import combinations
from math import prod

from triage.assess import ENOUGH, Assessment, assess
from triage.flow import Question, Questionnaire

# Answers that say nothing: the question stays open for the person who reads.
OPEN = frozenset({"skip", "dont_know"})

# The indicator that makes somebody's population sexual exploitation as well.
SEXUAL = "W02"

# How many answers ahead the choice of the next question looks.
MOST_AHEAD = 4

Answers = tuple[tuple[str, str], ...]
Route = tuple[int, str, str]


def weigh(
    questionnaire: Questionnaire, answers: Mapping[str, str], stated: Iterable[str] = ()
) -> Assessment:
    """The assessment of `answers` (question id to option id) and of needs `stated` elsewhere.

    Answers to unknown questions count for nothing.
    """
    return _weigh(questionnaire, _key(questionnaire, answers), tuple(sorted(stated)))


def settled(
    questionnaire: Questionnaire, answers: Mapping[str, str], stated: Iterable[str] = ()
) -> bool:
    """Whether no remaining answer can change urgency, team or outcome."""
    low, high = _bounds(questionnaire, _key(questionnaire, answers), tuple(sorted(stated)))
    return low == high


def next_question(
    questionnaire: Questionnaire, answers: Mapping[str, str], stated: Iterable[str] = ()
) -> str | None:
    """The question to ask now, or None when enough is known or everything was asked."""
    return _next(questionnaire, _key(questionnaire, answers), tuple(sorted(stated)))


def remaining(questionnaire: Questionnaire, answers: Mapping[str, str]) -> Iterator[Question]:
    """Questions that may still be asked, in the order of the file."""
    for question in questionnaire.questions.values():
        ruled_out = any(answers.get(name, said) != said for name, said in question.when.items())
        if question.id not in answers and not ruled_out:
            yield question


@lru_cache(maxsize=1 << 15)
def _next(questionnaire: Questionnaire, key: Answers, stated: tuple[str, ...]) -> str | None:
    answers = dict(key)
    left = list(remaining(questionnaire, answers))
    askable = [q for q in left if all(answers.get(name) == said for name, said in q.when.items())]
    if not askable:
        return None
    if not questionnaire.adaptive:
        return askable[0].id
    low, high = _bounds(questionnaire, key, stated)
    if low == high:
        return None
    first = next((question for question in askable if question.first), None)
    return (first or _likeliest_to_settle(questionnaire, key, stated, askable)).id


def _likeliest_to_settle(
    questionnaire: Questionnaire, key: Answers, stated: tuple[str, ...], askable: list[Question]
) -> Question:
    """Of the fewest questions that a yes to each would settle routing, the likeliest; of these, the
    likeliest to be said yes to. Where no few would settle it, the likeliest of all.
    """
    for size in range(1, MOST_AHEAD + 1):
        best: tuple[float, tuple[Question, ...]] = (0.0, ())
        for ahead in combinations(askable, size):
            chance = prod(q.likely / (len(q.means) or 1) for q in ahead)
            if chance <= best[0]:
                continue
            said = {**dict(key), **{q.id: next(iter(q.means), "yes") for q in ahead}}
            low, high = _bounds(questionnaire, _key(questionnaire, said), stated)
            if low == high:
                best = (chance, ahead)
        if best[1]:
            askable = list(best[1])
            break
    return max(askable, key=lambda question: question.likely / (len(question.means) or 1))


@lru_cache(maxsize=1 << 16)
def _bounds(
    questionnaire: Questionnaire, key: Answers, stated: tuple[str, ...]
) -> tuple[Route, Route]:
    """The least and the most that the remaining answers can make of it."""
    left = list(remaining(questionnaire, dict(key)))
    yes, needed, answered = _said(questionnaire, key)
    adult = _adult(questionnaire, key)
    needed |= set(stated)
    scored = questionnaire.scored
    low = _route(scored, frozenset(yes), frozenset(needed), min(answered, ENOUGH), adult)
    for question in left:
        for meaning in question.means.values():
            yes |= set(meaning.indicators)
            needed |= set(meaning.needs)
    answered += len(left)
    return low, _route(scored, frozenset(yes), frozenset(needed), min(answered, ENOUGH), adult)


@lru_cache(maxsize=1 << 15)
def _route(
    scored: bool,
    yes: frozenset[str],
    needed: frozenset[str],
    answered: int,
    adult: bool,
) -> Route:
    found = _assessed(yes, needed, answered, scored=scored, adult=adult)
    return found.urgency, found.team, found.outcome


@lru_cache(maxsize=1 << 15)
def _weigh(questionnaire: Questionnaire, key: Answers, stated: tuple[str, ...]) -> Assessment:
    yes, needed, answered = _said(questionnaire, key)
    answers = dict(key)
    return replace(
        _assessed(
            frozenset(yes),
            frozenset(needed | set(stated)),
            answered,
            scored=questionnaire.scored,
            adult=_adult(questionnaire, key),
        ),
        not_answered=tuple(q for q in questionnaire.questions if answers.get(q) in OPEN),
        not_asked=tuple(q for q in questionnaire.questions if q not in answers),
    )


def _said(questionnaire: Questionnaire, key: Answers) -> tuple[set[str], set[str], int]:
    """(indicators, needs, how many questions got an answer)."""
    yes: set[str] = set()
    needed: set[str] = set()
    answered = 0
    for name, answer in key:
        meaning = questionnaire.questions[name].said(answer)
        yes.update(meaning.indicators)
        needed.update(meaning.needs)
        answered += answer not in OPEN
    return yes, needed, answered


def _assessed(
    yes: frozenset[str], needed: frozenset[str], answered: int, *, scored: bool, adult: bool
) -> Assessment:
    child = "child" in needed
    # Strengths differ by population; whoever may belong to two counts as the most that either makes.
    kinds = ("labour", "sexual") if SEXUAL in yes else ("labour",)
    ages = ("adult", "child") if child else ("adult",)
    return assess(
        yes,
        answered=answered,
        age="child" if child else "adult" if adult else "unknown",
        populations=tuple(f"{age}_{kind}" for age in ages for kind in kinds),
        stated=needed,
        scored=scored,
    )


def _adult(questionnaire: Questionnaire, key: Answers) -> bool:
    """Whether a question about age was answered, and not as a child."""
    for name, answer in key:
        means = questionnaire.questions[name].means
        about_age = len(means) == 1 and any("child" in meaning.needs for meaning in means.values())
        if about_age and answer not in OPEN and answer not in means:
            return True
    return False


def _key(questionnaire: Questionnaire, answers: Mapping[str, str]) -> Answers:
    return tuple((q, answers[q]) for q in questionnaire.questions if q in answers)
