"""Login is required by default; what is open is a list."""

from dataclasses import replace

import pytest

from hotline import staff
from hotline.models import Line
from tests.web.conftest import Browser
from web import guard
from web.app import make_app

OPEN = {
    "/static/<path:filename>",
    "/static/v/<version>/<path:filename>",
    "/login",
    "/login/code",
    "/login/passkey",
    "/language",
    "/join",
    "/join/account",
    "/healthz",
    "/readyz",
    "/metrics",
    "/simulator",
    "/simulator/messages",
    "/simulator/send",
    "/simulator/events",
    "/webhooks/twilio/sms",
    "/webhooks/twilio/status",
    "/webhooks/twilio/voice",
    "/webhooks/telegram",
}


def pages(app):
    """Every page as method, path, and what it needs; numbers in paths are filled in."""
    for rule in app.url_map.iter_rules():
        if rule.rule in OPEN:
            continue
        with app.test_request_context():
            values = dict.fromkeys(rule.arguments, 1)
            path = app.url_map.bind("localhost").build(rule.endpoint, values)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield method, path, app.view_functions[rule.endpoint].needs


def test_the_open_pages_are_the_listed_ones(app):
    found = {rule.rule for rule in app.url_map.iter_rules() if guard._is_open(rule.endpoint)}
    assert found == OPEN


def test_every_other_page_refuses_somebody_nobody_knows(app, browser):
    browser.get("/login")
    tried = 0
    for method, path, _ in pages(app):
        for accept, expected in (("text/html", 302), ("application/json", 401)):
            answer = browser.client.open(
                path,
                method=method,
                headers={"Accept": accept, "X-CSRFToken": browser.token},
            )
            assert answer.status_code == expected, (method, path)
            if expected == 302:
                assert answer.location.startswith("/login"), (method, path)
        tried += 1
    assert tried >= 12


def test_with_a_one_time_password_only_the_page_that_replaces_it_opens(
    app, browser, sessions, line_id
):
    with sessions.begin() as session:
        password = staff.add(
            session,
            line_id=line_id,
            login="new",
            display_name="New",
            role="supervisor",
            language="en",
        )
    browser.signs_in("new", password)
    for method, path, _ in pages(app):
        if path in ("/password", "/logout"):
            continue
        answer = browser.client.open(path, method=method, headers={"X-CSRFToken": browser.token})
        assert (answer.status_code, answer.location) == (302, "/password"), (method, path)
    assert browser.get("/password").status_code == 200


def test_every_form_without_its_token_is_refused(app, another):
    somebody = another().is_hired("ana", "supervisor")
    refused = 0
    for rule in app.url_map.iter_rules():
        if "POST" not in rule.methods or rule.endpoint.startswith("webhooks."):
            continue
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(
                rule.endpoint, dict.fromkeys(rule.arguments, 1)
            )
        answer = somebody.client.post(path)
        assert answer.status_code == 400, path
        assert answer.headers["Waypost-Stale"], path
        refused += 1
    assert refused >= 8


def test_a_page_that_declares_nothing_keeps_the_app_from_starting(deps):
    forgotten = make_app(deps)
    forgotten.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    with pytest.raises(guard.Undeclared, match="forgotten"):
        guard.check(forgotten)
    assert forgotten.test_client().get("/forgotten").status_code == 403


def test_every_page_runs_nothing_but_our_own_files(app, browser):
    for path in ("/login", "/simulator", "/nowhere", "/desk", "/healthz"):
        headers = browser.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy.replace("'wasm-unsafe-eval'", "")
        # WebAssembly is for the pages that open what is sealed.
        assert ("'wasm-unsafe-eval'" in policy) == path.startswith("/desk")
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in headers


def test_behind_tls_cookies_are_secure_and_browsers_are_told_to_stay(real, sessions, line_id):
    browser = Browser(make_app(replace(real, simulated=True)), sessions, line_id)
    answer = browser.get("/login")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))


def test_no_page_has_script_or_style_inside(app, another):
    somebody = another().is_hired("ana", "supervisor")
    for path in ("/desk", "/password", "/simulator", "/desk?closed=1", "/desk/keys"):
        page = somebody.get(path).text
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick" not in page
        inside = [part for part in page.split("<script")[1:] if "src=" not in part.split(">")[0]]
        assert all(part.startswith(' type="importmap">') for part in inside)
        assert len(inside) == path.startswith("/desk")


def test_staff_of_another_line_are_nobody_here(app, another, sessions, line_id):
    with sessions.begin() as session:
        line = Line(
            slug="other", name="Other", languages=["en"], time_zone="UTC", demonstration=False
        )
        session.add(line)
        session.flush()
        other = line.id
    somebody = another()
    somebody.line_id = other
    with sessions.begin() as session:
        password = staff.add(
            session,
            line_id=other,
            login="far",
            display_name="Far",
            role="supervisor",
            language="en",
        )
    somebody.signs_in("far", password)
    assert somebody.get("/desk").location.startswith("/login")
