"""So many requests are worked on at once as help one another; the others wait for their turn.

Streams hold a thread each, so the server has many threads. If all of them worked, they would wait for the
interpreter and for one another: fifty pages that ask at the same moment are answered sooner one dozen at a
time. A stream counts until it begins, and not while it is open.
"""

import threading
from collections.abc import Collection, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class AtOnce:
    """`besides`: paths that need no turn, since requests there wait for one another to be many."""

    def __init__(self, app: WSGIApplication, most: int, besides: Collection[str] = ()) -> None:
        self._app = app
        self._besides = frozenset(besides)
        self._free = threading.BoundedSemaphore(most)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] in self._besides:
            return self._app(environ, start)
        with self._free:
            return self._app(environ, start)
