"""A fake as a program: it prints how often things happened, and never what was said."""

import argparse
import sys
import time
from collections.abc import Callable

from tests.fakes.loopback import Loopback


def parser(description: str, port: int) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--port", type=int, default=port)
    return made


def run(fake: Loopback, counts: Callable[[], dict[str, int]]) -> None:
    """Serve until Ctrl-C, with a line for each count that has moved."""
    with fake:
        _say(f"listening at {fake.url}")
        before = counts()
        try:
            while True:
                time.sleep(1)
                after = counts()
                for name, count in after.items():
                    if count != before[name]:
                        _say(f"{name} {count}")
                before = after
        except KeyboardInterrupt:
            return


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
