"""Who may do what: one table, roles by permissions. Every page names the permission that it needs.

self       one's own account, keys, notices
desk       the desk: cases of one's teams, taking the next, answering
pick       taking any case that waits, and putting back somebody else's
threads    reading cases that others have taken
watch      who waits how long, what was missed, who is on duty
rota       changing shifts, holidays, and the clocks by which the unanswered are called for
replies    changing the answers that are kept ready
directory  changing and confirming the services that people are sent to
people     inviting, changing and shutting out colleagues
audit      who opened, took, passed and closed which case
campaigns  planning and sending campaigns
counts     numbers of the line
"""

from collections.abc import Mapping
from typing import Final

ROLES: Final[Mapping[str, frozenset[str]]] = {
    "caseworker": frozenset({"self", "desk", "counts"}),
    "child_specialist": frozenset({"self", "desk", "counts"}),
    "campaign_officer": frozenset({"self", "campaigns", "counts"}),
    "supervisor": frozenset(
        {
            "self",
            "desk",
            "pick",
            "threads",
            "watch",
            "rota",
            "replies",
            "directory",
            "people",
            "campaigns",
            "counts",
        }
    ),
    # A partner organisation's: the cases that were passed to their team, and nothing else of the line.
    "partner": frozenset({"self", "desk"}),
    # Looks at what the others did, and does nothing.
    "auditor": frozenset({"self", "audit", "counts"}),
}
PERMISSIONS: Final[frozenset[str]] = frozenset[str]().union(*ROLES.values())


def may(role: str, permission: str) -> bool:
    """Whether a role has a permission; one that is not known has none."""
    return permission in ROLES.get(role, frozenset())
