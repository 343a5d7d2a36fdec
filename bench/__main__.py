"""`make bench`: figures as a table, both sides of a ratio measured in the same run."""

import argparse
import platform
import sys
from datetime import UTC, datetime

import psutil

from bench import (
    desk,
    importing,
    inbound,
    memory,
    outbound,
    receipts,
    sealing,
    senders,
    thread,
    triage,
)

PARTS = {
    "triage": triage.run,
    "inbound": inbound.run,
    "outbound": outbound.run,
    "receipts": receipts.run,
    "senders": senders.run,
    "sealing": sealing.run,
    "memory": memory.run,
    "thread": thread.run,
    "desk": desk.run,
    "importing": importing.run,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="all when none is named")
    wanted = parser.parse_args().parts or list(PARTS)
    memory_gb = psutil.virtual_memory().total / 2**30
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {psutil.cpu_count()} cores, {memory_gb:.0f} GiB, "
        f"Python {platform.python_version()}\n"
    )
    print("| what | Waypost | against | it | ratio | aim |")
    print("|---|---:|---|---:|---:|---:|")
    missed = False
    for name in wanted:
        for what, mine, peer, theirs, ratio, aim in PARTS[name]():
            at_most = what.startswith(("Memory", "Import", "Opening", "Desk"))
            goal = "≤ 1.00" if at_most else f"≥ {aim:.2f}" if aim else ""
            missed |= (at_most and ratio > 1) or (aim is not None and ratio < aim)
            print(
                f"| {what} | {mine:,.0f} | {peer} | {theirs:,.0f} | {ratio:.2f} | {goal} |",
                flush=True,
            )
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
