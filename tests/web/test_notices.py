"""One's own page of notices, and what open pages are told."""

import re
from dataclasses import replace
from html import unescape

import pytest
from sqlalchemy import func, select

from hotline.channels import Inbound
from hotline.models import CaseLook, Notice, NoticeAddress, Staff
from hotline.notices import addresses, calling, rules
from tests.web.conftest import Browser
from web.app import make_app

PAGE = "/account/notices"
JSON = {"Accept": "application/json"}


@pytest.fixture
def told_elsewhere(deps, sessions, line_id):
    """Somebody on a line that has a mail server and a bot."""
    app = make_app(replace(deps, mails=True, bot_name=lambda: "waypost_bot"))
    return lambda: Browser(app, sessions, line_id)


@pytest.fixture
def handed_out(deps):
    """A worker looks."""

    def look():
        with deps.sessions.begin() as session:
            calling.hand_out(session, deps.clock())

    return look


def number_of(sessions, login):
    with sessions() as session:
        return session.scalar(select(Staff.id).where(Staff.login == login))


def code_of(deps, sessions):
    with sessions() as session:
        return addresses.waiting_code(session, deps.vault, number_of(sessions, "sam"))[1]


def news(somebody):
    answer = somebody.get(f"{PAGE}/now", Accept="application/json")
    assert answer.status_code == 200
    return answer.json


def test_what_is_chosen_is_kept(told_elsewhere, sessions):
    sam = told_elsewhere().is_hired("sam")
    chosen = ["case.urgent email", "case.urgent browser", "alarm telegram"]
    sam.post(
        PAGE, tell=chosen, quiet="on", time_zone="Asia/Kathmandu", breaks_through="on",
        **{"from": "22:15", "until": "06:45"},
    )  # fmt: skip
    page = sam.get(PAGE).text
    assert "Your choice is kept." in page
    ticked = set(re.findall(r'name="tell" value="([^"]+)"[^>]*checked', page))
    assert ticked == set(chosen)
    assert 'value="22:15"' in page
    with sessions() as session:
        kept = rules.of(session, number_of(sessions, "sam"))
    assert (kept.quiet, kept.time_zone) == ((22 * 60 + 15, 6 * 60 + 45), "Asia/Kathmandu")
    assert (kept.on_duty_only, kept.breaks_through) == (False, True)


def test_saving_without_a_mail_server_keeps_what_was_chosen_for_mail(
    told_elsewhere, another, sessions
):
    told_elsewhere().is_hired("sam").post(
        PAGE, tell=["alarm email"], time_zone="UTC", on_duty_only="on"
    )
    later = another()
    later.signs_in("sam", "five words nobody would guess")
    assert 'value="alarm email"' not in later.get(PAGE).text
    later.post(PAGE, tell=["alarm browser"], time_zone="UTC", on_duty_only="on")
    with sessions() as session:
        assert rules.of(session, number_of(sessions, "sam")).by("alarm") == ("browser", "email")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"time_zone": "Nowhere"}, "This time zone is not known"),
        ({"quiet": "on", "from": "25:00"}, "Quiet hours need"),
        ({"quiet": "on", "from": "7", "until": "x"}, "Quiet hours need"),
        ({"quiet": "on", "from": "07:00", "until": "07:00"}, "Quiet hours need"),
        ({"quiet": "on", "from": "07:99"}, "Quiet hours need"),
    ],
)
def test_what_cannot_be_is_refused_with_one_line(browser, wrong, why):
    browser.is_hired("sam")
    browser.post(PAGE, **({"time_zone": "UTC", "from": "22:00", "until": "07:00"} | wrong))
    assert why in browser.get(PAGE).text


def test_everybody_is_offered_what_concerns_them(another):
    def kinds(role):
        page = another().is_hired(role.replace("_", "-"), role).get(PAGE).text
        return set(re.findall(r'name="tell" value="(\S+) browser"', page))

    everything = kinds("supervisor")
    assert "directory.stale" in everything
    assert everything - kinds("caseworker") == {"directory.stale"}
    assert kinds("auditor") == kinds("campaign_officer") == set()


class TestEmail:
    def test_an_address_is_theirs_once_the_code_came_back(self, told_elsewhere, deps, sessions):
        sam = told_elsewhere().is_hired("sam")
        sam.post(f"{PAGE}/email", address="sam@mail.example")
        page = sam.get(PAGE).text
        assert "A code is on its way" in page
        assert "waits for its code" in page
        sam.post(f"{PAGE}/email/code", code="00000000")
        assert "This is not the code that was mailed." in sam.get(PAGE).text
        sam.post(f"{PAGE}/email/code", code=code_of(deps, sessions))
        page = sam.get(PAGE).text
        assert "The address is yours." in page
        assert re.search(r"sam@mail\.example</bdi> · confirmed", page)
        sam.post(f"{PAGE}/remove", by="email")
        assert "sam@mail.example" not in sam.get(PAGE).text

    def test_a_wrong_code_counts(self, told_elsewhere, deps, sessions):
        sam = told_elsewhere().is_hired("sam")
        sam.post(f"{PAGE}/email", address="sam@mail.example")
        for _ in range(5):
            sam.post(f"{PAGE}/email/code", code="1")
        sam.post(f"{PAGE}/email/code", code=code_of(deps, sessions))
        assert "That code is no longer good." in sam.get(PAGE).text

    def test_a_refusal_repeats_nothing(self, told_elsewhere):
        sam = told_elsewhere().is_hired("sam")
        sam.post(f"{PAGE}/email", address="<script>x@y")
        page = sam.get(PAGE).text
        assert "This is not an e-mail address we can write to." in page
        assert "x@y" not in page

    def test_nobody_sees_the_address_of_somebody_else(self, told_elsewhere, sessions):
        sam, ana = told_elsewhere().is_hired("sam"), told_elsewhere().is_hired("ana", "supervisor")
        sam.post(f"{PAGE}/email", address="sam@mail.example")
        assert "sam@mail.example" not in ana.get(PAGE).text
        ana.post(f"{PAGE}/remove", by="email")
        assert "sam@mail.example" in sam.get(PAGE).text

    def test_without_a_mail_server_there_is_no_such_page(self, browser):
        browser.is_hired("sam")
        assert browser.post(f"{PAGE}/email", address="sam@mail.example").status_code == 404
        assert "/email" not in browser.get(PAGE).text


