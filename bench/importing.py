"""Importing subscribers from a CSV file: rows a second, and what it takes of memory."""

import io
import multiprocessing
import random
import resource
import time
from datetime import UTC, datetime

from bench import setting
from campaigns.importing import intake
from hotline import lines
from hotline.keyring import KeyRing
from hotline.vault import Vault
from ops import database

ROWS = 100_000
LEAST = 30_000
LIMIT_MB = 300
HEADER = "phone,language,region,consent_source,consent_date\n"
# Where a national campaign's numbers may come from; libphonenumber calls all of them valid.
RANGES = ("+4179{:07d}", "+4478{:08d}", "+2348030{:06d}", "+33612{:06d}", "+919812{:06d}")
TAGS = ("north", "south", "coast", "capital")


def now():
    return datetime.now(UTC)


def content(rows, seed=5):
    """A file of that many rows, hardly any of them about the same person."""
    draw = random.Random(seed)
    out = io.StringIO()
    out.write(HEADER)
    for n in range(rows):
        pattern = RANGES[n % len(RANGES)]
        digits = int(pattern[-3])
        number = pattern.format(draw.randrange(10**digits))
        out.write(
            f"{number},{draw.choice(('en', 'fr', 'es', 'ar'))},{draw.choice(TAGS)},fair,2026-02-01\n"
        )
    return io.BytesIO(out.getvalue().encode())


def imported(url, rows, told):
    """In a process of its own, whose memory is this import's and nothing else's."""
    file = content(rows)
    engine = database.make_engine(url)
    sessions = database.make_sessions(engine)
    with sessions.begin() as session:
        line = lines.first(session)
        given = intake.defaults(session, line.id, "sms", now())
        made = intake.begin(session, line.id, None, now())
    began = time.perf_counter()
    report = intake.run(sessions, Vault(KeyRing.new()), made, file, given, now)
    took = time.perf_counter() - began
    engine.dispose()
    told.send((report, rows / took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def measure(rows):
    spawning = multiprocessing.get_context("spawn")
    with setting.home() as (_, url, _engine):
        here, there = spawning.Pipe()
        process = spawning.Process(target=imported, args=(url, rows, there))
        process.start()
        there.close()
        result = here.recv()
        process.join()
    return result


def run():
    _report, rate, megabytes = measure(ROWS)
    yield "Subscribers imported, per second", rate, "limit", LEAST, rate / LEAST, 1.0
    yield "Memory of an import, MB", megabytes, "limit", LIMIT_MB, megabytes / LIMIT_MB, None
