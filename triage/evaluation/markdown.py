"""How the report writes tables and shares in Markdown."""

from collections.abc import Iterable

from triage.evaluation.metrics import Share

NOT_MEASURED = "–"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """The first column is text, the others are figures."""
    head = tuple(head)
    lines = [head, ("---", *("---:" for _ in head[1:])), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def percent(found: Share) -> str:
    """`81.3 % (78.7–83.6)`"""
    if not found.of:
        return NOT_MEASURED
    low, high = found.interval
    return f"{found.value:.1%} ({low * 100:.1f}–{high * 100:.1f})".replace("%", " %", 1)


def short(found: Share | None) -> str:
    """`81 %`"""
    return whole(found.value) if found and found.of else NOT_MEASURED


def of(found: Share | None) -> str:
    """`26/30`"""
    return f"{found.hits}/{found.of}" if found and found.of else NOT_MEASURED


def whole(value: float) -> str:
    """`81 %`, of a number from 0 to 1"""
    return f"{value * 100:.0f} %"