class TestTelegram:
    def test_the_link_is_shown_once_and_links_the_chat_that_opens_it(
        self, told_elsewhere, deps, sessions
    ):
        sam = told_elsewhere().is_hired("sam")
        page = unescape(sam.post(f"{PAGE}/telegram").text)
        code = re.search(r"https://t\.me/waypost_bot\?start=(staff-[\w-]+)", page)[1]
        # What Telegram takes: https://core.telegram.org/bots/features#deep-linking
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", code)
        assert code not in sam.get(PAGE).text
        inbound = Inbound("telegram", "telegram:4711000", "/start", "u1", deps.clock(), code=code)
        with sessions.begin() as session:
            deps.conversation.receive(session, inbound, deps.clock())
        page = sam.get(PAGE).text
        assert "Your chat with the bot is linked." in page
        assert "4711000" not in page
        sam.post(f"{PAGE}/remove", by="telegram")
        with sessions() as session:
            assert session.scalar(select(func.count()).select_from(NoticeAddress)) == 0

    def test_without_a_bot_there_is_no_link(self, browser):
        browser.is_hired("sam")
        assert browser.post(f"{PAGE}/telegram").status_code == 404


class TestOpenPages:
    def test_a_case_that_opens_is_new_for_who_has_a_page_open(self, browser, a_case, handed_out):
        browser.is_hired("sam")
        assert news(browser) == {"notices": [], "again": None}
        a_case()
        handed_out()
        (told,) = news(browser)["notices"]
        assert told["what"] in ("case.waiting", "case.urgent")
        assert told["text"].endswith("case is waiting.")

    def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(self, browser, clock):
        browser.is_hired("sam")
        for _ in range(4):
            clock.passes(minutes=10)
            answer = browser.get(f"{PAGE}/now", **JSON, **{"Waypost-By-Itself": "1"})
        assert answer.status_code == 401

    def test_a_ring_reaches_the_page_that_listens(self, browser, deps, a_case, handed_out):
        browser.is_hired("sam")
        headers = {"Accept": "text/event-stream"}
        answer = browser.client.get(f"{PAGE}/events", headers=headers, buffered=False)
        events = answer.iter_encoded()
        assert b"ready" in next(events)
        a_case()
        handed_out()
        assert b"changed" in next(events)
        answer.close()

    def test_while_the_screen_is_locked_it_says_only_that_something_waits(
        self, browser, a_case, handed_out
    ):
        browser.is_hired("sam")
        a_case()
        handed_out()
        assert browser.post("/lock", headers=JSON).status_code in (200, 204)
        assert browser.get("/desk/list", **JSON).status_code == 423
        (told,) = news(browser)["notices"]
        assert (told["what"], told["text"]) == ("locked", "Something is waiting for you.")

    def test_who_looks_at_their_case_is_noted_and_nobody_else_is(self, another, a_case, sessions):
        case_id = a_case()
        sam, ana = another().is_hired("sam"), another().is_hired("ana", "supervisor")
        sam.post(f"/desk/cases/{case_id}/take")
        ana.post(f"{PAGE}/look", case=str(case_id))
        with sessions() as session:
            assert session.scalar(select(func.count()).select_from(CaseLook)) == 0
        for case in (case_id, 99, "x"):
            assert sam.post(f"{PAGE}/look", case=str(case)).status_code == 204
        with sessions() as session:
            assert session.scalars(select(CaseLook.staff_id)).all() == [number_of(sessions, "sam")]

    def test_what_a_contact_wrote_is_in_no_answer(self, browser, a_case, texts, handed_out, clock):
        case_id = a_case()
        browser.is_hired("sam")
        browser.post(f"/desk/cases/{case_id}/take")
        texts("they took my passport")
        handed_out()
        clock.passes(seconds=11)
        answer = browser.get(f"{PAGE}/now", **JSON)
        assert [each["what"] for each in answer.json["notices"]] == ["contact.wrote"]
        for secret in ("passport", "2025550101", f"/{case_id}"):
            assert secret not in answer.text


def test_in_arabic_the_page_is_mirrored(told_elsewhere):
    page = told_elsewhere().is_hired("sam", language="ar").get(PAGE).text
    assert 'dir="rtl"' in page
    assert "notices." not in re.sub(r'(src|href|action)="[^"]*"', "", page)


def test_a_disabled_members_notices_are_gone(told_elsewhere, deps, sessions):
    sam = told_elsewhere().is_hired("sam")
    sam.post(f"{PAGE}/email", address="sam@mail.example")
    from hotline import staff  # noqa: PLC0415 - the name is a fixture's elsewhere

    with sessions.begin() as session:
        staff.disable(session, "sam")
    with sessions() as session:
        for table in (NoticeAddress, Notice):
            assert session.scalar(select(func.count()).select_from(table)) == 0
