"""The key ring: text form, keys that begin at a time, and a file that is replaced whole."""

import os
import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.keyring import KINDS, MOST_KEYS, KeyRing, KeysUnusable
from hotline.vault import Unsealable, Vault
from tests.conftest import NOW

HOUR = timedelta(hours=1)
RING = KeyRing.new()
KIND = st.sampled_from(KINDS)
TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
LINE = "service-1:" + "A" * 43 + "="


@given(st.lists(st.tuples(KIND, TIMES), max_size=6))
def test_a_ring_survives_its_text_form(added):
    ring = RING
    for kind, since in added:
        ring = ring.with_new(kind, since)
    again = KeyRing.parse(ring.to_text())
    assert again == ring
    assert again.fingerprint() == ring.fingerprint()


@given(st.lists(st.tuples(KIND, TIMES), max_size=6), TIMES)
def test_the_newest_that_has_begun_is_used_and_the_oldest_before_any_has(added, now):
    ring, begins = RING, {"service": {1: 0.0}, "hash": {1: 0.0}}
    for kind, since in added:
        ring = ring.with_new(kind, since)
        begins[kind][max(begins[kind]) + 1] = int(since.timestamp())
    for kind in KINDS:
        assert set(ring.numbered(kind)) == set(begins[kind])
        begun = [n for n, since in begins[kind].items() if since <= now.timestamp()]
        assert ring.in_use(kind, now) == max(begun)
        assert ring.began(kind, now).timestamp() == begins[kind][max(begun)]
        newest = begins[kind][max(begins[kind])]
        waits = ring.pending(kind, now)
        assert (waits and waits.timestamp()) == (newest if newest > now.timestamp() else None)
        if max(begun) > 1:
            younger = ring.without(kind, 1)
            assert younger.in_use(kind, now) == max(begun)
            # Whose clock has not come to any of the keys left uses the oldest of those.
            long_ago = datetime(2000, 1, 1, tzinfo=UTC)
            assert younger.in_use(kind, long_ago) == min(younger.numbered(kind))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", 'no key "service-1"'),
        ("service-0:" + "A" * 43 + "=", "line 1 of the key ring names no key"),
        ("service-256:" + "A" * 43 + "=", "line 1 of the key ring names no key"),
        ("hash:" + "A" * 43 + "=", "line 1 of the key ring names no key"),
        (f"{LINE}\n{LINE}", "line 2 of the key ring names a key a second time"),
        (f"{LINE}\n{LINE.replace(':', '@12:')}", "line 2 of the key ring names a key a second"),
        ("service-1:" + "A" * 43, "not base64"),
        ("service-1:" + "é" * 44, "not base64"),
        ("service-1:AAAA", "not 32 bytes"),
        (LINE, 'no key "hash-1"'),
        (f"{LINE}\n{LINE.replace('service', 'hash')}", 'no key "web"'),
    ],
)
def test_what_is_wrong_is_told_in_one_line_without_the_key(text, told):
    with pytest.raises(KeysUnusable) as refused:
        KeyRing.parse(text)
    said = str(refused.value)
    assert told in said
    assert "\n" not in said
    assert "AAAA" not in said


@given(st.data())
def test_a_ring_cut_off_or_damaged_is_refused_or_a_part_of_itself(data):
    """Whoever copies a ring while it is read shows its first bytes: never another key in its place."""
    whole = RING.with_new("service", NOW).with_new("hash", NOW).to_text()
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    try:
        ring = KeyRing.parse(cut)
    except KeysUnusable:
        return
    assert ring.keys.items() <= KeyRing.parse(whole).keys.items()


def test_after_255_keys_there_is_no_more():
    ring = KeyRing({**RING.keys, f"service-{MOST_KEYS}": b"k" * 32})
    with pytest.raises(KeysUnusable):
        ring.with_new("service", NOW)


def test_a_ring_goes_on_when_keys_are_added_and_old_ones_retired_and_not_otherwise():
    newer = RING.with_new("service", NOW)
    assert newer.continues(RING)
    assert newer.without("service", 1).continues(newer)
    assert newer.without("service", 1).with_new("hash", NOW).continues(newer)
    # An older copy lacks the newest key, with which there may be texts already.
    assert not RING.continues(newer)
    assert not KeyRing.new().continues(RING)
    assert not KeyRing({**RING.keys, "web": b"w" * 32}).continues(RING)


