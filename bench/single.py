"""Waypost that writes down each receipt in a transaction of its own: the other side of the measure of
writing many at once. For benchmarks only."""

from ops import settings
from ops.serving import make_deps
from ops.wiring import open_database, wire
from web import context, webhooks
from web.app import make_app


class Alone:
    def __init__(self, deps):
        self.deps = deps

    def put(self, receipt):
        webhooks.record(self.deps, [receipt])


def app():
    given = settings.read()
    deps = make_deps(wire(given, open_database(given).__enter__()))
    made = make_app(deps)
    made.extensions[context.RECEIPTS_KEY] = Alone(deps)
    return made
