"""Keys change while the line works: who texts is the same person, and who said stop stays stopped."""

import threading
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select, text, update

import triage
from campaigns.models import Subscriber
from campaigns.sending import ledger
from hotline import contacts, turns
from hotline.conversation import Conversation
from hotline.models import Case, Contact, OptOut, Outbox
from hotline.vault import Vault
from ops import reseal, sealed
from tests.campaigns.desk import HEADER, Desk, number
from tests.conftest import NOW
from tests.hotline.people import Person, case

HALF_MINUTE = timedelta(seconds=30)
PEOPLE = 4
JOY = "tel:" + number(0)


@dataclass
class Line:
    """Two processes whose clocks differ by half a minute, with one database and one ring between them."""

    sessions: object
    line_id: int
    ring: object
    now: object = NOW
    skews: tuple = (-HALF_MINUTE, timedelta())
    vaults: list = field(default_factory=list)
    texts: int = 0

    def __post_init__(self):
        self.vaults = [Vault(self.ring, self.now + skew) for skew in self.skews]

    def passes(self, how_long):
        self.now += how_long
        self.reads()

    def reads(self):
        """What every process does each few seconds."""
        for vault, skew in zip(self.vaults, self.skews, strict=True):
            vault.use(self.ring, self.now + skew)

    def rotates(self, kind, lead=timedelta(minutes=1)):
        if self.ring.pending(kind, self.now) is None:
            self.ring = self.ring.with_new(kind, self.now + lead)
            self.reads()

    def person(self, address, which=1):
        vault = self.vaults[which]

        def stopped(session, line_id, address, now):
            ledger.withdraw(session, line_id, address, now, vault)

        def erased(session, line_id, address, now):
            ledger.erase(session, line_id, address, now, vault)

        flow = triage.load_flow()
        talk = Conversation(vault, flow, self.line_id, ("en", "fr"), stopped, erased)
        self.texts += 1
        return Person(talk, self.sessions, self.now, address, texts=self.texts * 1000)

    def reseals(self, which=1):
        return reseal.reseal(self.sessions, self.vaults[which])

    def needed(self):
        with self.sessions() as session:
            return sealed.needed(session)

    def retires(self, kind):
        """Every old key that nothing needs any more, as `waypost keys retire` would."""
        for old in self.ring.numbered(kind):
            if old < self.ring.in_use(kind, self.now) and not self.needed().get(f"{kind}-{old}"):
                self.ring = self.ring.without(kind, old)
        self.reads()

    def contacts(self):
        """Ids by address."""
        with self.sessions() as session:
            rows = session.execute(
                select(Contact.id, Contact.address_sealed).order_by(Contact.id)
            ).all()
        return [(self.vaults[1].open(row.address_sealed, "address"), row.id) for row in rows]

    def people_in_cases(self):
        with self.sessions() as session:
            open_ones = set(session.scalars(select(Case.contact_id).where(Case.state != "closed")))
        return {address for address, contact in self.contacts() if contact in open_ones}


@pytest.fixture
def line(sessions, line_id, key_ring):
    return Line(sessions, line_id, key_ring)


@pytest.fixture
def desk(sessions, vault, line_id, now):
    return Desk(sessions, vault, line_id, now)


PERSON = st.integers(0, PEOPLE - 1)
KIND = st.sampled_from(["service", "hash"])
STEPS = st.tuples(
    st.one_of(
        st.tuples(st.just("texts"), PERSON, st.sampled_from(["hello", "1"])),
        st.tuples(st.just("stops"), PERSON),
        st.tuples(st.just("starts"), PERSON),
        st.tuples(st.just("imports"), st.sets(PERSON, min_size=1)),
        st.tuples(st.just("campaigns")),
        st.tuples(st.just("delivers")),
        st.tuples(st.just("rotates"), KIND),
        st.tuples(st.just("waits"), st.sampled_from([15, 45, 70, 3600])),
        st.tuples(st.just("reseals")),
        st.tuples(st.just("retires"), KIND),
    ),
    # Which of the two processes does it.
    st.integers(0, 1),
)


