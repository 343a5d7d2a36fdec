"""Staff sign in, answer, mistype, and are refused; somebody who is no staff tries."""

import json
import re
from urllib.parse import quote, urlencode

from flask import Flask
from werkzeug.routing import Rule

from tests.canary.line import ROOT, until
from tests.canary.phones import Phone
from tests.canary.scene import Scene
from tests.canary.staff import Staff
from web.app import BLUEPRINTS

# A part of an address that is filled in, such as <int:case_id>.
PART = re.compile(r"<(\w+:)?\w+>")
# After it nothing opens until the password is given.
LOCK = "screenlock.lock"
# Where a page reads what it was sent.
NAME = re.compile(r'(?:form|args|values|given|asked|body|file)(?:\.get(?:list)?\(|\[)"([\w-]+)"')
# What staff call things, and texts that everybody gets: kept to be read.
PUBLIC = {"name", "label", "source", "csrf_token", "next"}


def staff_sign_in(scene: Scene) -> None:
    for somebody in (scene.caseworker, scene.officer, scene.supervisor):
        own = scene.sentence(f"the password of the {somebody.login}", "accented")
        somebody.signs_in_for_the_first_time(own)


def somebody_tries_to_sign_in(scene: Scene) -> None:
    stranger = Staff(scene.line)
    number, said = scene.canaries.phone("a login"), scene.sentence("a password")
    for login in (
        number,
        said,
        scene.word("a login with NUL") + "\x00",
        scene.word("a long login") * 40,
    ):
        status = stranger.posts("/login", keep=False, login=login, password=said, next=f"/{number}")
        assert status in (403, 500)
    # A password typed into the field of the login, and the other way round.
    known = {"login": scene.caseworker.password, "password": scene.caseworker.login}
    assert stranger.posts("/login", keep=False, **known) == 403
    assert stranger.posts_bytes("/login", urlencode({"login": said}).encode()) == 400
    for cookie in (number, said.split()[-1]):
        cookies = {"Cookie": f"waypost_session={cookie}; waypost_form={cookie}; {cookie}=1"}
        assert stranger.opens("/desk", keep=False, **cookies) == 302


def a_caseworker_answers(scene: Scene, phone: Phone, case: int) -> None:
    worker = scene.caseworker
    # Others wait longer; a caseworker takes what is next, and a supervisor whatever waits.
    for other in range(1, case):
        scene.supervisor.posts(f"/desk/cases/{other}/take")
    before = len(phone.heard())
    worker.takes(case)
    phone.hears_more_than(before)
    for script in ("latin", "arabic", "cyrillic", "ethiopic"):
        reply = scene.sentence("a reply", script)
        worker.replies(case, f"{reply}\r\n{reply}")
        until(lambda said=reply: phone.heard()[-1] == f"{said}\n{said}", "a reply did not arrive")
    phone.sends(scene.sentence("back to who answers"))


def a_caseworker_is_refused(scene: Scene, case: int) -> None:
    worker, other = scene.caseworker, scene.supervisor
    said = scene.sentence("a reply that is refused")
    worker.posts(f"/desk/cases/{case}/reply", text=said * 60)
    other.posts(f"/desk/cases/{case}/reply", text=said)
    other.posts(f"/desk/cases/{case}/take", text=said)
    assert worker.posts("/desk/cases/99999/reply", text=said) == 404
    body = urlencode({"text": said}).encode()
    assert worker.posts_bytes(f"/desk/cases/{case}/reply", body) == 400
    assert worker.posts_bytes(f"/desk/cases/{case}/reply", body, Content_Type="text/plain") == 400
    token = {"csrf_token": said, "text": said}
    assert worker.posts_bytes(f"/desk/cases/{case}/reply", urlencode(token).encode()) == 400


