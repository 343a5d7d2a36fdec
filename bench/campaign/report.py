"""What was measured, as a table: what, how much, the aim, and whether it is met."""

from collections.abc import Iterator
from typing import Final

from bench.campaign.blast import Measured

MEMORY_MB: Final = 300
# PostgreSQL's is a setting and not a matter of ours; `run` only watches.
OURS: Final = ("import", "web", "worker")
Row = tuple[str, str, str, bool | None]


def show(big: Measured, small: Measured | None, ceiling: float, seconds: float) -> bool:
    """Print the table. True when every aim is met."""
    print("\n| what | measured | aim | met |\n|---|---:|---:|---|")
    missed = False
    for what, measured, aim, met in _rows(big, small, ceiling):
        word = "" if met is None else "yes" if met else "**no**"
        missed |= met is False
        print(f"| {what} | {measured} | {aim} | {word} |")
    print(f"\nThe whole run took {seconds:,.0f} s.")
    return not missed


def _rows(big: Measured, small: Measured | None, ceiling: float) -> Iterator[Row]:
    many = big.many
    yield _least("Import, rows/s", big.imported, 30_000)
    # The aim is for a million.
    yield _most("Expansion, seconds", big.expansion_seconds, 20, ".1f")
    yield _told("The same while it is being sent, seconds", big.expansion_beside, ".1f")
    yield _told("Sending, messages/s, receipts and texts coming in", big.sent)
    yield _told("Sending, messages/s, nothing coming in", big.alone_rate)
    yield _told("The bare async Twilio loop, messages/s", big.bare_rate)
    yield _least("Sending by the bare loop, nothing coming in", big.alone_rate / big.bare_rate, 0.8)
    yield _told("The same, receipts and texts coming in", big.sent / big.bare_rate, ".2f")
    yield _told("The stub alone could take, messages/s", ceiling)
    yield _told("Receipts/s while sending", big.receipts_while_sending)
    if big.receipts_after:
        yield _told("Receipts/s after it", big.receipts_after)
    yield _told("Receipts that were refused", big.receipts_refused)
    yield _told("Reply of the helpline meanwhile, p50 ms", big.reply_p50 * 1000)
    yield _most("The same, p95 ms", big.reply_p95 * 1000, 2000)
    yield _exactly(
        f"The same, texts without a reply, of {big.replies + big.unanswered}", big.unanswered, 0
    )
    for part, used in sorted(big.peaks.items()):
        name = f"Memory of {part} at its highest, MB (PSS)"
        yield _most(name, used, MEMORY_MB) if part in OURS else _told(name, used)
    yield _told("Database, bytes a message", big.used.database / many)
    yield _told("Write-ahead log, bytes a message", big.used.log / many)
    yield _told("Rows written a message", big.used.rows / many, ".2f")
    for part, seconds in sorted(big.used.seconds.items()):
        yield _told(f"Processor time of {part}, ms a message", seconds * 1000 / many, ".2f")
    yield _told("Processor time in all, ms a message", big.cost, ".2f")
    if small is not None:
        ratio = big.cost / small.cost
        yield _most(f"The same by that at {small.many:,} ({small.cost:.2f} ms)", ratio, 1.2, ".2f")
    yield _told("Closing the sheet, which counts every row, seconds", big.closing_seconds, ".1f")
    yield from _sheet(big)


def _sheet(big: Measured) -> Iterator[Row]:
    """What the closed sheet says, and what the stub saw."""
    state = big.sheet["state"]
    yield "In the closed sheet: state", state, "done", state == "done"
    for what in ("planned", "accepted", "delivered"):
        yield _exactly(f"In the closed sheet: {what}", big.sheet[what], big.many)
    for what in ("unknown", "pending"):
        yield _exactly(f"In the closed sheet: {what}", big.sheet[what], 0)
    yield _exactly("Messages that somebody got twice", big.twice, 0)


def _told(what: str, measured: float, shape: str = ",.0f") -> Row:
    return what, f"{measured:{shape}}", "", None


def _least(what: str, measured: float, aim: float) -> Row:
    shape = ",.0f" if aim > 10 else ".2f"
    return what, f"{measured:{shape}}", f"≥ {aim:{shape}}", measured >= aim


def _most(what: str, measured: float, aim: float, shape: str = ",.0f") -> Row:
    return what, f"{measured:{shape}}", f"≤ {aim:{shape}}", measured <= aim


def _exactly(what: str, measured: int, aim: int) -> Row:
    return what, f"{measured:,}", f"{aim:,}", measured == aim
