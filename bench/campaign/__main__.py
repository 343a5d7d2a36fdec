"""`make bench-campaign N=1000000`: figures of a campaign to N people, as a table with the aims.

Everything is real but the people and the provider: `waypost run`, its commands, embedded PostgreSQL.
"""

import argparse
import platform
import signal
import sys
import time
from datetime import UTC, datetime
from typing import Final

import psutil

from bench.campaign import blast, people, report, stub

SMALL: Final = 10_000
# Slower than this, it is ended.
LEAST_RATE: Final = 250
SETUP_SECONDS: Final = 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", type=int, nargs="?", default=SMALL)
    parser.add_argument("--receipts", type=float, default=1000, help="a second, while it is sent")
    given = parser.parse_args()
    if not 0 < given.people <= people.MOST:
        parser.error(f"from 1 to {people.MOST} people")
    # Ended from outside, it still ends what it started.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    begun = time.monotonic()
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {psutil.cpu_count()} cores, "
        f"{psutil.virtual_memory().total / 2**30:.0f} GiB, Python {platform.python_version()}, "
        f"{given.people:,} people, {given.receipts:,.0f} receipts a second while sending"
    )
    try:
        ceiling = stub.ceiling()
        small = _measure(SMALL, given.receipts) if given.people > SMALL else None
        big = _measure(given.people, given.receipts)
    except blast.TookTooLong as late:
        sys.exit(f"ended: it took too long ({late})")
    met = report.show(big, small, ceiling, time.monotonic() - begun)
    sys.exit(0 if met else 1)


def _measure(many: int, receipts: float) -> blast.Measured:
    seconds = SETUP_SECONDS + many / min(LEAST_RATE, receipts or LEAST_RATE)
    return blast.measure(many, receipts, time.monotonic() + seconds)


if __name__ == "__main__":
    main()
