"""Staff sign in, answer, mistype, and are refused; somebody who is no staff tries."""

import base64
import json
from urllib.parse import quote, urlencode

from tests.canary.line import until
from tests.canary.phones import Phone
from tests.canary.scene import Scene
from tests.canary.staff import Staff


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
    assert worker.posts(f"/desk/cases/99999/reply", text=said) == 404
    body = urlencode({"text": said}).encode()
    assert worker.posts_bytes(f"/desk/cases/{case}/reply", body) == 400
    assert worker.posts_bytes(f"/desk/cases/{case}/reply", body, Content_Type="text/plain") == 400
    token = {"csrf_token": said, "text": said}
    assert worker.posts_bytes(f"/desk/cases/{case}/reply", urlencode(token).encode()) == 400
    _sends_what_no_page_sends(scene, case)


def staff_ask_for_what_is_not_there(scene: Scene, case: int) -> None:
    """Addresses and questions with words and numbers in them: 400, 404, 405."""
    number, said = scene.canaries.phone("an address"), quote(scene.sentence("an address", "arabic"))
    worker, officer = scene.caseworker, scene.officer
    for path in (f"/{said}", f"/desk/{said}", f"/desk/cases/{number}", f"/static/{said}.js"):
        assert worker.opens(path) == 404
    for path in (
        f"/desk?q={said}&closed={number}",
        f"/desk/list?search={number}",
        f"/counts?since={said}&until={number}",
        f"/counts/data?since={number}",
        f"/counts/counts.csv?since={said}",
    ):
        assert worker.opens(path) == 200
    status = worker.opens(f"/desk/cases/{case}/data?after={said}", keep=False)
    assert status < 500, scene.line.said()[-800:]
    assert worker.opens(f"/desk/cases/{case}/reply?text={said}") == 405
    assert worker.opens(f"/campaigns?q={said}") == 403
    for path in (f"/campaigns/{number}", f"/campaigns/segments?language={said}"):
        assert officer.opens(path) in (404, 405)
    assert officer.posts(f"/campaigns/segments?language={said}") == 404
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


def staff_look_at_pages(scene: Scene) -> None:
    """Every page that is not meant to show words: the words of a case are data, not a page."""
    cases = scene.line.counts("SELECT max(id) FROM cases")
    for path in (
        "/desk",
        "/desk/list",
        "/desk?closed=1",
        "/counts",
        "/counts/counts.csv",
        "/password",
    ):
        assert scene.supervisor.opens(path) == 200
    for case in range(1, cases + 1):
        assert scene.supervisor.opens(f"/desk/cases/{case}") == 200
    for path in ("/campaigns", "/campaigns/new", "/campaigns/subscribers", "/campaigns/1"):
        assert scene.officer.opens(path) == 200
    for path in ("/metrics", "/readyz", "/healthz"):
        assert scene.line.asks("GET", path, keep=path[1:])[0] == 200


def _sends_what_no_page_sends(scene: Scene, case: int) -> None:
    said, number = scene.sentence("JSON of no page"), scene.canaries.phone("JSON of no page")
    worker = scene.caseworker
    headers = {"Content_Type": "application/json", "X_CSRFToken": worker.token}
    sealed = base64.b64encode(said.encode()).decode()
    for body in (
        {"team": said, "team_key": number, "sealed": sealed},
        [said],
        said,
        {said: number},
    ):
        data = json.dumps(body).encode()
        assert worker.posts_bytes(f"/desk/cases/{case}/pass", data, **headers) < 500
