"""The list of cases as the desk shows it: groups, their rows, and what changed since somebody looked.

Rows hold facts of cases and nothing of a contact's words. They are made once for everybody who reads one
language and are kept.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from flask import get_template_attribute
from markupsafe import Markup

from hotline import queue
from hotline.casefile import CaseView
from hotline.present import Colleague
from hotline.staff import Member
from web import context
from web.board import Look, Row

# A group shows so many, and how many more there are.
SHOWN: Final = 50
# Rows kept as they were made: of two hundred cases, in five languages, in either group, and some more.
KEPT: Final = 4096


@dataclass(frozen=True, slots=True)
class Group:
    """`rows` as HTML; `more` says how many there are besides and leads to `next`."""

    name: str
    number: int
    rows: list[Markup]
    more: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """What one member sees of a look: waiting, with them, with others."""

    member: Member
    look: Look
    everything: bool

    def groups(self) -> list[Group]:
        next_page = "" if self.everything else "/desk?all=1"
        return [
            Group(name, len(rows), self._html(self._shown(rows)), self._more(rows), next_page)
            for name, rows in self._sorted().items()
        ]

    def changes(self, since: int, also: set[int]) -> dict[str, Any]:
        """Every group as case numbers, and the rows that changed after look `since` or are in `also`."""
        groups: list[dict[str, Any]] = []
        rows: dict[str, str] = {}
        for name, found in self._sorted().items():
            shown = self._shown(found)
            changed = [row for row in shown if row.since > since or row.case.id in also]
            rows |= zip((str(row.case.id) for row in changed), self._html(changed), strict=True)
            ids = [row.case.id for row in shown]
            groups.append(
                {"name": name, "number": len(found), "cases": ids, "more": self._more(found)}
            )
        return {"groups": groups, "rows": rows}

    def outlook(self) -> str:
        """One sentence or two on what pressing "take next" would do."""
        seen = self.look.of(self.member.sees)
        waiting = [r.case for r in seen if r.case.state == "waiting" and not r.case.forgotten]
        me = self.look.there.get(self.member.id) or Colleague(self.member)
        found = queue.outlook(waiting, me, self.look.there)
        if found.next is None:
            return context.say(found.why)
        said = [context.texts().plural("queue.for_you", found.number)]
        return " ".join(said + [context.say(name) for name in notes(found)])

    def _sorted(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {"waiting": [], "mine": [], "others": []}
        for row in self.look.of(self.member.sees):
            taken = "mine" if row.case.taken_by == self.member.id else "others"
            found["waiting" if row.case.state == "waiting" else taken].append(row)
        # Of one's own, those first that wait for an answer.
        found["mine"].sort(key=lambda row: row.case.unanswered_since is None)
        return found

    def _shown(self, rows: list[Row]) -> list[Row]:
        return rows if self.everything else rows[:SHOWN]

    def _more(self, rows: list[Row]) -> str:
        left = len(rows) - len(self._shown(rows))
        return context.texts().plural("desk.more", left) if left else ""

    def _html(self, rows: list[Row]) -> list[Markup]:
        return [html(row.case, self.member) for row in rows]


def html(case: CaseView, member: Member) -> Markup:
    """A case as a row of the list that `member` reads."""
    return _row(case, context.language(), case.taken_by == member.id, member.may("pick"))


def notes(found: queue.Outlook) -> list[str]:
    """What somebody has to know who is given a case that would better be somebody else's."""
    return [
        name
        for name, so in (("queue.unspoken", found.unspoken), ("queue.untrained", found.untrained))
        if so
    ]


@lru_cache(maxsize=KEPT)
def _row(case: CaseView, language: str, mine: bool, pick: bool) -> Markup:
    del language  # the template reads it from the request; here it tells rows apart
    return get_template_attribute("desk/_row.html", "row")(case, mine, pick, context.say)
