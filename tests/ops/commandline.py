"""The command line as somebody at a terminal uses it: its own process, an environment of its own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def environment(**given):
    """The environment of a command: nothing of Waypost but what is given."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("WAYPOST_")}
    return clean | {name: str(value) for name, value in given.items()}


def waypost(environment, *words, code=0):
    """What `waypost` says. It ends as it should, and never with a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "ops", *words],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    assert "Traceback" not in said
    return said
