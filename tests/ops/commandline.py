"""The command line as somebody at a terminal uses it: its own process, an environment of its own."""

import os
import tempfile
from pathlib import Path

from tests.forking import Forked

ENOUGH_SECONDS = 300


def environment(**given):
    """The environment of a command: nothing of Waypost but what is given."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("WAYPOST_")}
    return clean | {name: str(value) for name, value in given.items()}


def waypost(environment, *words, code=0):
    """What `waypost` says. It ends as it should, and never with a traceback."""
    with tempfile.TemporaryDirectory(prefix="waypost-command-") as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        command = Forked([str(word) for word in words], environment, out, err)
        assert command.wait(ENOUGH_SECONDS), "it does not end"
        said = out.read_text(encoding="utf-8") + err.read_text(encoding="utf-8")
    assert command.code == code, said
    assert "Traceback" not in said
    return said
