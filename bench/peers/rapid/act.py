"""Acts on the project, for the harness: `python -m rapid.act prepare|send|look …`; prints JSON.

The worker comes before the models, since it sets Django up.
"""

import json
import sys
import time
from collections import Counter
from pathlib import Path

from django.core.management import call_command
from django.db.models import Count
from rapid.worker import app
from rapidsms.models import Backend, Connection
from rapidsms.router import send
from rapidsms.router.db.models import Transmission

TEXT = "Going abroad to work? Check the contract first. Questions: text us. STOP to end."


def prepare(file):
    """Tables, and a connection for each number in a file."""
    call_command("migrate", verbosity=0)
    backend, _ = Backend.objects.get_or_create(name="twilio")
    with Path(file).open() as numbers:
        rows = [Connection(backend=backend, identity=line.strip()) for line in numbers]
    Connection.objects.bulk_create(rows, batch_size=5000)
    return {"connections": len(rows)}


def send_all():
    """One message to everybody, as `rapidsms.router.send` has it. Seconds until all are queued."""
    app.set_default()
    begun = time.monotonic()
    send(TEXT, Connection.objects.all())
    return {"queueing": time.monotonic() - begun}


def look():
    states = Transmission.objects.values_list("status").annotate(Count("id"))
    return Counter(dict(states))


if __name__ == "__main__":
    act = {"prepare": prepare, "send": send_all, "look": look}[sys.argv[1]]
    print(json.dumps(act(*sys.argv[2:])))
