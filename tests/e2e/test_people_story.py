"""Stories of people: a colleague and a partner join by a link, and an auditor reads who did what."""

import pytest

from tests.e2e.supervisor import Newcomer, Supervisor

PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture
def ana(open_page, line):
    """A supervisor with the keys of the first line."""

    def hired(**options):
        ana = Supervisor(open_page(**options), "ana", line.hires("ana", "Ana", "supervisor"))
        ana.signs_in_for_the_first_time()
        ana.makes_a_key()
        return ana

    return hired


def test_a_colleague_joins_by_a_link_makes_a_key_and_is_let_in(ana, open_page, joy, screenshot):
    ana = ana()
    link = ana.invites("Noor", "Caseworker")
    noor = Newcomer(open_page(**PHONE))
    noor.opens_the_link(link)
    screenshot(noor.page, "join-phone")
    noor.joins("noor")
    noor.is_led_to_making_a_key()
    noor.makes_a_key()
    noor.waits_to_be_let_in()
    ana.lets_in("Noor")
    noor.page.goto("/desk")
    noor.opens("Case").is_open()
    late = Newcomer(open_page())
    late.page.goto(link)
    late.page.get_by_text("used up, withdrawn").wait_for()


def test_a_partner_makes_their_own_teams_key_and_has_no_part_in_any_other(ana, open_page, joy):
    ana = ana()
    ana.adds_team("The Refuge", "refuge")
    link = ana.invites("Mia", "Partner", "The Refuge")
    mia = Newcomer(open_page())
    mia.opens_the_link(link)
    mia.joins("mia")
    mia.is_led_to_making_a_key()
    mia.makes_a_key()
    assert mia.teams_on_the_page_of_keys() == ["The Refuge"]
    mia.page.goto("/desk")
    mia.sees_waiting(0)
    # Nobody of the line is offered to let her in, nor the key of her team.
    ana.has_nobody_to_let_in()
    ana.sees_of_team("Mia", "The Refuge")


def test_the_form_asks_only_what_a_role_has_use_for(ana):
    ana = ana()
    ana.page.goto("/people/new")
    asked = {}
    for role in ("caseworker", "partner", "auditor"):
        ana.page.get_by_label("Role").select_option(role)
        asked[role] = set(ana.asks_of_a_role())
    everybody = {"display_name", "role", "language"}
    limits = {"speaks", "for_children", "most_cases", "most_urgent"}
    assert asked["auditor"] == everybody
    assert asked["caseworker"] == everybody | limits | {"team"}
    assert asked["partner"] == everybody | limits | {"partner_team"}


def test_an_auditor_reads_who_did_what(ana, open_page, joy, screenshot):
    ana = ana()
    link = ana.invites("Otto", "Auditor")
    case = (ana.page.goto("/desk"), ana.opens("Case"))[1]
    case.takes_it()
    otto = Newcomer(open_page())
    otto.opens_the_link(link)
    otto.joins("otto")
    otto.page.wait_for_url("**/audit")
    rows = otto.page.locator("tr[data-act]")
    rows.filter(has_text="Case taken").first.wait_for()
    screenshot(otto.page, "record")
    assert otto.page.locator(".places a").all_inner_texts()[:2] == ["Record", "Counts"]
    otto.page.get_by_role("link", name="Case 1", exact=True).first.click()
    acts = rows.evaluate_all("rows => rows.map((row) => row.dataset.act)")
    assert set(acts) <= {"case.opened", "case.taken", "case.read"}
    with otto.page.expect_download() as download:
        otto.page.get_by_role("link", name="Export as CSV").click()
    assert "case.taken" in download.value.path().read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_pages_of_people_fit_a_small_phone(open_page, line, language, screenshot):
    password = line.hires("ana", "Ana", "supervisor", language)
    ana = Supervisor(open_page(**PHONE), "ana", password)
    ana.signs_in_for_the_first_time()
    for path, name in (("/people", "people"), ("/people/new", "invite"), ("/people/1", "person")):
        ana.page.goto(path)
        assert ana.page.locator("h1").is_visible()
        screenshot(ana.page, f"{name}-phone-{language}")
        assert ana.widest() <= 360, path
    otto = Supervisor(open_page(**PHONE), "otto", line.hires("otto", "Otto", "auditor", language))
    otto.signs_in_for_the_first_time()
    otto.page.goto("/audit")
    screenshot(otto.page, f"record-phone-{language}")
    assert otto.page.locator("tr[data-act]").count() > 0
    assert otto.widest() <= 360
