"""Staff told through a real mail server and Telegram on loopback: linking, kill -9, and what the doctor says."""

import asyncio
import json
import os
import time
from collections import Counter
from dataclasses import replace

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text, update

import triage
from bot.door import TelegramDoor
from hotline import notices, staff
from hotline.conversation import Conversation
from hotline.models import Contact, Notice, NoticeAddress, Staff
from hotline.notices import addresses, calling, rules
from hotline.notices.judging import Judge
from hotline.notices.telling import Teller
from ops.cli import waypost
from ops.tellers import TelegramCarrier
from ops.wiring import clock
from tests.fakes.smtp import FakeSmtp
from tests.fakes.telegram import TOKEN, FakeTelegram, message
from tests.ops.workers import Worker

MEMBERS, KILLS, ENOUGH_SECONDS = 24, 2, 150
CHAT = 4_711_000_123
FROM = "desk@line.example.org"


@pytest.fixture
def hires(sessions, line_id):
    """Somebody who looks after the directory and is told of it at any hour."""

    def hired(login, by="email"):
        with sessions.begin() as session:
            staff.add(
                session, line_id=line_id, login=login, display_name=login, role="supervisor",
                language="en",
            )  # fmt: skip
            number = session.scalar(select(Staff.id).where(Staff.login == login))
            chosen = replace(rules.of(session, number), chosen={"directory.stale": (by,)})
            rules.keep(session, number, chosen)
        return number

    return hired


class TestTelegram:
    @pytest.fixture
    def telegram(self):
        with FakeTelegram() as fake:
            yield fake

    @pytest.fixture
    def hears(self, sessions, vault, line_id):
        """What Telegram's webhook brings reaches the conversation."""
        conversation = Conversation(vault, triage.load_flow(), line_id, ("en",))
        door = TelegramDoor("secret")

        def hear(words):
            body = json.dumps({"update_id": 1, "message": message(CHAT, words)}).encode()
            inbound = door.inbound(body, "secret", clock())
            with sessions.begin() as session:
                return conversation.receive(session, inbound, clock())

        return hear

    def test_a_member_opens_the_link_and_is_told_there_and_is_no_contact(
        self, telegram, hires, hears, sessions, vault, line_id
    ):
        number = hires("noor", "telegram")
        with sessions.begin() as session:
            code = addresses.make_link(session, number, clock())
        assert hears(f"/start {code}").turn is None
        with sessions.begin() as session:
            notices.send(session, line_id, "directory.stale", [number], clock())
        carrier = TelegramCarrier(TOKEN, telegram.url)
        teller = Teller(carrier, Judge(vault, "telegram", "https://line.example"), sessions, clock)
        with sessions.begin() as session:
            calling.hand_out(session, clock())
        asyncio.run(teller.look(asyncio.Event()))
        greeting, told = telegram.to(CHAT)
        assert greeting == "From now on you are told here what waits for you."
        assert told.startswith("Services in the directory have to be confirmed again.\n")
        assert "https://line.example/desk" in told
        with sessions() as session:
            for table in ("contacts", "outbox", "counters"):
                assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0

    def test_who_blocks_the_bot_is_unlinked(self, telegram, hires, hears, sessions, vault):
        number = hires("noor", "telegram")
        with sessions.begin() as session:
            code = addresses.make_link(session, number, clock())
        hears(f"/start {code}")
        telegram.fail_next(403)
        carrier = TelegramCarrier(TOKEN, telegram.url)
        teller = Teller(carrier, Judge(vault, "telegram", ""), sessions, clock)
        asyncio.run(teller.look(asyncio.Event()))
        with sessions() as session:
            assert addresses.held(session, vault, number) == {}

    def test_an_ordinary_start_is_somebody_who_writes_to_the_helpline(self, hears, sessions):
        assert hears("/start").turn is not None
        with sessions() as session:
            assert session.scalar(select(func.count()).select_from(Contact)) == 1


