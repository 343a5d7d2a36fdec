"""What the answers add up to. A score orders the queue; it never labels and never refuses.

Palermo Protocol Art. 3: an adult needs act, means and purpose; under 18, act and purpose.
Danger outranks every score. A further yes never lowers anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from triage.flow import Questionnaire

NOW, SOON, NORMAL, LOW = 1, 2, 3, 4

ADULT_TEAM, CHILD_TEAM = "general", "child"


@dataclass(frozen=True, slots=True)
class Assessment:
    """Findings to hand to a person.

    `urgency` is 1 (now) to 4. `reasons` and `not_answered` are question ids, in the order asked;
    the desk shows `reason.<id>` in the caseworker's language. `met` is the Palermo test on what was
    answered: a false one means not enough is known, never "not a victim".
    """

    urgency: int
    team: str
    act: bool
    means: bool
    purpose: bool
    met: bool
    reasons: tuple[str, ...]
    not_answered: tuple[str, ...]


def assess(questionnaire: Questionnaire, answers: Mapping[str, str]) -> Assessment:
    """Weigh `answers` (question id to `yes`, `no` or `skip`); unknown ids are ignored."""
    yes = [q for q in questionnaire.questions.values() if answers.get(q.id) == "yes"]
    spoken_for = {question.element for question in yes}
    child = "age" in spoken_for
    act, means, purpose = (element in spoken_for for element in ("act", "means", "purpose"))
    met = act and purpose and (means or child)
    if "danger" in spoken_for:
        urgency = NOW
    elif met or child:
        urgency = SOON
    elif means or purpose:
        urgency = NORMAL
    else:
        urgency = LOW
    return Assessment(
        urgency=urgency,
        team=CHILD_TEAM if child else ADULT_TEAM,
        act=act,
        means=means,
        purpose=purpose,
        met=met,
        reasons=tuple(question.id for question in yes),
        not_answered=tuple(q for q in questionnaire.questions if answers.get(q, "skip") == "skip"),
    )
