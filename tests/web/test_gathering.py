"""Many requests, one transaction: nobody is answered before their own is written, and one bad one fails nobody."""

import threading
import time

import pytest

from web.gathering import Gathering


class Book:
    """Remembers each batch it wrote; refuses a batch with something bad in it."""

    def __init__(self, takes=0.0):
        self.batches, self.takes, self.busy = [], takes, threading.Lock()

    def write(self, items):
        assert self.busy.acquire(blocking=False), "two batches at once"
        try:
            time.sleep(self.takes)
            if "bad" in items:
                raise ValueError("cannot be written")
            self.batches.append(list(items))
        finally:
            self.busy.release()

    @property
    def written(self):
        return [item for batch in self.batches for item in batch]


def together(gathering, items, after=lambda _item: None):
    """Each item from a thread of its own, all at once; gives what failed."""
    failed, start = [], threading.Barrier(len(items))

    def one(item):
        start.wait()
        try:
            gathering.put(item)
            after(item)
        except ValueError:
            failed.append(item)

    threads = [threading.Thread(target=one, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    return failed


def test_what_comes_together_is_written_together_and_once():
    book = Book(takes=0.01)
    assert together(Gathering(book.write), [str(n) for n in range(50)]) == []
    assert sorted(book.written, key=int) == [str(n) for n in range(50)]
    assert len(book.batches) < 10


def test_nobody_is_answered_before_their_own_is_written():
    book, early = Book(takes=0.02), []

    def answered(item):
        if item not in book.written:
            early.append(item)

    together(Gathering(book.write), [str(n) for n in range(30)], answered)
    assert early == []


def test_one_that_comes_alone_is_written_soon():
    book = Book()
    begun = time.monotonic()
    Gathering(book.write).put("one")
    assert time.monotonic() - begun < 0.05
    assert book.batches == [["one"]]


def test_one_that_cannot_be_written_fails_by_itself_only():
    lock, written = threading.Lock(), []

    def write(items):
        if "bad" in items:
            raise ValueError("cannot be written")
        with lock:
            written.extend(items)

    good = [str(n) for n in range(20)]
    assert together(Gathering(write), [*good, "bad"]) == ["bad"]
    assert sorted(written, key=int) == good


def test_after_a_failure_the_next_is_written_as_ever():
    book = Book()
    gathering = Gathering(book.write)
    with pytest.raises(ValueError):
        gathering.put("bad")
    gathering.put("good")
    assert book.written == ["good"]