@dataclass
class Story:
    """What happens to a line, step by step, and what has to hold after each."""

    line: Line
    desk: Desk
    met: dict = field(default_factory=dict)
    stopped: set = field(default_factory=set)
    planned: int = 0

    def goes_on(self, step, which):
        self.which, self.desk.now, self.desk.vault = which, self.line.now, self.line.vaults[which]
        name, *what = step
        getattr(self, name)(*what)
        there = self.line.contacts()
        assert len(dict(there)) == len(there), "a person became two contacts"
        for address, contact in there:
            assert self.met.setdefault(address, contact) == contact
        sent = [each for each in self.desk.sent if "Campaign" in each[1]]
        assert len(set(sent)) == len(sent), "somebody got a campaign twice"

    def person(self, who):
        return self.line.person("tel:" + number(who), self.which)

    def texts(self, who, words):
        self.person(who).texts_us(words)

    def stops(self, who):
        self.person(who).says_word("stop")
        self.stopped.add(who)

    def starts(self, who):
        self.person(who).says_word("start")
        self.stopped.discard(who)

    def imports(self, people):
        self.desk.imports(HEADER + "".join(f"{number(who)},en,fair\n" for who in sorted(people)))

    def campaigns(self):
        self.planned += 1
        self.desk.advances(self.desk.schedules(self.desk.drafts(en=f"Campaign {self.planned}")))

    def delivers(self):
        claimed = self.desk.claims()
        texted = {row.address for row in claimed if row.campaign_id}
        assert not texted & {"tel:" + number(who) for who in self.stopped}
        self.desk.settles(claimed)

    def rotates(self, kind):
        self.line.rotates(kind)

    def waits(self, seconds):
        self.line.passes(timedelta(seconds=seconds))

    def reseals(self):
        assert self.line.reseals(self.which).shut == 0

    def retires(self, kind):
        self.line.retires(kind)


EVERYBODY = ("imports", set(range(PEOPLE)))


@given(st.lists(STEPS, max_size=30))
# Who asked for a person is in a case, and gets no campaign.
@example([(("texts", 1, words), 0) for words in ("hello", "1", "1", "1")])
@example(
    [
        (("stops", 0), 1),
        (EVERYBODY, 1),
        (("rotates", "hash"), 1),
        (("waits", 70), 1),
        (("texts", 0, "1"), 1),
        (("campaigns",), 1),
        (("delivers",), 1),
    ]
)
@example(
    [
        (EVERYBODY, 1),
        (("campaigns",), 1),
        (("rotates", "hash"), 1),
        (("waits", 70), 1),
        (("stops", 0), 1),
        (("delivers",), 0),
        (("reseals",), 1),
        (("retires", "hash"), 1),
        (("campaigns",), 1),
        (("delivers",), 1),
    ]
)
@example(
    [
        (("rotates", "hash"), 1),
        (("waits", 70), 1),
        (("stops", 0), 1),
        (("texts", 0, "1"), 0),
        (EVERYBODY, 1),
        (("campaigns",), 1),
        (("delivers",), 0),
        (("starts", 0), 0),
        (("campaigns",), 1),
    ]
)
@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_in_any_order_a_person_stays_the_same_and_who_stopped_is_never_texted(
    sessions, line_id, key_ring, desk, steps
):
    desk.starts_over()
    with sessions.begin() as session:
        session.execute(text("TRUNCATE contacts, cases, inbound_seen, simulated_messages CASCADE"))
    line = Line(sessions, line_id, key_ring)
    story = Story(line, desk)
    for step, which in steps:
        story.goes_on(step, which)
    # However it went: when everything has been brought to the newest keys, the old ones can go.
    # And who talked with us has been silent for long enough to be sent one.
    line.passes(timedelta(hours=3))
    story.goes_on(EVERYBODY, 1)
    story.goes_on(("reseals",), 1)
    for kind in ("service", "hash"):
        story.goes_on(("retires", kind), 1)
        assert list(line.ring.numbered(kind)) == [line.ring.in_use(kind, line.now)]
    desk.sent = []
    story.goes_on(("campaigns",), 1)
    story.goes_on(("delivers",), 1)
    last = {address for address, words in desk.sent if words == f"Campaign {story.planned}"}
    spared = {"tel:" + number(who) for who in story.stopped} | line.people_in_cases()
    assert last == {"tel:" + number(who) for who in range(PEOPLE)} - spared


def test_a_process_with_the_old_ring_opens_what_a_quicker_one_sealed(line):
    slow, quick = line.vaults
    line.ring = line.ring.with_new("service", line.now)
    quick.use(line.ring, line.now)
    slow.missing = lambda: slow.use(line.ring, line.now)
    joy = line.person(JOY, 1)
    joy.reaches_the_menu()
    joy.conversation = line.person(JOY, 0).conversation
    assert "person.called" in joy.texts_us("0")


def test_a_process_without_the_newest_hash_key_sends_no_campaign(line, desk):
    """Somebody may have said stop under the key it does not have."""
    slow, quick = line.vaults
    desk.vault = slow
    desk.imports(f"{HEADER}{number(0)},en,fair\n{number(1)},en,fair\n")
    campaign = desk.schedules(desk.drafts(en="Hello"))
    line.ring = line.ring.with_new("hash", line.now)
    quick.use(line.ring, line.now)
    line.person(JOY, 1).says_word("stop")
    desk.advances(campaign)
    assert desk.claims() == []
    slow.missing = lambda: slow.use(line.ring, line.now)
    desk.now += timedelta(minutes=1)
    assert desk.claims() == []
    desk.now += timedelta(minutes=1)
    assert [row.address for row in desk.claims()] == ["tel:" + number(1)]
    assert desk.balance(campaign).suppressed == 1


