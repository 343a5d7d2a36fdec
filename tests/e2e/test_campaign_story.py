"""An officer imports, writes, has it approved and sends; phones receive; receipts and counts show it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import insert

from campaigns.models import Campaign, CampaignPoint, Subscriber
from hotline.models import Tally
from tests.e2e.officer import CampaignOfficer, CountsPage
from web.simulator import NUMBERS

ENGLISH, FRENCH, SPANISH, ARABIC = NUMBERS
TEXTS = {
    "en": "Going abroad to work? Ask us first, it is free: answer this message. STOP to end.",
    "fr": "Travail à l’étranger ? Écrivez-nous d’abord, c’est gratuit. STOP pour finir.",
}
PLAIN_FRENCH = TEXTS["fr"].replace("’", "'")

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def subscribers(tmp_path):
    path = tmp_path / "subscribers.csv"
    rows = [
        "Phone;Language;Time zone;Consent source;Consent date",
        f"{ENGLISH};en;;information session;2026-02-01",
        f"{FRENCH};fr;Europe/Paris;information session;2026-02-01",
        "not a number;en;;information session;2026-02-01",
        f"{ARABIC};ar;;information session;2026-02-01",
        "+41791234567;de;;information session;2026-02-01",
        "+41791234567;fr;;;2026-02-01",
    ]
    path.write_text("\ufeff" + "\r\n".join(rows), encoding="utf-8")
    return path


@pytest.fixture
def officer(works):
    olga = works("olga", "Olga", "campaign_officer", key=False)
    return CampaignOfficer(olga)


@pytest.fixture
def supervisor(works):
    sonia = works("sonia", "Sonia", "supervisor", key=False)
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
    assert "what stands there is no phone number" in officer.downloads("Download these rows")
    assert officer.imports(subscribers)["unchanged"] == 3

    officer.drafts("Before you go", **TEXTS)
    officer.sees_length("en", "1 segment", "GSM-7")
    officer.sees_length("fr", "2 segments", "UCS-2")
    officer.sees_marked("fr", "’", "’", "’")
    officer.sees_preview("fr", TEXTS["fr"])
    officer.sees_reach("2")
    officer.page.locator(".card[data-language=fr]").scroll_into_view_if_needed()
    screenshot(officer.page, "campaign-draft")
    officer.writes_plainly("fr")
    officer.sees_length("fr", "1 segment", "GSM-7")
    officer.sees_preview("fr", PLAIN_FRENCH)
    officer.at_any_time()
    officer.saves()
    officer.tries_it("fr", SPANISH)
    phones.phone(SPANISH).shows("Écrivez-nous d'abord")
    officer.confirms("en")
    supervisor.comes_to("Before you go")
    supervisor.confirms("fr")
    officer.page.reload()
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
    officer.sees_balance(planned=2, accepted=2, pending=0, delivered=2, segments=2)
    expect(officer.page.get_by_text("Closed: only these sums are kept")).to_be_visible()

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
    officer.starts("Second", supervisor, "en", "fr")
    phones.phone(FRENCH).shows("Écrivez-nous")
    officer.sees_state("Done")
    officer.sees_balance(planned=2, accepted=1, suppressed=1)
    joy.writes("help")
    assert joy.heard().filter(has_text="Ask us first").count() == 0


def test_words_that_were_not_saved_are_not_confirmed(officer):
    officer.drafts("Before you go", en="Call us.")
    officer.puts_in("stop", "en")
    officer.sees_preview("en", "Call us.STOP")
    officer.saves()
    card = officer.page.locator(".card[data-language=en]")
    expect(card.locator("[data-sign]")).to_be_enabled()
    officer.writes("en", "Call them.")
    expect(card.locator("[data-sign]")).to_be_disabled()
    expect(card.locator("[data-unsaved]")).to_be_visible()
    officer.saves()
    officer.confirms("en")


def test_two_texts_are_compared_and_the_fallback_reaches_the_rest(
    officer, supervisor, phones, subscribers
):
    phones.open()
    officer.imports(subscribers)
    officer.drafts("Two texts", en="First text. STOP to end.")
    officer.writes("en", "Second text. STOP to end.", variant="B")
    officer.page.locator("[name=b_share]").fill("50")
    officer.sees_reach("1")
    officer.page.locator("[name=fallback]").select_option("en")
    officer.sees_reach("3")
    officer.ticks("languages", "English", "Arabic")
    officer.sees_reach("2")
    officer.at_any_time()
    officer.starts("Two texts", supervisor, "en")
    phones.phone(ARABIC).shows("text. STOP to end.")
    assert phones.phone(FRENCH).heard().count() == 0
    officer.sees_state("Done")
    officer.sees_balance(planned=2, accepted=2)


@pytest.fixture
def many(sessions, line_id):
    """Subscribers of several countries and lists, whom nobody is going to text."""
    kinds = (
        ("en", "GB", "north", "radio", 1240),
        ("fr", "FR", "", "information session", 830),
        ("ar", "JO", "camp", "information session", 460),
        ("es", "ES", "", "radio", 120),
    )
    rows = [
        {
            "line_id": line_id,
            "address_hash": f"{language}{n}".encode(),
            "address_sealed": b"-",
            "language": language,
            "channel": "simulator",
            "country": country,
            "tag": tag,
            "time_zone": "",
            "consent_source": source,
            "consent_date": date(2026, 2, 1),
        }
        for language, country, tag, source, many in kinds
        for n in range(many)
    ]
    with sessions.begin() as session:
        session.execute(insert(Subscriber), rows)


@pytest.fixture
def under_way(officer, many, sessions, line_id):
    """A campaign of many that has run for a while; gives its path. Nothing of it is sent."""
    officer.drafts("Safe summer", en="Text A")
    path = officer.url
    campaign = int(path.rpartition("/")[2])
    start = datetime.now(UTC) - timedelta(hours=5)
    sums = {"planned": 2650, "accepted": 1790, "delivered": 1655, "undelivered": 61}
    with sessions.begin() as session:
        row = session.get_one(Campaign, campaign)
        row.state, row.started_at, row.planned, row.expanded = "paused", start, 2650, True
        row.ledger_key_sealed, row.channel = b"-", "none"
        for variant, share in (("A", 0.6), ("B", 0.4)):
            for what, n in (sums | {"segments": 2010, "opted_out": 24, "suppressed": 12}).items():
                session.add(
                    Tally(
                        campaign_id=campaign, variant=variant, what=what, slot=0, n=round(n * share)
                    )
                )
        for n in range(300):
            sent = min(1790, round(1790 * (1 - (1 - n / 299) ** 2)))
            session.add(
                CampaignPoint(
                    campaign_id=campaign,
                    at=start + timedelta(minutes=n),
                    accepted=sent,
                    delivered=round(sent * 0.92),
                    waiting=max(0, 900 - 3 * n),
                    opted_out=round(sent * 0.013),
                )
            )
    return path


@pytest.mark.parametrize(
    ("suffix", "options"),
    [
        ("", {}),
        ("-dark", {"color_scheme": "dark"}),
        ("-phone", {"viewport": {"width": 390, "height": 844}}),
    ],
)
def test_the_page_of_a_campaign_under_way_shows_its_curve(
    works, under_way, screenshot, suffix, options
):
    sonia = works("sonia", "Sonia", "supervisor", **options, key=False)
    sonia.page.goto(under_way)
    expect(sonia.page.locator("canvas[data-drawn]")).to_be_attached()
    expect(sonia.page.locator("[data-half=A-accepted]")).to_have_text("1,074")
    screenshot(sonia.page, f"campaign{suffix}", whole=True)
    assert sonia.widest() <= (options.get("viewport") or {"width": 1280})["width"]


def test_a_draft_tells_whom_it_reaches_and_what_it_costs(officer, many, tmp_path, screenshot):
    table = tmp_path / "prices.csv"
    table.write_text("country,price\nGB,0.041\nFR,0.068\nES,0.07\nJO,0.19\n")
    officer.page.goto("/campaigns/prices")
    officer.page.locator("input[type=file]").set_input_files(table)
    officer.page.locator("[name=currency]").fill("EUR")
    officer.presses("Replace")
    screenshot(officer.page, "prices")
    officer.drafts("Safe summer", **TEXTS)
    cost = officer.page.locator("[data-cost] dd")
    expect(cost).to_have_text("€163.72")
    officer.writes_plainly("fr")
    expect(cost).to_have_text("€107.28")
    officer.ticks("countries", "France", "Jordan")
    officer.sees_reach("830")
    officer.page.locator("[name=fallback]").select_option("fr")
    officer.sees_reach("1,290")
    expect(cost).to_have_text("€143.84")
    officer.writes("en", "Another text for comparison. STOP to end.", variant="B")
    officer.page.locator("[name=b_share]").fill("50")
    officer.unfolds("details.fold:has([name=quiet_weekday])")
    officer.page.get_by_label("Sunday").check()
    officer.page.wait_for_load_state("networkidle")
    screenshot(officer.page, "campaign-plan", whole=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_read_from_right_to_left_in_arabic(works, many, screenshot, scheme):
    lina = works("lina", "لينا", "campaign_officer", language="ar", color_scheme=scheme, key=False)
    lina.page.goto("/campaigns/new")
    lina.page.locator("[name=name]").fill("قبل السفر")
    lina.page.locator("main form button").click()
    words = "هل تفكر في العمل بالخارج؟ اسألنا أولا على {number}. أرسل {stop} للتوقف في أي وقت تشاء."
    lina.page.locator("#text-ar").fill(words)
    expect(lina.page.locator("#size-ar .tag")).to_have_text("UCS-2")
    expect(lina.page.locator("#size-ar .cut")).to_have_count(1)
    expect(lina.page.locator("#size-ar mark")).to_have_count(0)
    text, aside = (
        lina.page.locator(f".plan > {name}").bounding_box()["x"] for name in ("section", "aside")
    )
    assert text > aside
    if scheme == "light":
        screenshot(lina.page, "campaign-ar", whole=True)


def test_no_campaign_page_is_wider_than_a_small_phone(works):
    small = {"viewport": {"width": 360, "height": 740}}
    olga = works("olga", "Olga", "campaign_officer", key=False, **small)
    for path in (
        "/campaigns",
        "/campaigns/subscribers",
        "/campaigns/new",
        "/campaigns/prices",
        "/counts",
        "draft",
    ):
        if path == "draft":
            CampaignOfficer(olga).drafts("Before you go", **TEXTS)
        else:
            olga.page.goto(path)
        olga.page.wait_for_load_state("networkidle")
        assert olga.page.evaluate("document.scrollingElement.scrollWidth") <= 360, path
