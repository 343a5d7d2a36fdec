import pytest

from hotline import staff
from tests.web.conftest import OWN_PASSWORD


@pytest.fixture
def hired(sessions, line_id):
    with sessions.begin() as session:
        return staff.add(
            session,
            line_id=line_id,
            login="sam",
            display_name="Sam",
            role="caseworker",
            language="ar",
        )


def test_a_newcomer_signs_in_chooses_a_password_and_reaches_the_desk(browser, hired):
    assert browser.get("/desk").location == "/login?next=/desk"
    assert browser.signs_in("sam", hired, next="/desk").location == "/password"
    done = browser.post("/password", current=hired, new=OWN_PASSWORD, again=OWN_PASSWORD)
    assert done.location == "/"
    assert browser.get("/").location == "/desk"
    assert 'dir="rtl"' in browser.get("/desk").text


def test_a_wrong_password_is_said_in_the_page_and_counts(browser, hired):
    for _ in range(5):
        answer = browser.signs_in("sam", "wrong")
        assert answer.status_code == 403
        assert "Login or password is wrong." in answer.text
        assert "wrong" not in answer.headers.get("Set-Cookie", "")
    assert "Too many attempts" in browser.signs_in("sam", hired).text


def test_two_different_new_passwords_are_refused(browser, hired):
    browser.signs_in("sam", hired)
    answer = browser.post(
        "/password", current=hired, new=OWN_PASSWORD, again="another one entirely"
    )
    assert answer.status_code == 400
    assert browser.get("/desk").location == "/password"


def test_signing_out_ends_the_session(browser, another):
    browser.is_hired("noor")
    cookie = browser.client.get_cookie("waypost_session").value
    assert browser.post("/logout").location.startswith("/login")
    thief = another()
    thief.client.set_cookie("waypost_session", cookie)
    assert thief.get("/desk").status_code == 302


def test_half_an_hour_of_nothing_signs_out(browser, clock):
    browser.is_hired("noor")
    clock.passes(minutes=31)
    assert browser.get("/desk").location.startswith("/login")


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "desk",
        "http:/x",
    ],
)
def test_nobody_is_led_away_from_here_by_a_link(browser, target):
    browser.is_hired("noor")
    browser.post("/logout")
    answer = browser.signs_in("noor", OWN_PASSWORD, next=target)
    assert answer.location == "/"


def test_a_person_picks_the_language_of_their_pages(browser):
    assert 'lang="fr"' in browser.get("/login", **{"Accept-Language": "fr-CH, en;q=0.5"}).text
    browser.post("/language", language="es", next="/login")
    assert 'lang="es"' in browser.get("/login").text
    browser.is_hired("noor", language="en")
    assert 'lang="en"' in browser.get("/desk").text
    browser.post("/language", language="ar", next="/desk")
    page = browser.get("/desk").text
    assert 'lang="ar"' in page
    assert 'dir="rtl"' in page
    browser.post("/language", language="xx", next="/desk")
    assert 'lang="ar"' in browser.get("/desk").text


def test_a_page_that_is_not_there_says_so_calmly(browser):
    answer = browser.get("/nowhere")
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text


def test_an_oversized_form_is_refused(browser):
    answer = browser.signs_in("sam", "x" * 70_000)
    assert answer.status_code == 413


def test_a_login_with_a_character_no_login_has_is_simply_wrong(browser):
    assert browser.signs_in("sam\x00", "whatever").status_code == 403
