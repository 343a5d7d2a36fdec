"""An officer imports, writes, has it approved and sends; phones receive; receipts and counts show it."""

import pytest
from playwright.sync_api import expect

from tests.e2e.officer import CampaignOfficer, CountsPage
from web.simulator import NUMBERS

ENGLISH, FRENCH, SPANISH, ARABIC = NUMBERS
TEXTS = {
    "en": "Going abroad to work? Ask us first, it is free: answer this message. STOP to end.",
    "fr": "Travail à l’étranger ? Écrivez-nous d’abord, c’est gratuit. STOP pour finir.",
}

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def subscribers(tmp_path):
    path = tmp_path / "subscribers.csv"
    rows = [
        "Phone;Language;Time zone;Consent source",
        f"{ENGLISH};en;;information session",
        f"{FRENCH};fr;Europe/Paris;information session",
        "not a number;en;;information session",
        f"{ARABIC};ar;;information session",
        "+41791234567;de;;information session",
        "+41791234567;fr;;",
    ]
    path.write_text("\ufeff" + "\r\n".join(rows), encoding="utf-8")
    return path


@pytest.fixture
def officer(hire):
    olga = hire("olga", "Olga", "campaign_officer")
    olga.signs_in_for_the_first_time()
    return CampaignOfficer(olga)


@pytest.fixture
def supervisor(hire):
    sonia = hire("sonia", "Sonia", "supervisor")
    sonia.signs_in_for_the_first_time()
    return CampaignOfficer(sonia)


def test_a_campaign_from_the_file_to_the_counts(
    officer, supervisor, phones, subscribers, screenshot
):
    phones.open()
    report = officer.imports(subscribers)
    assert (report["imported"], report["bad"]) == (3, 3)
    assert officer.bad_rows() == [
        "4 what stands there is no phone number",
        "6 this line does not speak that language",
        "7 it does not say where the person agreed",
    ]
    screenshot(officer.page, "import")
    listed = officer.downloads("Download these rows").splitlines()
    assert listed[0] == "Phone,Language,Time zone,Consent source,why"
    assert listed[1] == "not a number,en,,information session,what stands there is no phone number"
    assert officer.imports(subscribers)["unchanged"] == 3

    officer.drafts("Before you go", **TEXTS)
    officer.sees_length("en", "1 segment", "GSM-7")
    officer.sees_length("fr", "2 segments", "UCS-2")
    officer.sees_preview("fr", TEXTS["fr"])
    officer.at_any_time()
    officer.page.mouse.wheel(0, -9999)
    screenshot(officer.page, "campaign-draft")
    officer.submits()
    assert not officer.may("Approve")

    supervisor.comes_to("Before you go")
    screenshot(supervisor.page, "campaign-review")
    supervisor.presses("Approve")
    supervisor.sees_state("Approved")

    officer.page.reload()
    officer.presses("Start sending")
    phones.phone(ENGLISH).shows("Ask us first")
    phones.phone(FRENCH).shows("Écrivez-nous")
    assert phones.phone(ARABIC).heard().count() == 0
    officer.sees_state("Done")
    officer.sees_balance(planned=2, accepted=2, pending=0, delivered=2, segments=3)
    expect(officer.page.get_by_text("Closed: only these sums are kept")).to_be_visible()
    screenshot(officer.page, "campaign")

    phones.phone(ENGLISH).writes("STOP")
    counts = CountsPage(officer.page)
    assert counts.total("campaign_accepted") == counts.total("campaign_delivered") == 2
    assert counts.number("opt_outs", "language", "en") == 1
    assert counts.number("campaign_accepted", "channel", "simulator") == 2
    assert "campaign_accepted,language,fr,1" in officer.downloads("Download CSV", "link")
    screenshot(officer.page, "counts")


def test_who_said_stop_gets_no_second_campaign_and_keeps_the_helpline(
    officer, supervisor, phones, subscribers
):
    phones.open()
    joy = phones.phone(ENGLISH)
    joy.writes("hello")
    joy.writes("STOP")
    officer.imports(subscribers)
    officer.drafts("Second", **TEXTS)
    officer.at_any_time()
    officer.submits()
    supervisor.comes_to("Second")
    supervisor.presses("Approve")
    officer.page.reload()
    officer.presses("Start sending")
    phones.phone(FRENCH).shows("Écrivez-nous")
    officer.sees_state("Done")
    officer.sees_balance(planned=2, accepted=1, suppressed=1)
    joy.writes("help")
    assert joy.heard().filter(has_text="Ask us first").count() == 0


def test_the_pages_read_from_right_to_left_in_arabic(hire, subscribers, screenshot):
    lina = hire("lina", "لينا", "campaign_officer", language="ar")
    lina.signs_in_for_the_first_time()
    lina.page.goto("/campaigns/new")
    lina.page.locator("[name=name]").fill("قبل السفر")
    lina.page.locator("main form button").click()
    lina.page.locator("#text-ar").fill("هل تفكر في العمل بالخارج؟ اسألنا أولا. أرسل STOP للتوقف.")
    expect(lina.page.locator("#size-ar .tag")).to_have_text("UCS-2")
    text, aside = (
        lina.page.locator(f".plan > {name}").bounding_box()["x"] for name in ("section", "aside")
    )
    assert text > aside
    screenshot(lina.page, "campaign-ar")


@pytest.mark.parametrize(
    "path", ["/campaigns", "/campaigns/subscribers", "/campaigns/new", "/counts", "draft"]
)
def test_no_campaign_page_is_wider_than_a_small_phone(hire, path):
    olga = hire("olga", "Olga", "campaign_officer", viewport={"width": 360, "height": 740})
    olga.signs_in_for_the_first_time()
    if path == "draft":
        CampaignOfficer(olga).drafts("Before you go", **TEXTS)
    else:
        olga.page.goto(path)
    olga.page.wait_for_load_state("networkidle")
    width = olga.page.evaluate("document.scrollingElement.scrollWidth")
    assert width <= 360, path
