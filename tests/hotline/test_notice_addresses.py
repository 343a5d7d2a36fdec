"""Where members are told: shown to be theirs, sealed, and never taken for a contact's."""

import re

import pytest
from sqlalchemy import select, text

from hotline import notices
from hotline.models import NoticeAddress
from hotline.notices import addresses, rules
from hotline.notices.addresses import AddressRefused
from hotline.notices.rules import Rules
from tests.hotline.noticing import RememberingCarrier

WAITING = "A case is waiting."


class TestAddresses:
    EMAIL = "noor@mail.example"

    @pytest.fixture
    def noor(self, desk):
        member = desk.hires("noor")
        desk.acts(addresses.remove, member.id, "email")
        return member

    def asks(self, desk, noor, address=EMAIL):
        desk.acts(addresses.ask, desk.vault, noor.id, address, desk.now)

    def mailed(self, desk):
        desk.looks()
        (mail,) = [m for m in desk.carrier.taken if m.subject == "Your code"]
        return re.search(r"\d{8}", mail.text)[0]

    def test_an_address_is_used_once_its_code_came_back(self, desk, noor):
        self.asks(desk, noor)
        desk.opens()
        code = self.mailed(desk)
        assert desk.told(noor) == ["Your code"]
        assert desk.acts(addresses.confirm, desk.vault, noor.id, f" {code} ", desk.now)
        desk.sends("case.waiting", noor)
        desk.looks()
        assert desk.told(noor) == ["Your code", WAITING]

    def test_it_begins_with_what_cannot_wait_and_changes_nothing_that_was_chosen(self, desk):
        ben = desk.hires("ben", by=("browser",))
        eve = desk.hires("eve", by=("browser", "email"))
        for member in (ben, eve):
            desk.acts(rules.start_with, member.id, "email")
        with desk.sessions() as session:
            kept = {m.login: rules.of(session, m.id) for m in (ben, eve)}
        mailed = {kind for kind in notices.KINDS if "email" in kept["ben"].by(kind)}
        assert mailed == {"case.urgent", "case.escalated", "alarm"}
        assert all("browser" in kept["ben"].by(kind) for kind in notices.KINDS)
        assert all(kept["eve"].by(kind) == ("browser", "email") for kind in notices.KINDS)

    def test_a_code_is_mailed_whatever_the_hour(self, desk, noor):
        desk.acts(rules.keep, noor.id, Rules(quiet=(0, 1439)))
        self.asks(desk, noor)
        assert self.mailed(desk)

    def test_a_wrong_code_counts_and_after_five_none_is_right(self, desk, noor):
        self.asks(desk, noor)
        code = self.mailed(desk)
        for _ in range(5):
            assert not desk.acts(addresses.confirm, desk.vault, noor.id, "0", desk.now)
        with pytest.raises(AddressRefused) as refused:
            desk.acts(addresses.confirm, desk.vault, noor.id, code, desk.now)
        assert refused.value.reason == "notices.refused.code_over"

    def test_a_code_is_good_for_a_quarter_of_an_hour(self, desk, noor):
        self.asks(desk, noor)
        code = self.mailed(desk)
        desk.passes(minutes=15)
        with pytest.raises(AddressRefused):
            desk.acts(addresses.confirm, desk.vault, noor.id, code, desk.now)

    def test_nobodys_mailbox_is_filled(self, desk, noor):
        self.asks(desk, noor)
        with pytest.raises(AddressRefused) as refused:
            self.asks(desk, noor, "ben@mail.example")
        assert refused.value.reason == "notices.refused.soon"
        desk.passes(minutes=1)
        self.asks(desk, noor, "ben@mail.example")

    @pytest.mark.parametrize(
        "wrong",
        ["", "noor", "noor@", "@mail.example", "a@b", "a b@mail.example", "a@mail.example\nBcc: x@y.zz",
         "a@mail.example,b@mail.example", "<a@mail.example>", "ä@mail.example", f"{'a' * 250}@mail.example"],
    )  # fmt: skip
    def test_what_is_no_address_is_refused(self, desk, noor, wrong):
        with pytest.raises(AddressRefused):
            self.asks(desk, noor, wrong)

    def test_neither_address_nor_code_is_readable_in_the_database(self, desk, noor):
        self.asks(desk, noor)
        with desk.sessions() as session:
            row = session.scalars(select(NoticeAddress)).one()
            told = repr({c.name: getattr(row, c.name) for c in row.__table__.columns})
            (address, code) = addresses.waiting_code(session, desk.vault, noor.id)
        assert address == self.EMAIL
        assert "noor" not in told
        assert code not in told

    def test_a_new_address_is_confirmed_anew(self, desk, noor):
        self.asks(desk, noor)
        desk.acts(addresses.confirm, desk.vault, noor.id, self.mailed(desk), desk.now)
        desk.passes(minutes=2)
        self.asks(desk, noor, "ben@mail.example")
        with desk.sessions() as session:
            assert addresses.usable(session, desk.vault, noor.id, "email") is None


class TestStaffChats:
    def opens(self, desk, code, chat="telegram:4711000"):
        """Somebody opens a link at Telegram: "/start staff-…"."""
        person = desk.person(chat)
        return person.sends("/start", code=code)

    def test_a_link_that_a_member_opens_makes_the_chat_theirs_and_greets_it(self, desk):
        noor = desk.hires("noor", by=("telegram",))
        self.opens(desk, desk.link(noor))
        telegram = desk.carrier = RememberingCarrier("telegram", "staff telegram", "staff Telegram")
        desk.teller = desk.new_teller()
        desk.passes(seconds=6)
        desk.looks()
        assert [(m.address, m.text) for m in telegram.taken] == [
            ("telegram:4711000", "From now on you are told here what waits for you.")
        ]
        desk.opens()
        desk.looks()
        assert telegram.told("telegram:4711000")[1:] == [WAITING]

    @pytest.mark.parametrize("good", [True, False])
    def test_it_never_makes_a_contact_and_is_never_counted_or_answered(self, desk, good):
        noor = desk.hires("noor")
        handled = self.opens(desk, desk.link(noor) if good else "staff-nothing-of-ours")
        assert (handled.turn, handled.rings) == (None, ())
        with desk.sessions() as session:
            for table in ("contacts", "outbox", "counters", "inbound_seen", "cases"):
                assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table

    def test_a_link_works_once_and_for_a_quarter_of_an_hour(self, desk):
        noor = desk.hires("noor")
        code = desk.link(noor)
        self.opens(desk, code)
        self.opens(desk, code, "telegram:666")
        with desk.sessions() as session:
            assert addresses.usable(session, desk.vault, noor.id, "telegram") == "telegram:4711000"
        late = desk.link(noor)
        desk.passes(minutes=15)
        self.opens(desk, late, "telegram:667")
        with desk.sessions() as session:
            assert addresses.usable(session, desk.vault, noor.id, "telegram") is None

    def test_a_member_who_writes_to_the_helpline_is_somebody_who_writes_to_the_helpline(self, desk):
        noor = desk.hires("noor")
        self.opens(desk, desk.link(noor))
        assert desk.person("telegram:4711000").texts_us("hello") == ["language.choose"]