def test_keys_are_told_by_name_and_state_and_never_shown():
    ring = RING.with_new("service", NOW - HOUR).with_new("hash", NOW + HOUR)
    assert list(ring.told(NOW)) == [
        ("service-1", "still opens and finds"),
        ("service-2", "in use"),
        ("hash-1", "in use"),
        ("hash-2", "from 2026-03-02 10:30 UTC"),
    ]
    assert repr(ring) == "KeyRing()"


def test_replacing_keeps_owner_and_mode(tmp_path):
    path = tmp_path / "ring"
    RING.save(path)
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 4711, 4712)
    before = path.stat()
    newer = RING.with_new("service", NOW)
    newer.replace(path)
    after = path.stat()
    assert KeyRing.parse(path.read_text()) == newer
    assert (after.st_uid, after.st_gid, after.st_mode) == (
        before.st_uid,
        before.st_gid,
        before.st_mode,
    )
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_to_a_ring_stays_a_link(tmp_path):
    RING.save(tmp_path / "secret" / "ring")
    (tmp_path / "ring").symlink_to(tmp_path / "secret" / "ring")
    newer = RING.with_new("hash", NOW)
    newer.replace(tmp_path / "ring")
    assert (tmp_path / "ring").is_symlink()
    assert KeyRing.parse((tmp_path / "secret" / "ring").read_text()) == newer


def test_who_reads_while_it_is_replaced_sees_the_old_or_the_new_whole(tmp_path):
    path = tmp_path / "ring"
    RING.save(path)
    done, seen = threading.Event(), set()

    def read():
        while not done.is_set():
            seen.add(KeyRing.parse(path.read_text()).fingerprint())

    reader = threading.Thread(target=read)
    reader.start()
    rings = [RING]
    for _ in range(50):
        rings.append(rings[-1].with_new("service", NOW))
        rings[-1].replace(path)
    done.set()
    reader.join()
    assert seen <= {ring.fingerprint() for ring in rings}


def test_what_cannot_be_replaced_stays_as_it_was(tmp_path):
    with pytest.raises(OSError):
        RING.replace(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


class TestVault:
    def test_an_old_key_opens_until_it_is_retired(self):
        ring = RING.with_new("service", NOW)
        vault = Vault(ring, NOW - HOUR)
        early = vault.seal("before", "body")
        vault.use(ring, NOW)
        late = vault.seal("after", "body")
        assert (early[1], late[1]) == (1, 2)
        assert late.startswith(vault.sealed_now)
        assert [vault.open(each, "body") for each in (early, late)] == ["before", "after"]
        vault.use(ring.without("service", 1), NOW)
        assert vault.open(late, "body") == "after"
        with pytest.raises(Unsealable):
            vault.open(early, "body")

    def test_a_hash_names_its_key_and_the_one_in_use_comes_first(self):
        ring = RING.with_new("hash", NOW)
        early, late = Vault(ring, NOW - HOUR), Vault(ring, NOW)
        assert [each[0] for each in early.hashes("tel:+1")] == [1, 2]
        assert late.hashes("tel:+1") == tuple(reversed(early.hashes("tel:+1")))
        assert late.address_hash("tel:+1") == late.hashes("tel:+1")[0]
        # What hangs on no hash key stays what it was.
        assert early.person_lock("tel:+1") == late.person_lock("tel:+1")
        assert early.provider_hash("SM1") == Vault(RING).provider_hash("SM1")

    def test_a_ring_knows_hashes_of_its_own_and_older_keys(self):
        newer = Vault(RING.with_new("hash", NOW).without("hash", 1), NOW)
        assert newer.knows(newer.address_hash("tel:+1"))
        assert newer.knows(Vault(RING).address_hash("tel:+1"))
        assert not Vault(RING).knows(newer.address_hash("tel:+1"))

    def test_with_one_key_there_is_one_hash_and_nothing_rotates(self):
        assert len(Vault(RING).hashes("tel:+1")) == 1
        assert not Vault(RING).rotating
        assert Vault(RING.with_new("hash", NOW)).rotating
        assert Vault(RING.with_new("service", NOW)).rotating

    def test_a_key_that_is_missing_is_asked_for_once_before_it_fails(self):
        newer = RING.with_new("service", NOW)
        sealed = Vault(newer, NOW).seal("words", "body")
        vault, asked = Vault(RING), []
        vault.missing = lambda: asked.append("nothing newer")
        with pytest.raises(Unsealable):
            vault.open(sealed, "body")
        assert asked == ["nothing newer"]
        vault.missing = lambda: vault.use(newer, NOW)
        assert vault.open(sealed, "body") == "words"
