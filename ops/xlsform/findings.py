"""What reading a spreadsheet finds: problems refuse it, remarks only tell."""

from dataclasses import dataclass, field


class XlsFormRefused(Exception):
    """A spreadsheet that cannot be written or read: one sentence, then a line for each problem."""

    def __init__(self, sentence: str, problems: list[str] | None = None) -> None:
        super().__init__("\n".join([sentence, *(problems or [])]))
        self.problems = problems or []


@dataclass(frozen=True, slots=True)
class Findings:
    """Lines such as `survey:12: …`, in the order they were found."""

    problems: list[str] = field(default_factory=list[str])
    remarks: list[str] = field(default_factory=list[str])

    def refuse(self, at: str, *wrong: str) -> None:
        self.problems.extend(f"{at}: {what}" for what in wrong)

    def remark(self, at: str, what: str) -> None:
        self.remarks.append(f"{at}: {what}")
