"""The triage by itself on one core: assessments, steps of a conversation, and what importing it costs."""

import itertools
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

from triage import Heard, State, load_flow, offered, step
from triage.assess import assess
from triage.indicators import POPULATIONS, indicators

ROUNDS = 5
ASSESSMENTS, TALKS = 20_000, 120
LEAST_ASSESSMENTS, LEAST_STEPS, MOST_IMPORT_MS = 20_000, 5_000, 150
# A whole talk by number, in words and in sentences, of somebody who has to be asked everything.
WORDS = (
    "hello",
    "1",
    "yes",
    "2",
    "no",
    "no",
    "2",
    "No!",
    "no they did not",
    "2",
    "nope",
    "2",
    "i dont know",
)
DIALOGUES = ("1", "2", "skip", "yes they took it", "I do not understand this", "later")


def people(seed):
    """Different people each round, so that nothing that was weighed before answers for them."""
    codes, draw = sorted(indicators()), random.Random(seed)
    return [
        (
            draw.sample(codes, draw.randint(2, 12)),
            draw.choice(POPULATIONS),
            draw.choice(("adult", "child", "unknown")),
        )
        for _ in range(ASSESSMENTS)
    ]


def assessments_a_second():
    rates = []
    for seed in range(ROUNDS):
        crowd = people(seed)
        begun = time.perf_counter()
        for yes, population, age in crowd:
            assess(yes, answered=9, age=age, populations=(population,))
        rates.append(ASSESSMENTS / (time.perf_counter() - begun))
    return statistics.median(rates)


def steps_a_second():
    flow, rates = load_flow(), []
    for _ in range(ROUNDS):
        steps, begun = 0, time.perf_counter()
        for n in range(TALKS):
            state = State()
            for text in (*WORDS, *itertools.islice(itertools.cycle(DIALOGUES), n % 7)):
                heard = Heard(text, ("en", "fr", "es", "ar"), "en")
                offered(flow, state)
                state = step(flow, state, heard).state
                steps += 1
        rates.append(steps / (time.perf_counter() - begun))
    return statistics.median(rates)


def import_ms():
    def once(code):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1])
        return (time.perf_counter() - begun) * 1000

    for code in ("pass", "import triage"):
        once(code)
    return statistics.median(once("import triage") - once("pass") for _ in range(9))


def run():
    rate = assessments_a_second()
    yield "Assessments, per second", rate, "limit", LEAST_ASSESSMENTS, rate / LEAST_ASSESSMENTS, 1.0
    rate = steps_a_second()
    yield "Steps of a conversation, per second", rate, "limit", LEAST_STEPS, rate / LEAST_STEPS, 1.0
    took = import_ms()
    yield "Import of triage, ms", took, "limit", MOST_IMPORT_MS, took / MOST_IMPORT_MS, None
