"""Every process follows the ring: its file when it changed, and the clock."""

import time
from datetime import timedelta

import pytest

from hotline.keyring import KeyRing
from hotline.vault import Unsealable, Vault
from ops import keywatch
from ops.keywatch import KeyWatch
from tests.conftest import NOW

MINUTE = timedelta(minutes=1)


class Process:
    """A vault, and whoever keeps it at the ring."""

    def __init__(self, ring, path):
        self.now = NOW
        self.vault = Vault(ring, self.now)
        self.watch = KeyWatch(self.vault, ring, path, lambda: self.now)

    def seals_with(self):
        return f"service-{self.vault.sealed_now[1]}"


@pytest.fixture
def path(key_ring, tmp_path):
    key_ring.save(tmp_path / "ring")
    return tmp_path / "ring"


@pytest.fixture
def process(key_ring, path):
    return Process(key_ring, path)


def test_a_key_added_to_the_file_is_used_from_its_time_on(process, path, key_ring):
    key_ring.with_new("service", NOW + MINUTE).replace(path)
    process.watch.look()
    assert process.seals_with() == "service-1"
    process.now += MINUTE
    process.watch.look()
    assert process.seals_with() == "service-2"


def test_a_ring_in_the_environment_is_followed_by_the_clock_alone(key_ring):
    process = Process(key_ring.with_new("hash", NOW + MINUTE), None)
    process.watch.look()
    assert process.vault.address_hash("tel:+1")[0] == 1
    process.now += MINUTE
    process.watch.look()
    assert process.vault.address_hash("tel:+1")[0] == 2


def test_what_a_quicker_process_sealed_opens_at_the_first_try(process, path, key_ring):
    newer = key_ring.with_new("service", NOW)
    newer.replace(path)
    assert process.vault.open(Vault(newer, NOW).seal("words", "body"), "body") == "words"


def test_a_retired_key_is_let_go(process, path, key_ring):
    newer = key_ring.with_new("service", NOW - MINUTE)
    newer.replace(path)
    process.watch.look()
    early = Vault(key_ring).seal("words", "body")
    assert process.vault.open(early, "body") == "words"
    newer.without("service", 1).replace(path)
    process.watch.look()
    with pytest.raises(Unsealable):
        process.vault.open(early, "body")


@pytest.mark.parametrize("what", ["gone", "damaged", "another", "older", "not text"])
def test_a_ring_that_cannot_be_used_is_told_once_and_the_one_before_stays(
    process, path, key_ring, caplog, what
):
    newer = key_ring.with_new("service", NOW)
    newer.replace(path)
    process.watch.look()
    sealed = process.vault.seal("words", "body")
    another = KeyRing.new()
    match what:
        case "gone":
            path.unlink()
        case "damaged":
            path.write_text(newer.to_text()[:-20])
        case "another":
            another.replace(path)
        case "older":
            key_ring.replace(path)
        case "not text":
            path.write_bytes(b"\xff\xfe")
    for _ in range(3):
        process.watch.look()
    assert process.vault.open(sealed, "body") == "words"
    assert process.seals_with() == "service-2"
    [told] = caplog.messages
    assert told.startswith("the key ring changed and is not followed: ")
    for ring in (newer, another):
        for line in ring.to_text().split():
            assert line.partition(":")[2] not in told
    # Mended, it is followed again without a word.
    path.unlink(missing_ok=True)
    newer.with_new("service", NOW).save(path)
    process.watch.look()
    assert process.seals_with() == "service-3"
    assert len(caplog.messages) == 1


def test_it_is_looked_at_every_few_seconds_until_told_to_stop(process, path, key_ring, monkeypatch):
    monkeypatch.setattr(keywatch, "LOOK_SECONDS", 0.01)
    process.watch.follow()
    key_ring.with_new("service", NOW).replace(path)
    wait_until(lambda: process.seals_with() == "service-2")
    process.watch.stop()
    time.sleep(0.1)
    key_ring.with_new("service", NOW).with_new("service", NOW).replace(path)
    time.sleep(0.1)
    assert process.seals_with() == "service-2"


def wait_until(holds):
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)
