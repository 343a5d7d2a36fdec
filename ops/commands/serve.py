"""`waypost web` and `waypost worker`: the two processes of a running line."""

import logging
from collections.abc import Callable
from typing import cast

import click

from ops import ending, settings

# A live stream holds one while it waits for news, 0.15 MB of memory each; besides these there are as many
# as requests may wait for their turn.
THREADS = 264
# Browsers keep connections open that nothing is asked through just now.
CONNECTIONS = 768


@click.command()
@click.option("--parent", type=int, hidden=True)
def web(parent: int | None) -> None:
    """Serve the web pages and webhooks."""
    from granian import Granian  # noqa: PLC0415 - only this command needs it
    from granian.constants import Interfaces  # noqa: PLC0415 - the same
    from granian.log import LogLevels  # noqa: PLC0415 - the same

    given = settings.read()
    logging.getLogger("_granian").addFilter(_is_news)
    server = Granian(
        "ops.serving:app",
        address=given.host,
        port=given.port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=1,
        blocking_threads=THREADS,
        blocking_threads_idle_timeout=60,
        backlog=1024,
        backpressure=CONNECTIONS,
        websockets=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=5,
        respawn_failed_workers=True,
    )
    stop = cast("Callable[..., None]", server.signal_handler_interrupt)  # pyright: ignore[reportUnknownMemberType]
    server.signal_handler_interrupt = _once(stop)
    if parent is not None:
        ending.end_with(parent)
    server.serve()


@click.command()
@click.option("--parent", type=int, hidden=True)
def worker(parent: int | None) -> None:
    """Deliver messages and run scheduled work."""
    from ops import worker as working  # noqa: PLC0415 - loads everything a worker needs
    from ops.wiring import open_wiring  # noqa: PLC0415 - the same

    with open_wiring() as wiring:
        working.run(wiring, parent=parent)


def _is_news(record: logging.LogRecord) -> bool:
    """Not that there are many threads: so many are meant, and who starts a line can do nothing about it."""
    return "Python threads" not in record.getMessage()


def _once(stop: Callable[..., None]) -> Callable[..., None]:
    """A second signal that comes while the first is heard would wait, for ever, for a lock that we hold."""
    stopping = False

    def first(*given: object) -> None:
        nonlocal stopping
        if not stopping:
            stopping = True
            stop(*given)

    return first
