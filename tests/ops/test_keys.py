"""`waypost keys`: new keys while the line works, and the end of old ones."""

import contextlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import LargeBinary, MetaData, create_engine, func, select, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

import campaigns.models  # noqa: F401 - its columns count too
from hotline.keyring import KeyRing
from hotline.models import Base, Contact, OptOut
from hotline.vault import SMALLEST, Unsealable, Vault
from ops import embedded, sealed
from ops.wiring import clock
from tests.campaigns.desk import HEADER, Desk, number
from tests.fakes.twilio import ACCOUNT, NUMBER, TOKEN, FakeTwilio, signed, text_form
from tests.hotline.test_rotation import Line as RotatingLine
from tests.ops.commandline import environment, waypost
from tests.ops.test_run import Line

ROOT = Path(__file__).parents[2]
HOUR = timedelta(hours=1)


class Waypost:
    """The command line of a line whose ring is a file."""

    def __init__(self, home, ring, **others):
        self.path = home / "ring"
        ring.save(self.path)
        self.environment = environment(**{"WAYPOST_HOME": home, "WAYPOST_KEYS": self.path} | others)

    def __call__(self, *words, code=0, **more):
        return self.runs("keys", *words, code=code, **more)

    def runs(self, *words, code=0, **more):
        return waypost(self.environment | more, *words, code=code)

    @property
    def ring(self):
        return KeyRing.parse(self.path.read_text())

    def an_hour_later(self):
        """Keys that have just begun began an hour ago."""
        ago = int((clock() - HOUR).timestamp())
        text = re.sub(r"@[0-9]+:", f"@{ago}:", self.path.read_text())
        KeyRing.parse(text).replace(self.path)


@pytest.fixture
def keys(database_url, key_ring, tmp_path):
    return Waypost(tmp_path, key_ring, WAYPOST_DATABASE_URL=database_url)


@pytest.fixture
def joy(sessions, line_id, key_ring):
    """Somebody who wrote with the first keys."""
    person = RotatingLine(sessions, line_id, key_ring, clock()).person("tel:" + number(0))
    person.reaches_the_menu()
    return person


def test_every_sealed_column_is_the_services_or_somebody_elses():
    there = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_sealed")
    }
    ours = {(column.table, column.name) for column in sealed.BY_SERVICE}
    assert ours | sealed.BY_OTHERS == there
    assert not ours & sealed.BY_OTHERS
    assert {column.purpose for column in sealed.BY_SERVICE} == set(SMALLEST)


def test_every_hash_of_an_address_is_counted_before_its_key_goes():
    there = {table.name for table in Base.metadata.sorted_tables if "address_hash" in table.columns}
    assert set(sealed.HASHED) == there


