"""Somebody has taken the machine: the whole database, and the key ring too. What can they read?

The thief here tries every value of every table with every key they have or find on the way.
"""

import base64
import hashlib
from itertools import product

import pytest
from nacl.exceptions import CryptoError
from sqlalchemy import LargeBinary, inspect, select, text

from hotline import escrow, forgetting, teamkeys
from hotline.keyring import KeyRing
from hotline.models import Base, StaffKey
from hotline.vault import SMALLEST, Unsealable, Vault
from tests.hotline.people import Caseworker
from tests.keys import open_key, open_words, seal_words, split, unwrap, wrap

SECRET = "they took my passport and locked the door"
PASSPHRASE = "seven quiet boats cross the bay"
NUMBER = "+12025550101"
SUMMARY = '{"path"'


class Thief:
    """Has every byte of the database, and the keys of `ring`, if any."""

    def __init__(self, sessions, ring=None):
        self.values = set()
        with sessions() as session:
            for table in Base.metadata.sorted_tables:
                columns = [c.name for c in table.columns if isinstance(c.type, LargeBinary)]
                for column in columns:
                    found = session.execute(text(f"SELECT {column} FROM {table.name}")).scalars()
                    self.values |= {bytes(value) for value in found if value is not None}
        self.vault = Vault(ring or KeyRing.new())
        self.keys = set((ring or KeyRing.new()).keys.values())

    def opens(self, *more_keys):
        """Every text that opens, with all that opened so far as further keys."""
        opened = set()
        for sealed, purpose in product(self.values, SMALLEST):
            try:
                opened.add(self.vault.open(sealed, purpose))
            except Unsealable:
                continue
        keys = self.keys | set(more_keys) | {v for v in self.values if len(v) == 32}
        keys |= {key for each in opened if (key := _as_key(each))}
        # What a box holds may be the key of another.
        for _ in range(3):
            for sealed, key in product(self.values, tuple(keys)):
                plain = _open_box(sealed, key)
                if plain is None:
                    continue
                keys |= {plain} if len(plain) == 32 else set()
                opened.add(plain.decode(errors="replace"))
        return opened


def _as_key(opened):
    try:
        key = base64.b64decode(opened, validate=True)
    except ValueError:
        return None
    return key if len(key) == 32 else None


def _open_box(sealed, key):
    try:
        return open_words(sealed, key).encode()
    except (CryptoError, UnicodeDecodeError):
        pass
    except ValueError:  # no padding: a key
        pass
    try:
        return open_key(sealed, key)
    except CryptoError:
        return None


@pytest.fixture
def caseworker(sessions, vault, line_id, now):
    return Caseworker(sessions, vault, line_id, now)


@pytest.fixture
def supervisors(caseworker, sessions, vault, line_id, now):
    """Three people with wrapped keys, of whom any two have the team's key in escrow."""
    people = [Caseworker(sessions, vault, line_id, now, f"ana-{n}") for n in range(3)]
    with sessions.begin() as session:
        session.execute(text("UPDATE staff SET role = 'supervisor' WHERE login LIKE 'ana-%'"))
        for each in people:
            wrapped = wrap(each.keys.private, PASSPHRASE).encode()
            teamkeys.enrol(session, vault, each.member, each.keys.public, wrapped, {}, now)
        held = [h for h in teamkeys.held(session, caseworker.member) if h.team == "general"]
        parts = split(caseworker.keys.teams[held[0].id], [p.member.id for p in people], 2)
        shares = {p.member.id: seal_words(parts[p.member.id], p.keys.public, 1024) for p in people}
        escrow.make(session, caseworker.member, held[0].id, 2, shares, now)
    return people


def tells(person):
    """A whole story: answers to the questions, consent, words to the caseworker."""
    person.reaches_the_menu()
    person.texts_us("2")
    for answer in ("no", "no", "yes", "yes", "yes", "1"):
        person.texts_us(answer)
    person.texts_us(SECRET)
    # Delivered: what waits to be sent is the service's to read, for as long as it waits.
    person.hears()


