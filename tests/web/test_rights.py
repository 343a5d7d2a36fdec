"""The matrix: every page by every role, against the table of rights; and the page that shows it."""

import os

import pytest

from hotline import rights
from tests.web import rightsdoc
from tests.web.routes import routes

# Where in the house each permission opens doors: written by hand, so that a page with the wrong one is
# noticed. One's own account is on paths of its own.
OWN = {"", "account", "listen", "password", "logout", "lock", "locked", "unlock"}
HOUSE = {
    "desk": {"desk", "replies"},
    "campaigns": {"campaigns"},
    "counts": {"counts"},
    "counts.csv": {"counts"},
    "people": {"people"},
    "audit": {"audit"},
    "rota": {"desk", "rota"},
    "watch": {"watch"},
    "directory": {"desk", "directory"},
} | {place: {"self"} for place in OWN}
# That one has a case before one's eyes, and need not be told of it.
HOUSE["account"] |= {"desk"}


def opened_by(somebody, app, route):
    """Whether the guard lets somebody through. Nothing is done: what is posted lacks its token."""
    answer = somebody.client.open(route.path(app), method=route.method)
    try:
        if answer.status_code == 403:
            return False
        assert answer.status_code not in (401, 423), route
        assert "/login" not in (answer.location or ""), route
        assert route.method == "GET" or answer.headers.get("Waypost-Stale"), route
        return True
    finally:
        answer.close()


@pytest.mark.parametrize("role", rights.ROLES)
def test_every_page_opens_to_who_the_table_says_and_to_nobody_else(app, another, role):
    somebody = another().is_hired("somebody", role)
    walked = routes(app)
    wrong = [
        (route.method, route.rule)
        for route in walked
        if opened_by(somebody, app, route) != rights.may(role, route.permission)
    ]
    assert wrong == []
    assert len(walked) > 60


def test_every_page_needs_a_permission_of_the_place_where_it_is(app):
    wrong = [
        (route.rule, route.permission)
        for route in routes(app)
        if route.permission not in HOUSE.get(route.segment, ())
    ]
    assert wrong == []


def test_every_permission_opens_something_or_is_asked_for_in_a_page(app):
    """`pick` and `threads` are asked for where a page was opened with `desk`."""
    used = {route.permission for route in routes(app)}
    assert rights.PERMISSIONS - used <= {"pick", "threads", "watch", "rota", "replies", "directory"}


@pytest.mark.parametrize(
    ("role", "places"),
    [
        ("auditor", {"audit", "counts", "counts.csv"}),
        ("campaign_officer", {"campaigns", "counts", "counts.csv"}),
        ("partner", {"desk", "rota", "directory"}),
    ],
)
def test_who_has_one_task_finds_one_place(app, another, role, places):
    somebody = another().is_hired("somebody", role)
    found = {route.segment for route in routes(app) if opened_by(somebody, app, route)}
    assert found - OWN <= places
    assert found & {"desk", "audit", "campaigns"}


@pytest.mark.parametrize(
    ("role", "home", "offered"),
    [
        ("auditor", "/audit", {"/audit", "/counts"}),
        ("campaign_officer", "/campaigns", {"/campaigns", "/counts"}),
        ("partner", "/desk", {"/desk"}),
        ("caseworker", "/desk", {"/desk", "/counts"}),
    ],
)
def test_everybody_starts_where_they_work_and_is_offered_nothing_that_is_closed(
    another, role, home, offered
):
    somebody = another().is_hired("somebody", role)
    assert somebody.get("/").location == home
    page = somebody.get(home).text
    navigation = page[page.index('class="places"') : page.index("</nav>")]
    led = {part.split('"')[0] for part in navigation.split('href="')[1:]} - {"/simulator"}
    assert offered <= led
    assert all(somebody.get(path).status_code == 200 for path in led)


def test_the_page_about_rights_says_what_the_program_does(app):
    anew = rightsdoc.written(app)
    if os.environ.get("WAYPOST_RIGHTS") == "1":
        rightsdoc.PAGE.write_text(anew, encoding="utf-8")
    assert rightsdoc.PAGE.read_text(encoding="utf-8") == anew, (
        "WAYPOST_RIGHTS=1 pytest tests/web/test_rights.py writes docs/rights.md anew"
    )