def staff_ask_for_what_is_not_there(scene: Scene, case: int) -> None:
    """Addresses and questions with words and numbers in them: 400, 404, 405.

    Such a page holds its own address, for the form that changes the language: it is not kept.
    """
    number, said = scene.canaries.phone("an address"), quote(scene.sentence("an address", "arabic"))
    worker, officer = scene.caseworker, scene.officer
    for path in (f"/{said}", f"/desk/{said}", f"/desk/cases/{number}", f"/static/{said}.js"):
        assert worker.opens(path, keep=False) == 404
    for path in (
        f"/desk?q={said}&closed={number}",
        f"/desk/list?search={number}",
        f"/counts?since={said}&until={number}",
        f"/counts/data?since={number}",
        f"/counts/counts.csv?since={said}",
    ):
        assert worker.opens(path, keep=False) < 500, path
    status = worker.opens(f"/desk/cases/{case}/data?after={said}", keep=False)
    assert status < 500, scene.line.said()[-800:]
    assert worker.opens(f"/desk/cases/{case}/reply?text={said}", keep=False) == 405
    assert worker.opens(f"/campaigns?q={said}", keep=False) == 403
    for path in (f"/campaigns/{number}", f"/campaigns/segments?language={said}"):
        assert officer.opens(path, keep=False) in (404, 405)
    assert officer.posts(f"/campaigns/segments?language={said}", keep=False) == 404
    worker.posts("/language", language=said, next=f"//{said}.example/{number}", keep=False)
    header = scene.word("a header of a browser")
    headers = {"User-Agent": header, "Referer": f"http://{header}/", "X-Forwarded-For": number}
    assert worker.opens("/desk", **headers, **{"Accept-Language": header}) == 200


def a_case_ends(scene: Scene, phone: Phone, case: int) -> None:
    scene.caseworker.gives_back(case)
    scene.supervisor.takes(case)
    scene.supervisor.replies(case, scene.sentence("the last reply"))
    before = len(phone.heard())
    scene.supervisor.closes(case)
    phone.hears_more_than(before)


def staff_look_at_every_page(scene: Scene) -> None:
    """The words of a case are data that its page asks for; no page itself is meant to show any."""
    seen = {page for somebody in (scene.officer, scene.supervisor) for page in somebody.wanders()}
    assert {"/desk", "/counts", "/campaigns", "/campaigns/1"} <= seen
    assert sum(page.startswith("/desk/cases/") for page in seen) > 3
    for path in ("/readyz", "/healthz"):
        assert scene.line.asks("GET", path, keep=path[1:])[0] == 200


def staff_send_what_no_page_sends(scene: Scene) -> None:
    """Every address there is, with a word for each name in it, and forms full of words and numbers."""
    case = scene.line.counts("SELECT max(id) FROM cases")
    asked = 0
    for rule in _rules():
        word, said = (
            scene.word(f"in an address, {rule.endpoint}"),
            scene.sentence(rule.endpoint, "arabic"),
        )
        number = scene.canaries.phone(rule.endpoint)
        path = PART.sub(lambda part, word=word: str(case) if part[1] == "int:" else word, rule.rule)
        if rule.endpoint.endswith(("events", "listen")):
            scene.supervisor.listens(f"{path}?{word}={number}")
            continue
        for method in rule.methods & {"GET", "POST"}:
            for value in (said, number):
                _asks(scene.supervisor, method, path, dict.fromkeys(FIELDS, value))
            asked += 1
    assert asked > 30


def _asks(somebody: Staff, method: str, path: str, fields: dict[str, str]) -> None:
    if method == "GET":
        somebody.opens(f"{path}?{urlencode(fields)}", keep=False)
        return
    somebody.posts(path, keep=False, **fields)
    headers = {"Content_Type": "application/json", "X_CSRFToken": somebody.token}
    for body in (fields, {"keys": [fields], "shares": {path: fields}}):
        somebody.posts_bytes(path, json.dumps(body).encode(), keep=False, **headers)


def _rules() -> list[Rule]:
    """Of every page but the webhooks, whose turn has been, and the ways out."""
    app = Flask("pages")
    for pages in BLUEPRINTS:
        app.register_blueprint(pages)
    left_out = ("webhooks.", "simulator.", "static", "auth.sign_out", LOCK)
    return [rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith(left_out)]


def _fields() -> frozenset[str]:
    """Every name that the pages ask a form, an address or JSON for."""
    sources = (ROOT / "web").glob("*.py")
    found = {name for source in sources for name in NAME.findall(source.read_text("utf-8"))}
    return frozenset(found - PUBLIC)


FIELDS = _fields()