@pytest.mark.timeout(300)
def test_a_killed_worker_tells_nobody_twice_and_leaves_out_at_most_whom_it_died_over(
    hires, sessions, vault, line_id, database_url, key_ring, tmp_path
):
    numbers = [hires(f"m{n}") for n in range(MEMBERS)]
    with sessions.begin() as session:
        for number in numbers:
            sealed = vault.seal(f"m{number}@mail.example", "staff-address")
            session.add(
                NoticeAddress(
                    staff_id=number, by="email", address_sealed=sealed, asked_at=clock(),
                    confirmed_at=clock(),
                )
            )  # fmt: skip
        notices.send(session, line_id, "directory.stale", numbers, clock())
    with FakeSmtp(latency=0.1) as server:
        worker = Worker(environment(database_url, key_ring, tmp_path, server))
        for share in range(1, KILLS + 1):
            wait_until(lambda share=share: len(server.mails) >= share * MEMBERS / (KILLS + 2))
            worker.kill()
            worker.start()
        wait_until(lambda: states(sessions)["queued"] == 0 and len(server.mails) > 0)
        wait_until(lambda: states(sessions)["sending"] <= KILLS)
        said = worker.end()
        received = Counter(mail.to for mail in server.mails)
    assert set(received.values()) == {1}
    # Whoever is left out was being told at that moment: nobody knows, and it stands in the ledger.
    left_out = MEMBERS - len(received)
    assert left_out <= states(sessions)["sending"] <= KILLS
    assert "@mail.example" not in said
    assert "directory" not in said


class TestDoctor:
    @pytest.fixture
    def says(self, database_url, key_ring, tmp_path):
        def examine(**more):
            given = {
                "WAYPOST_DATABASE_URL": database_url,
                "WAYPOST_KEYS": key_ring.to_text(),
                "WAYPOST_HOME": str(tmp_path),
                "WAYPOST_EAR": "off",
            }
            return CliRunner().invoke(waypost, ["doctor"], env=given | more).stdout

        return examine

    def test_it_says_whether_mail_to_staff_works(self, says, hires, sessions):
        with FakeSmtp() as server:
            told = says(WAYPOST_SMTP_URL=server.url, WAYPOST_MAIL_FROM=FROM)
            assert "✓ mail server  fine" in told
            assert "✓ staff e-mail fine" in told
            hires("noor")
            number = hires("ben")
            with sessions.begin() as session:
                session.add(
                    Notice(
                        staff_id=number, what="alarm", by="email", state="idle", asked_at=clock(),
                        due_at=clock(), told_at=clock(), trouble="refuses the address (550)",
                    )
                )  # fmt: skip
            told = says(WAYPOST_SMTP_URL=server.url, WAYPOST_MAIL_FROM=FROM)
            assert "✗ staff e-mail 1 notices of the last hour were refused or are in doubt" in told
        told = says(WAYPOST_SMTP_URL=server.url, WAYPOST_MAIL_FROM=FROM)
        assert "✗ mail server  not reached (ConnectionRefusedError): check WAYPOST_SMTP_URL" in told
        assert "a%20password" not in told

    def test_members_whom_nobody_can_tell_any_more_are_told_of(self, says, hires, sessions):
        number = hires("noor")
        assert "staff email" not in says()
        with sessions.begin() as session:
            session.add(
                NoticeAddress(staff_id=number, by="email", asked_at=clock(), confirmed_at=clock())
            )
        assert "✗ staff email  members wait for notices there" in says()
        with sessions.begin() as session:
            session.execute(update(Staff).values(active=False))
        assert "staff email" not in says()


def environment(database_url, key_ring, home, server):
    return os.environ | {
        "WAYPOST_DATABASE_URL": database_url,
        "WAYPOST_KEYS": key_ring.to_text(),
        "WAYPOST_HOME": str(home),
        "WAYPOST_SMTP_URL": server.url,
        "WAYPOST_MAIL_FROM": FROM,
        "WAYPOST_EAR": "off",
    }


def wait_until(holds):
    end = time.monotonic() + ENOUGH_SECONDS
    while not holds():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def states(sessions):
    with sessions() as session:
        rows = session.execute(select(Notice.state, func.count()).group_by(Notice.state))
        return Counter({state: n for state, n in rows})  # noqa: C416 - rows are not pairs to dict()
