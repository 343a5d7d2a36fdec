"""What is read once is read once, whoever asks meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

from triage.once import Once


def test_of_many_that_ask_at_once_one_reads_and_all_get_the_same():
    read, together = [], Barrier(8)

    @Once
    def slow(name):
        read.append(name)
        sleep(0.05)
        return [name]

    def asks(name):
        together.wait(10)
        return slow(name)

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(asks, ["km"] * 8))
    assert read == ["km"]
    assert all(one is found[0] for one in found)


def test_what_could_not_be_read_is_tried_again():
    tries = []

    @Once
    def failing(name):
        tries.append(name)
        if len(tries) == 1:
            raise OSError
        return name

    for _ in range(2):
        try:
            found = failing("km")
        except OSError:
            found = None
    assert (found, len(tries)) == ("km", 2)
    failing.cache_clear()
    assert (failing("km"), len(tries)) == ("km", 3)