def shows(opened, words):
    return any(words in each for each in opened)


def test_with_disk_and_key_ring_but_no_browser_no_summary_and_no_thread_opens(
    person, supervisors, sessions, key_ring
):
    tells(person)
    opened = Thief(sessions, key_ring).opens()
    # The service's own part they have: that is what the ring opens.
    assert shows(opened, NUMBER)
    for words in (
        SECRET,
        "possible_trafficking",
        "need.documents",
        "papers_kept",
        SUMMARY,
        "note.",
    ):
        assert not shows(opened, words), words


def test_one_passphrase_of_those_in_escrow_opens_nothing_either(
    person, supervisors, sessions, key_ring
):
    tells(person)
    with sessions() as session:
        wrapped = session.scalars(
            select(StaffKey.private_sealed).where(StaffKey.private_sealed != b"{}")
        ).all()
    private = unwrap(wrapped[0].decode(), PASSPHRASE)
    assert private in {each.keys.private for each in supervisors}
    opened = Thief(sessions, key_ring).opens(private)
    assert any(each.startswith('{"') for each in opened), "the share itself opens"
    assert not shows(opened, SECRET)


def test_a_members_key_opens_it_to_the_thief_as_to_the_member(
    person, caseworker, sessions, key_ring
):
    tells(person)
    opened = Thief(sessions, key_ring).opens(caseworker.keys.private)
    for words in (SECRET, "possible_trafficking", "need.documents", SUMMARY):
        assert shows(opened, words), words


def test_before_the_team_has_a_key_the_server_holds_it_and_the_thief_reads_it(
    person, sessions, key_ring
):
    tells(person)
    assert shows(Thief(sessions, key_ring).opens(), SECRET)


def test_without_the_key_ring_no_address_opens_and_none_can_be_guessed(
    person, caseworker, supervisors, sessions, vault
):
    tells(person)
    thief = Thief(sessions)
    assert thief.opens() == set()
    guesses = {f"tel:{NUMBER}", NUMBER, NUMBER[1:]}
    for guess, name in product(guesses, ("md5", "sha1", "sha256", "blake2b")):
        digest = hashlib.new(name, guess.encode()).digest()
        assert not [v for v in thief.values if digest[:16] in v or v in digest]
    assert any(vault.address_hash(f"tel:{NUMBER}") == value for value in thief.values)


def test_nothing_but_counts_and_facts_of_cases_stands_in_the_clear(person, caseworker, sessions):
    """Whatever is not bytes, as one text: no number, no words, no answers."""
    tells(person)
    with sessions() as session:
        names = inspect(session.connection()).get_table_names()
        rows = [
            str(row)
            for name in names
            for row in session.execute(text(f"SELECT to_jsonb(t)::text FROM {name} t")).scalars()
        ]
    for words in (SECRET, "passport", NUMBER[1:], "possible_trafficking", "need.documents"):
        assert not [row for row in rows if words in row], words


def test_answers_that_are_not_to_be_shared_are_not_kept_either(
    person, caseworker, sessions, key_ring
):
    person.reaches_the_menu()
    person.texts_us("2")
    for answer in ("no", "no", "yes", "yes"):
        person.texts_us(answer)
    person.texts_us("0")
    assert "watched" in "".join(Thief(sessions, key_ring).opens())
    assert person.texts_us("no") == ["person.not_shared"]
    person.hears()
    assert not shows(Thief(sessions, key_ring).opens(), "watched")


def test_after_the_case_is_destroyed_even_the_members_key_opens_nothing(
    person, caseworker, sessions, key_ring
):
    tells(person)
    person.says_word("delete")
    person.texts_us("1")
    person.hears()
    with sessions.begin() as session:
        case_id = session.scalar(text("SELECT id FROM cases"))
        forgetting.acknowledge(session, case_id, person.now)
    opened = Thief(sessions, key_ring).opens(caseworker.keys.private)
    assert not shows(opened, SECRET)
    assert not shows(opened, NUMBER)
