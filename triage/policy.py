"""What is reported without the person agreeing: a decision of the deployer, with a named owner.

Adults are not reported to anybody without their agreement; what is reported for children and where a life
is in danger differs by country and is contested. The line says honestly which it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast, get_args

from triage.fields import Keys, fitting
from triage.flow import Flow
from triage.source import Source

Child = Literal["may", "must", "agreed"]
Danger = Literal["agreed", "may"]

SHIPPED = Path(__file__).parent / "policy.toml"
KEYS: Keys = {"owner": str, "child": str, "danger": str}
CHILD_HONEST: Mapping[Child, str] = MappingProxyType(
    {"may": "child.honest.may", "must": "child.honest.must", "agreed": "child.honest.agreed"}
)
DANGER_HONEST = "danger.honest.may"
# Every text that some policy says, so that the catalogs have all of them.
POLICY_MESSAGES = (*CHILD_HONEST.values(), DANGER_HONEST)


class PolicyWrong(Exception):
    """All that is wrong with a policy, a line each."""


@dataclass(frozen=True, slots=True)
class Policy:
    """`child`: whether a child in danger may, must, or may only with agreement be reported. `danger`: the
    same where somebody's life is in danger. `owner` answers for it; empty in the shipped one.
    """

    owner: str
    child: Child
    danger: Danger


def read_policy(path: Path = SHIPPED) -> Policy:
    """The policy in a TOML file. Raises PolicyWrong."""
    file = Source(path)
    problems = list(file.problems)
    known = fitting(file, "", "the policy", file.data, KEYS, problems)
    for key, allowed in (("child", get_args(Child)), ("danger", get_args(Danger))):
        if not file.problems and known.get(key) not in allowed:
            problems.append(f'{file.at("", key)}: "{key}" is one of {", ".join(allowed)}')
    if problems:
        raise PolicyWrong("\n".join(problems))
    return Policy(
        known.get("owner", "").strip(),
        cast("Child", known["child"]),
        cast("Danger", known["danger"]),
    )


def applied(flow: Flow, policy: Policy) -> Flow:
    """The flow as it speaks under `policy`."""
    steps = dict(flow.steps)
    child = steps["child"]
    honest = CHILD_HONEST[policy.child]
    said = tuple(honest if text in POLICY_MESSAGES else text for text in child.say)
    steps["child"] = replace(child, say=said)
    if policy.danger == "may":
        steps["danger"] = replace(steps["danger"], say=(*steps["danger"].say, DANGER_HONEST))
    return replace(flow, steps=steps)
