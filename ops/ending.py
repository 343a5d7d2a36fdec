"""A process that ends when whoever started it has died: nobody else would stop it."""

import os
import signal
import threading
import time

LOOK_SECONDS = 2.0


def end_with(parent: int) -> None:
    """From now on this process gets a SIGTERM when `parent`, which started it, has died."""
    threading.Thread(target=_watch, args=(parent,), daemon=True, name="parent").start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
