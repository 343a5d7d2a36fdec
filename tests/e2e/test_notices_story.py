"""A caseworker who looks elsewhere is told by the system that somebody waits, once, whatever is open."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from hotline.models import CaseLook
from tests.e2e.navigators import CasePage
from tests.fakes.smtp import FakeSmtp
from web.simulator import NUMBERS

# What the system shows now of this site.
SHOWN = """async () => {
  const all = [];
  for (const each of await navigator.serviceWorker.getRegistrations()) {
    for (const one of await each.getNotifications()) all.push(one.title);
  }
  return all;
}"""
NOT_LOOKED_AT = (
    "Object.defineProperty(document, 'hasFocus', { value: () => false, configurable: true })"
)


@pytest.fixture(scope="module")
def chromium(whole_chromium):
    return whole_chromium


@pytest.fixture
def mail_server():
    with FakeSmtp() as server:
        yield server


@pytest.fixture
def line_settings(mail_server):
    return {"WAYPOST_SMTP_URL": mail_server.url, "WAYPOST_MAIL_FROM": "desk@line.example.org"}


@pytest.fixture
def noor(works):
    noor = works("noor", "Noor")
    noor.page.context.grant_permissions(["notifications"])
    return noor


def asks_for_a_person(phones):
    phones.open()
    joy = phones.phone(NUMBERS[0])
    for text in ("hello", "1", "1", "0"):
        joy.writes(text)


def until_shown(page, text):
    for _ in range(60):
        if text in page.evaluate(SHOWN):
            return
        page.wait_for_timeout(250)
    raise AssertionError(page.evaluate(SHOWN))


def test_who_looks_elsewhere_is_told_by_the_system_once_for_all_pages(noor, phones):
    first = noor.page
    second = first.context.new_page()
    for page, path in ((first, "/desk"), (second, "/account/notices")):
        page.add_init_script(NOT_LOOKED_AT)
        page.goto(path)
    asks_for_a_person(phones)
    until_shown(first, "A case is waiting.")
    assert second.evaluate(SHOWN) == ["A case is waiting."]
    for page in (first, second):
        expect(page).to_have_title(re.compile(r"^● "))
        expect(page.locator(".ringing")).to_have_count(0)
    first.evaluate("dispatchEvent(new Event('focus'))")
    assert not first.title().startswith("●")


def test_who_looks_at_a_page_reads_it_there_and_the_system_shows_nothing(noor, phones):
    page = noor.page
    page.goto("/account/notices")
    page.locator("h1").click()
    page.add_init_script("")
    asks_for_a_person(phones)
    page.bring_to_front()
    line = page.locator(".ringing")
    expect(line).to_contain_text("A case is waiting.")
    assert page.evaluate(SHOWN) == []
    line.get_by_role("link").click()
    page.wait_for_url("**/desk")


def test_the_browser_is_asked_only_when_somebody_presses(works, screenshot):
    sam = works("sam", "Sam", viewport={"width": 390, "height": 844})
    page = sam.page
    page.add_init_script(
        "window.asked = 0; Notification.requestPermission = async () => { window.asked += 1; return 'default'; };"
        "Object.defineProperty(Notification, 'permission', { get: () => 'default' });"
    )
    page.goto("/account/notices")
    expect(page.locator("#here [data-may=default]")).to_be_visible()
    assert page.evaluate("asked") == 0
    page.locator("#here [data-ask]").click()
    assert page.evaluate("asked") == 1
    assert sam.widest() <= 390
    page.locator("#here [data-sound]").check()
    page.reload()
    expect(page.locator("#here [data-sound]")).to_be_checked()
    page.locator("#here [data-sound]").uncheck()
    screenshot(page, "notices-phone", whole=True)


def test_who_shows_that_an_address_is_theirs_is_mailed_that_somebody_waits(
    works, phones, mail_server, screenshot
):
    ana = works("ana", "Ana", "supervisor")
    page, address = ana.page, "ana@mail.example.org"
    page.goto("/account/notices")
    page.locator("[name=address]").fill(address)
    page.get_by_role("button", name="Mail me a code").click()
    code = re.search(r"\d{8}", arrived(page, mail_server, address, 1).text)[0]
    page.locator("[name=code]").fill(code)
    page.get_by_role("button", name="It is mine").click()
    expect(page.get_by_text("confirmed", exact=False).last).to_be_visible()
    page.get_by_label("A case is waiting: E-mail", exact=True).check()
    page.get_by_role("button", name="Keep this").click()
    expect(page.get_by_text("Your choice is kept.")).to_be_visible()
    screenshot(page, "notices", whole=True)
    asks_for_a_person(phones)
    mail = arrived(page, mail_server, address, 2)
    assert mail.subject == "A case is waiting."
    assert "+1" not in mail.text


def test_what_somebody_reads_on_a_case_they_are_not_told_of(noor, joy, sessions):
    noor.page.goto("/desk")
    noor.page.goto("/desk/cases/1")
    case = CasePage(noor.page)
    case.takes_it()
    noor.page.locator("h1").click()
    joy.sends("are you there?")
    case.shows("are you there?")
    for _ in range(40):
        with sessions() as session:
            seen = session.scalars(select(CaseLook.case_id)).all()
        if seen:
            break
        noor.page.wait_for_timeout(250)
    assert seen == [1]
    noor.page.wait_for_timeout(13_000)
    answer = noor.page.evaluate("fetch('/account/notices/now').then((answer) => answer.json())")
    assert [each["what"] for each in answer["notices"] if each["what"] == "contact.wrote"] == []


def arrived(page, server, address, number):
    """The mail of this number to an address, as soon as it is there."""
    for _ in range(80):
        if len(server.to(address)) >= number:
            return server.to(address)[number - 1]
        page.wait_for_timeout(250)
    raise AssertionError("no mail came")