def test_a_process_without_the_newest_hash_key_expands_no_campaign(line, desk):
    """Somebody may be in the list twice, once under the key it does not have."""
    slow, quick = line.vaults
    line.ring = line.ring.with_new("hash", line.now)
    quick.use(line.ring, line.now)
    desk.vault = quick
    desk.imports(f"{HEADER}{number(0)},en,fair\n")
    campaign = desk.schedules(desk.drafts(en="Hello"))
    desk.vault = slow
    desk.advances(campaign)
    assert desk.balance(campaign).planned == 0
    slow.missing = lambda: slow.use(line.ring, line.now)
    desk.advances(campaign)
    desk.advances(campaign)
    assert desk.balance(campaign).planned == 1


def test_stop_keeps_what_waits_from_leaving_whatever_key_either_process_knows(line, desk):
    quick = line.vaults[1]
    line.ring = line.ring.with_new("hash", line.now)
    quick.use(line.ring, line.now)
    desk.vault = quick
    desk.imports(f"{HEADER}{number(0)},en,fair\n")
    campaign = desk.schedules(desk.drafts(en="Hello"))
    desk.advances(campaign)
    line.person(JOY, 0).says_word("stop")
    assert desk.claims() == []
    assert desk.balance(campaign).suppressed == 1


def test_two_processes_that_hear_somebody_at_once_when_a_key_begins_know_one_person(line):
    line.rotates("hash")
    # The clock of one has come to the new key, the other's has not.
    line.passes(timedelta(seconds=75))
    assert [vault.address_hash(JOY)[0] for vault in line.vaults] == [1, 2]
    for _ in range(5):
        people = [line.person(JOY, which) for which in (0, 1, 0, 1)]
        threads = [threading.Thread(target=who.sends, args=("hello",)) for who in people]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert len(line.contacts()) == 1


class TestOneAgain:
    """Two contacts of one person, made while a process did not have the newest key yet."""

    @pytest.fixture
    def double(self, line):
        quick = line.vaults[1]
        line.ring = line.ring.with_new("hash", line.now)
        quick.use(line.ring, line.now)
        old, new = line.person(JOY, 0), line.person(JOY, 1)
        new.reaches_the_menu()
        old.now = new.now + timedelta(seconds=5)
        old.reaches_the_menu()
        new.now = old.now
        assert len(line.contacts()) == 2
        return line, old, new

    def test_the_one_heard_last_goes_on(self, double, sessions):
        line, _old, new = double
        [kept] = [contact for _, contact in line.contacts()[1:]]
        line.reads()
        assert "person.called" in new.texts_us("0")
        assert line.contacts() == [(JOY, kept)]
        with sessions() as session:
            assert session.scalar(
                select(func.count()).select_from(Outbox).where(Outbox.contact_id == kept)
            ) == session.scalar(select(func.count()).select_from(Outbox))

    def test_the_one_with_an_open_case_goes_on(self, double, sessions):
        line, _old, new = double
        with sessions.begin() as session:
            first = session.scalars(select(Contact).order_by(Contact.id)).first()
            session.add(case(line.line_id, first.id, line.now))
        line.reads()
        new.texts_us("hello")
        assert [contact for _, contact in line.contacts()] == [first.id]

    def test_of_two_open_cases_one_is_answered_and_the_other_stays_to_be_read(
        self, double, sessions
    ):
        line, _old, _new = double
        with sessions.begin() as session:
            found = session.scalars(select(Contact).order_by(Contact.id)).all()
            for contact in found:
                session.add(case(line.line_id, contact.id, line.now))
            found[0].handle = 4711
        line.reads()
        assert line.reseals().moved == 1
        with sessions() as session:
            left = session.scalars(select(Contact)).one()
            states = session.execute(select(Case.state, Case.contact_id).order_by(Case.id)).all()
        assert left.handle == 4711
        assert sorted(states) == [("closed", left.id), ("waiting", left.id)]

    def test_who_then_asks_to_be_forgotten_leaves_neither(self, double, sessions):
        line, _old, new = double
        line.reads()
        new.says_word("delete")
        new.texts_us("1")
        assert line.contacts() == []

    def test_an_opt_out_under_each_key_is_one_and_start_takes_back_both(self, double, sessions):
        line, old, new = double
        new.says_word("stop")
        old.says_word("stop")
        line.reads()
        with sessions() as session:
            assert session.scalar(select(func.count()).select_from(OptOut)) == 2
        new.says_word("start")
        with sessions() as session:
            assert session.scalar(select(func.count()).select_from(OptOut)) == 0


