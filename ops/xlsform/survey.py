"""The `survey` sheet: questions in their order. Groups are opened up, their conditions kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ops.xlsform import columns as col
from ops.xlsform.book import Row, Sheet
from ops.xlsform.choices import Choices, message_id, read_meaning
from ops.xlsform.conditions import NotSimple, read_condition
from ops.xlsform.kinds import SKIPPED, kind_and_list, why_not
from ops.xlsform.texts import Gathered, labels_in
from ops.xlsform.values import share, yes_or_no
from triage.flow import NOTHING, YES_NO, Meaning, Question

OPENS, CLOSES = ("begin_group", "begin_repeat"), ("end_group", "end_repeat")
When = dict[str, str]


def asked(sheet: Sheet) -> list[Row]:
    """The rows that count; XLSForm lets a row be switched off."""
    return [row for row in sheet.rows if row.get("disabled").lower() not in ("yes", "true", "1")]


def lists_used(sheet: Sheet) -> list[str]:
    """The lists that questions pick from."""
    kinds = [kind_and_list(row.get("type")) for row in asked(sheet)]
    return list(dict.fromkeys(rest[0] for kind, rest in kinds if kind == "select_one" and rest))


def read_survey(
    sheet: Sheet, lists: Mapping[str, Choices], gathered: Gathered
) -> dict[str, Question]:
    """The questions by name, as far as they can be read."""
    reader = _Reader(lists, gathered)
    for row in asked(sheet):
        reader.read(row)
    for row, _ in reader.groups:
        reader.problem(row, "this group has no end")
    told = {m.says for question in reader.questions.values() for m in question.means.values()}
    for row in reader.notes:
        if row.get(col.SAY) in told - {""}:
            gathered.take(row, row.get(col.SAY))
        else:
            gathered.findings.remark(row.at, SKIPPED["note"])
    return reader.questions


@dataclass(slots=True)
class _Reader:
    lists: Mapping[str, Choices]
    gathered: Gathered
    questions: dict[str, Question] = field(default_factory=dict[str, Question])
    groups: list[tuple[Row, When]] = field(default_factory=list[tuple[Row, When]])
    notes: list[Row] = field(default_factory=list[Row])

    def problem(self, row: Row, what: str) -> None:
        self.gathered.findings.refuse(row.at, what)

    def read(self, row: Row) -> None:
        kind, rest = kind_and_list(row.get("type"))
        if kind in OPENS:
            self.groups.append((row, self._when(row)))
        if kind in CLOSES:
            self._close(row)
        elif kind == "select_one":
            self._select(row, rest)
        elif kind == "note":
            self.notes.append(row)
        elif kind in SKIPPED:
            self.gathered.findings.remark(row.at, SKIPPED[kind])
        elif kind:
            self.problem(row, f'type "{row.get("type")}": {why_not(kind)}')
        else:
            self.problem(row, "there is no type")

    def _close(self, row: Row) -> None:
        if self.groups:
            self.groups.pop()
        else:
            self.problem(row, "this ends a group that did not begin")

    def _select(self, row: Row, rest: list[str]) -> None:
        if len(rest) != 1:
            self.problem(row, "after select_one stands the name of one list, nothing else")
        elif rest[0] not in self.lists:
            self.problem(row, f'there is no list "{rest[0]}" in the sheet choices')
        if row.get("choice_filter"):
            self.problem(row, "answers cannot be filtered: write a list for each case")
        name, known = row.get("name"), self.lists.get(rest[0] if rest else "", Choices())
        if not col.NAME.fullmatch(name):
            self.problem(row, f'name "{name}": {col.NAME_RULE}')
        elif name in self.questions:
            self.problem(row, f'there is an earlier question "{name}"')
        if not row.get(col.SAY) and not labels_in(row, self.gathered.default):
            self.problem(row, "there is no label: what is asked?")
        self.questions[name] = self._question(row, name, known)

    def _question(self, row: Row, name: str, known: Choices) -> Question:
        findings = self.gathered.findings
        say = message_id(row, f"question.{name}", findings)
        if name not in self.questions:
            self.gathered.take(row, say)
        return Question(
            id=name,
            say=say,
            means=self._means(row, known),
            options=known.options,
            first=yes_or_no(row, col.FIRST, findings, otherwise=False),
            likely=share(row, col.LIKELY, findings, otherwise=0.5),
            when=self._when(row),
            source=" ".join(row.get(col.SOURCE).split()),
        )

    def _means(self, row: Row, known: Choices) -> Mapping[str, Meaning]:
        own = read_meaning(row, self.gathered.findings)
        counts = row.get(col.COUNTS).lower() or "yes"
        if known.options:
            if own != NOTHING or row.get(col.COUNTS):
                self.problem(row, "what each answer stands for is written in the sheet choices")
            return known.means or {}
        if counts not in [option.id for option in YES_NO]:
            self.problem(row, f"{col.COUNTS} is yes or no")
        return {} if own == NOTHING else {counts: own}

    def _when(self, row: Row) -> When:
        """The row's own condition with those of the groups around it."""
        when: When = {}
        try:
            own = read_condition(row.get("relevant")) if row.get("relevant") else {}
        except NotSimple as error:
            self.problem(row, f"relevant: {error}")
            own = {}
        for name, answer in [pair for _, group in self.groups for pair in group.items()]:
            when[name] = answer
        for name, answer in own.items():
            if when.setdefault(name, answer) != answer:
                self.problem(row, f"relevant: {name} has another answer in the group around it")
            if name not in self.questions:
                self.problem(row, f'relevant: "{name}" is no earlier question')
            elif answer not in [option.id for option in self.questions[name].answers]:
                self.problem(row, f'relevant: "{answer}" is no answer to "{name}"')
        return when