def test_a_new_key_waits_in_the_ring_and_another_has_to_wait_for_it(keys, key_ring):
    keys.path.chmod(0o640)
    said = keys("rotate", "service")
    assert "service-2 is used from" in said
    assert f"Copy {keys.path} to every other machine" in said
    assert "waypost keys retire service-1" in said
    assert keys.ring.continues(key_ring)
    assert keys.ring.in_use("service", clock()) == 1
    assert timedelta(minutes=9) < keys.ring.pending("service", clock()) - clock()
    assert keys.path.stat().st_mode & 0o777 == 0o640
    before = keys.path.read_text()
    assert "a new service key is waiting already" in keys("rotate", "service", code=1)
    assert keys.path.read_text() == before
    # The other kind is another matter.
    keys("rotate", "hash", "--in", "1")
    assert set(keys.ring.numbered("hash")) == {1, 2}
    assert "works" in keys("check")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("rotate",), 2, "Missing argument"),
        (("rotate", "web"), 2, "'web' is not one of"),
        (("rotate", "service", "--in", "-1"), 2, "--in"),
        (("rotate", "service", "--in", "20000"), 2, "--in"),
        (("rotate", "hash", "--in", "0"), 1, "10 seconds before it is used"),
        (("retire",), 2, "Missing argument"),
        (("retire", "web"), 2, "name an old key"),
        (("retire", "service-1@12"), 2, "name an old key"),
        (("retire", "service-7"), 1, "there is no service-7"),
        (("retire", "service-1"), 1, "service-1 is in use: add a new one first"),
        (("retire", "hash-1"), 1, "hash-1 is in use: add a new one first"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_and_the_ring_stays(keys, words, code, told):
    before = keys.path.read_text()
    said = keys(*words, code=code)
    assert told in said
    assert keys.path.read_text() == before
    assert code == 2 or said.count("\n") == 1


def test_a_ring_that_cannot_be_written_is_refused(keys):
    (keys.path.parent / ".ring.new").mkdir()
    assert "cannot be written" in keys("rotate", "service", code=1)


def test_a_ring_in_the_environment_is_told_what_to_add(keys, key_ring):
    ring = key_ring.to_text()
    said = keys("rotate", "service", "--in", "30", WAYPOST_KEYS=ring)
    assert "Add this line to WAYPOST_KEYS and restart every process before" in said
    line = next(each for each in said.splitlines() if each.startswith("service-2@"))
    newer = KeyRing.parse(ring + line)
    assert newer.continues(key_ring)
    begins = newer.pending("service", clock())
    assert timedelta(minutes=29) < begins - clock() <= timedelta(minutes=30)
    # And when it has been used for a while, which one to take out.
    used = KeyRing({**key_ring.keys, "service-2@1700000000": b"k" * 32}).to_text()
    said = keys("retire", "service-1", "--yes", WAYPOST_KEYS=used)
    assert "take its line out of WAYPOST_KEYS, restart every process" in said


def test_a_key_too_young_or_not_begun_is_not_retired_nor_is_its_elder(keys):
    keys("rotate", "service", "--in", "10")
    assert "service-2 is not in use yet" in keys("retire", "service-2", code=1)
    assert "service-1 is in use" in keys("retire", "service-1", code=1)
    soon = re.sub(r"@[0-9]+:", f"@{int(clock().timestamp())}:", keys.path.read_text())
    KeyRing.parse(soon).replace(keys.path)
    assert "in use for less than a minute" in keys("retire", "service-1", code=1)


def test_a_key_goes_when_nothing_needs_it_and_takes_all_it_sealed_along(
    keys, joy, sessions, key_ring
):
    keys("rotate", "service", "--in", "0")
    keys.an_hour_later()
    assert re.search(r"service-1 +still opens and finds +2 contacts, \d outbox", keys("list"))
    assert re.search(r"service-2 +in use +nothing needs it", keys("list"))
    assert re.search(r"\d rows still need service-1: run", keys("retire", "service-1", code=1))
    assert re.search(r"\d+ values sealed anew, 0 people", keys("reseal"))
    assert "0 values sealed anew" in keys("reseal")
    assert re.search(r"service-1 +still opens and finds +nothing needs it", keys("list"))
    # Asked, and nobody there to say yes.
    assert "cannot be read with this ring any more. Go on?" in keys("retire", "service-1", code=130)
    assert set(keys.ring.numbered("service")) == {1, 2}
    said = keys("retire", "service-1", "--yes")
    assert "service-1 is gone" in said
    assert "Take it out of every copy of the ring" in said
    assert set(keys.ring.numbered("service")) == {2}
    assert opened(sessions.kw["bind"].url, key_ring) == []
    # Whoever wrote before is answered as before.
    joy.conversation.vault.use(keys.ring, clock())
    assert "menu.ask" in joy.texts_us("hm")


def test_while_a_transaction_from_before_is_open_no_key_goes(keys, joy, sessions, monkeypatch):
    keys("rotate", "service", "--in", "0")
    keys.an_hour_later()
    keys("reseal")
    with sessions() as session:
        session.execute(text("SELECT 1"))
        retire = "import ops.retiring; ops.retiring.PATIENCE_SECONDS = 0.5; import ops.__main__"
        done = subprocess.run(
            [sys.executable, "-c", retire, "keys", "retire", "service-1", "--yes"],
            env=keys.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "a transaction has been open for long" in done.stderr
    keys("retire", "service-1", "--yes")


def test_an_opt_out_that_only_an_old_key_knows_keeps_it(keys, sessions, vault, line_id, key_ring):
    desk = Desk(sessions, vault, line_id, clock())
    desk.imports(f"{HEADER}{number(1)},en,fair\n")
    desk.says_stop(1)
    desk.says_stop(2)
    keys("rotate", "hash", "--in", "0.2")
    keys.an_hour_later()
    assert "2 opt_outs, 1 subscribers" in keys("list")
    # One is in a list, and their opt-out goes along; of the other nothing is known but that they
    # said stop.
    assert "1 people found by their new hash" in keys("reseal")
    assert re.search(r"hash-1 +still opens and finds +1 opt_outs", keys("list"))
    refused = keys("retire", "hash-1", "--yes", code=1)
    assert "1 people said STOP whom only hash-1 can recognise" in refused
    assert set(keys.ring.numbered("hash")) == {1, 2}
    assert "1 opt-outs are lost with it" in keys("retire", "hash-1", "--forget-opt-outs", code=130)
    keys("retire", "hash-1", "--forget-opt-outs", "--yes")
    assert set(keys.ring.numbered("hash")) == {2}
    assert re.search(r"hash-1 +not in the ring +1 opt_outs", keys("list"))
    with sessions() as session:
        found = set(session.scalars(select(OptOut.address_hash)))
    assert Vault(keys.ring, clock()).address_hash("tel:" + number(1)) in found


def test_resealing_with_a_ring_of_another_line_is_told(keys, joy):
    another = KeyRing.new()
    mixed = {**another.keys, "service-2@1700000000": b"k" * 32}
    said = keys("reseal", code=1, WAYPOST_KEYS=KeyRing(mixed).to_text())
    assert "do not open with any key of this ring" in said


def test_a_backup_that_needs_a_retired_key_is_not_worked_with(keys, joy, tmp_path, key_ring):
    """Retiring ends every older backup; with its key back in the ring it can be read again."""

    def db(*words, code=0):
        return keys.runs("db", *words, code=code)

    db("dump", str(tmp_path / "yesterday"))
    for kind in ("service", "hash"):
        keys("rotate", kind, "--in", "0.2")
    keys.an_hour_later()
    keys("reseal")
    for kind in ("service", "hash"):
        keys("retire", f"{kind}-1", "--yes")
    refused = db("restore", str(tmp_path / "yesterday"), "--yes", code=1)
    assert "needs hash-1, service-1, which the key ring has no more" in refused
    KeyRing({**key_ring.keys, **keys.ring.keys}).replace(keys.path)
    assert "Restored" in db("restore", str(tmp_path / "yesterday"), "--yes")


@pytest.fixture
def home():
    with tempfile.TemporaryDirectory(prefix="waypost-keys-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.timeout(300)
def test_the_line_answers_every_text_while_its_keys_change(home):
    with FakeTwilio() as twilio:
        line = TwilioLine(home, twilio.url)
        keys = line.keys()
        before = keys.ring
        line.start()
        try:
            phones = [Phone(line.port, f"+4179{n:07d}") for n in range(4711, 4714)]
            for phone in phones:
                phone.start()
            both = {"service-1", "hash-1"}
            keys("rotate", "service", "--in", "0")
            keys("rotate", "hash", "--in", "0.2")
            begins = keys.ring.pending("hash", clock())
            time.sleep(max(0, (begins - clock()).total_seconds()) + 2)
            # A process that was busy may have sealed one more with the old key: it runs again by itself.
            wait_until(lambda: keys("reseal") and both <= named(unneeded(keys("list"))))
            keys.an_hour_later()
            time.sleep(3)
            keys("retire", "service-1", "--yes")
            keys("retire", "hash-1", "--yes")
            time.sleep(4)
            for phone in phones:
                phone.stop()
            answered = [len(phone.texts) for phone in phones]
            wait_until(lambda: [len(twilio.to(phone.number)) for phone in phones] == answered)
            assert [phone.failed for phone in phones] == [[], [], []]
            assert min(answered) > 20
            with contextlib.closing(Database(home)) as database:
                assert database.count(Contact) == len(phones)
                assert database.needed() <= {"service-2", "hash-2"}
                assert opened(database.engine.url, before) == []
        finally:
            said = line.stop()
    assert "Unsealable" not in said
    assert "Traceback" not in said
    assert not [key for key in before.to_text().split() if key.partition(":")[2] in said]


def named(lines):
    return {each.split()[0] for each in lines}


class TwilioLine(Line):
    """A whole line in a home of its own, with a real provider as far as it knows."""

    def __init__(self, home, twilio):
        super().__init__(home)
        self.twilio = twilio

    def environment(self):
        return super().environment() | {
            "WAYPOST_PUBLIC_URL": Phone.PUBLIC,
            "WAYPOST_TWILIO_ACCOUNT_SID": ACCOUNT,
            "WAYPOST_TWILIO_AUTH_TOKEN": TOKEN,
            "WAYPOST_TWILIO_FROM": NUMBER,
            "WAYPOST_TWILIO_URL": self.twilio,
            "WAYPOST_KEYS": str(self.home / "ring"),
        }

    def keys(self):
        ring = KeyRing.new()
        return Waypost(self.home, ring, **self.environment())


class Phone(threading.Thread):
    """Texts the line over and over, as Twilio hands it on, and remembers what went wrong."""

    PUBLIC = "https://line.example"
    PATH = "/webhooks/twilio/sms"

    def __init__(self, port, number):
        super().__init__(daemon=True)
        self.port, self.number = port, number
        self.texts, self.failed = [], []
        self.done = threading.Event()

    def run(self):
        for words in ("hello", "1", "1"):
            self.says(words)
        while not self.done.wait(0.1):
            self.says("menu")

    def says(self, words):
        form = text_form(self.number, words)
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{self.PATH}",
            data=urlencode(form).encode(),
            headers=signed(self.PUBLIC + self.PATH, form),
        )
        self.texts.append(words)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                if answer.status != 204:
                    self.failed.append(answer.status)
        except (urllib.error.URLError, TimeoutError) as error:
            self.failed.append(repr(error))

    def stop(self):
        self.done.set()
        self.join(30)


class Database:
    """The embedded database of a running home."""

    def __init__(self, home):
        self.engine = create_engine(embedded.start(home).url(), poolclass=NullPool)

    def count(self, table):
        with self.engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(table))

    def needed(self):
        with Session(self.engine) as session:
            return sealed.needed(session).keys()

    def close(self):
        self.engine.dispose()


def opened(url, ring):
    """All that a ring opens of all bytes in a database, of every table there is."""
    vault, found = Vault(ring), []
    engine = create_engine(url, poolclass=NullPool)
    there = MetaData()
    there.reflect(engine)
    with engine.connect() as connection:
        for table in there.sorted_tables:
            columns = [c for c in table.columns if isinstance(c.type, LargeBinary)]
            for row in connection.execute(select(*columns)) if columns else ():
                for value in filter(None, row):
                    for purpose in SMALLEST:
                        with contextlib.suppress(Unsealable):
                            found.append((table.name, vault.open(bytes(value), purpose)))
    engine.dispose()
    return found


def unneeded(said):
    return [line for line in said.splitlines() if line.endswith("nothing needs it")]


def wait_until(holds):
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)
