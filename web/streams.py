"""Server-sent events that say only "something changed"; the page then asks what.

A stream holds a thread and no database connection, and ends by itself; the browser opens a new one.
"""

import threading
import time
from collections.abc import Iterator
from typing import Final

from flask import Response, abort

from web import context

# Each stream holds one of the server's threads: with this many open, pages ask by the clock instead.
MOST_STREAMS: Final = 48
HEARTBEAT_SECONDS: Final = 15.0
LONGEST_SECONDS: Final = 300.0
# Changes that come closer together than this are told once.
GATHER_SECONDS: Final = 0.05
BROWSER_WAITS_MS: Final = 1000

_free: Final = threading.BoundedSemaphore(MOST_STREAMS)


def stream(topics: tuple[str, ...]) -> Response:
    """An event whenever one of `topics` rings. 503 when too many streams are open."""
    if not _free.acquire(blocking=False):
        abort(503)
    given = context.deps()
    # Marked before the first byte: what rings while the page reads its data is not missed.
    mark = given.ears.mark(topics)

    def events() -> Iterator[str]:
        ends, seen = time.monotonic() + LONGEST_SECONDS, mark
        yield f"retry: {BROWSER_WAITS_MS}\nevent: ready\ndata:\n\n"
        while time.monotonic() < ends:
            if given.ears.wait(topics, seen, HEARTBEAT_SECONDS):
                time.sleep(GATHER_SECONDS)
                seen = given.ears.mark(topics)
                yield "event: changed\ndata:\n\n"
            else:
                yield ": still here\n\n"

    response = Response(events(), mimetype="text/event-stream")
    # Proxies such as nginx hold events back otherwise.
    response.headers["X-Accel-Buffering"] = "no"
    # Also when the browser left before the first byte.
    response.call_on_close(_free.release)
    return response
