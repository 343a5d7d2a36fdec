"""Server-sent events that say only "something changed"; the page then asks what.

A stream holds a thread and no database connection, and ends by itself; the browser opens a new one. Its
pages share one (`listen`): each address they would open is asked whether this member may.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import wraps
from typing import Any, Final, cast

from flask import Blueprint, Response, abort, request
from werkzeug.exceptions import HTTPException

from web import context, guard
from web.guard import needs

pages: Final = Blueprint("streams", __name__)

# Each stream holds one of the server's threads: with this many open, pages ask by the clock instead.
MOST_STREAMS: Final = 200
# How many pages of a browser are told of together.
MOST_TOGETHER: Final = 40
HEARTBEAT_SECONDS: Final = 15.0
# Not all at once, when all began at once.
LONGEST_SECONDS: Final = (240.0, 300.0)
# Changes that come closer together than this are told once.
GATHER_SECONDS: Final = 0.05
# Who is told asks at once. Fifty who did that in the same moment would hold up whoever opens a page.
EACH_SECONDS: Final = 0.005
BROWSER_WAITS_MS: Final = 1000

Topics = tuple[str, ...]

_free: Final = threading.BoundedSemaphore(MOST_STREAMS)


def stream(view: Callable[..., Topics]) -> Callable[..., Response]:
    """A page that gives topics becomes the stream that tells whenever one of them rings."""

    @wraps(view)
    def opened(**values: Any) -> Response:
        return _open({"": view(**values)})

    cast("Any", opened).topics = view
    return opened


@pages.get("/listen")
@needs("self")
def listen() -> Response:
    """Every stream that is named by `to` as one, which tells the places in that list that changed."""
    wanted = request.args.getlist("to")[:MOST_TOGETHER]
    found = {str(place): _topics_at(path) for place, path in enumerate(wanted)}
    return _open({place: topics for place, topics in found.items() if topics})


def _topics_at(path: str) -> Topics:
    """What the stream at `path` would listen for; nothing when this member may not open it."""
    adapter = context.current_app.create_url_adapter(request)
    assert adapter is not None
    try:
        endpoint, values = adapter.match(path, "GET")
        view = context.current_app.view_functions[endpoint]
        topics: Callable[..., Topics] | None = getattr(view, "topics", None)
        if topics is None or not guard.opens(endpoint):
            return ()
        return topics(**values)
    except HTTPException:
        return ()


def _open(named: Mapping[str, Topics]) -> Response:
    """503 when too many streams are open."""
    if not _free.acquire(blocking=False):
        abort(503)
    ears = context.deps().ears
    # Before the first byte: what rings while the page reads its data is not missed.
    listener = ears.listen(topic for topics in named.values() for topic in topics)

    def events() -> Iterator[str]:
        ends = time.monotonic() + random.uniform(*LONGEST_SECONDS)  # noqa: S311 - nobody guesses it
        yield f"retry: {BROWSER_WAITS_MS}\n" + _event("ready", list(named))
        while time.monotonic() < ends:
            rung = listener.wait(HEARTBEAT_SECONDS)
            if not rung:
                yield ": still here\n\n"
                continue
            spread = ears.crowd(rung) * EACH_SECONDS
            time.sleep(GATHER_SECONDS + random.uniform(0, spread))  # noqa: S311 - nobody guesses it
            rung |= listener.wait(0)
            yield _event("changed", [name for name in named if not rung.isdisjoint(named[name])])

    closing = ExitStack()
    closing.callback(_free.release)
    closing.callback(ears.leave, listener)
    response = Response(events(), mimetype="text/event-stream")
    # Proxies such as nginx hold events back otherwise.
    response.headers["X-Accel-Buffering"] = "no"
    # Also when the browser left before the first byte.
    response.call_on_close(closing.close)
    return response


def _event(kind: str, names: list[str]) -> str:
    return f"event: {kind}\n{' '.join(['data:', *filter(None, names)])}\n\n"