class TestSubscribers:
    def test_an_import_finds_who_is_known_under_another_key(self, line, desk):
        desk.imports(f"{HEADER}{number(0)},en,fair\n{number(1)},en,fair\n")
        line.rotates("hash")
        line.passes(timedelta(minutes=5))
        desk.vault = line.vaults[1]
        report = desk.imports(f"{HEADER}{number(0)},en,fair\n{number(1)},fr,fair\n")
        assert (report.imported, report.updated, report.unchanged) == (0, 1, 1)
        assert set(line.needed()) == {"service-1", "hash-2"}

    def test_who_is_in_it_twice_becomes_one_again_and_gets_a_campaign_once(
        self, line, desk, sessions
    ):
        slow, quick = line.vaults
        line.ring = line.ring.with_new("hash", line.now)
        quick.use(line.ring, line.now)
        for desk.vault, language in ((quick, "en"), (slow, "fr")):
            desk.imports(f"{HEADER}{number(0)},{language},fair\n")
        desk.vault = quick
        campaign = desk.schedules(desk.drafts(en="Hello", fr="Bonjour"))
        desk.advances(campaign)
        assert desk.delivers() == ["Bonjour"]
        with sessions() as session:
            left = session.scalars(select(Subscriber)).one()
        assert left.language == "fr"
        assert left.address_hash == quick.address_hash(JOY)

    def test_who_is_forgotten_is_in_no_list_under_any_key(self, line, desk, sessions):
        desk.imports(f"{HEADER}{number(0)},en,fair\n")
        line.rotates("hash")
        line.passes(timedelta(minutes=5))
        with sessions.begin() as session:
            ledger.erase(session, line.line_id, JOY, line.now, line.vaults[1])
            assert session.scalar(select(func.count()).select_from(Subscriber)) == 0


class TestReseal:
    def test_it_may_be_interrupted_and_repeated(self, line, desk, sessions):
        desk.has_subscribers(30)
        for n in range(5):
            line.person("tel:" + number(n)).reaches_the_menu()
        line.rotates("service")
        line.rotates("hash")
        line.passes(timedelta(minutes=5))

        def gives_up(_table, _rows):
            raise KeyboardInterrupt

        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                reseal.reseal(sessions, line.vaults[1], gives_up)
        line.reseals()
        assert set(line.needed()) == {"service-2", "hash-2"}
        assert line.reseals() == reseal.Done()

    def test_what_somebody_works_on_is_left_and_what_changed_is_not_overwritten(
        self, line, sessions
    ):
        joy = line.person(JOY)
        joy.reaches_the_menu()
        line.rotates("service")
        line.passes(timedelta(minutes=5))
        column = sealed.BY_SERVICE[1]
        with sessions.begin() as busy, sessions.begin() as session:
            busy.execute(update(Contact).values(state_sealed=None))
            assert sealed.reseal(session, line.vaults[1], column, 0) is None
        with sessions() as session:
            assert session.scalar(select(Contact.state_sealed)) is None

    def test_what_no_key_opens_is_told_and_left_as_it_is(self, line, sessions):
        line.person(JOY).reaches_the_menu()
        line.rotates("service")
        line.passes(timedelta(minutes=5))
        with sessions.begin() as session:
            session.execute(update(Contact).values(address_sealed=b"\x02\x01" + b"x" * 60))
        done = line.reseals()
        assert done.shut == 1
        assert line.needed()["service-1"] == {"contacts": 1}

    def test_a_clock_that_is_behind_seals_nothing_back(self, line):
        line.person(JOY).reaches_the_menu()
        line.rotates("service")
        line.rotates("hash")
        line.passes(timedelta(seconds=75))
        line.reseals(1)
        assert line.reseals(0).sealed_anew == 0
        assert "service-1" not in line.needed()


def test_with_one_hash_key_an_inbound_turn_stays_at_two_statements(line, sessions):
    """The lock and the look are only for a rotation."""
    joy, said = line.person(JOY), []
    joy.reaches_the_menu()
    event.listen(sessions.kw["bind"], "before_cursor_execute", lambda *told: said.append(told[2]))
    joy.texts_us("hm")
    assert said == [contacts.MEET, turns.END]
    line.rotates("hash")
    joy.texts_us("hm")
    assert ["advisory" in each for each in said[2:]] == [True, False, False, False]
    assert said[4:] == [contacts.MEET, turns.END]
