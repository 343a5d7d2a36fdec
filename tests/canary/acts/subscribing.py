"""Lists of subscribers, good and bad, and a campaign to them. Its text is public; its people are not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.canary import carriers
from tests.canary.line import until
from tests.canary.people import written_by_hand
from tests.canary.scene import Scene

HEADER = "phone,language,time_zone,consent_source,consent_date"
SUBSCRIBERS = 24
PUBLIC = "An information session is held on Friday at ten."


def an_officer_imports(scene: Scene) -> list[str]:
    """A good list, by the page. Gives the numbers."""
    numbers = [scene.canaries.real_phone("a subscriber") for _ in range(SUBSCRIBERS)]
    lines = [HEADER, *(f"{number},en,,information session,2026-01-31" for number in numbers)]
    file = "\n".join(lines).encode()
    name = f"{scene.word('the name of a list')}.csv"
    assert scene.officer.imports(file, name) == 303
    assert f">{SUBSCRIBERS}<" in scene.officer.saw
    return numbers


def an_officer_imports_what_is_bad(scene: Scene) -> None:
    officer = scene.officer
    for name, file in _bad_lists(scene).items():
        assert officer.imports(file, f"{scene.word(name)}.csv") == 303, name
        if name == "bad rows":
            # The list of them is meant to show them, to whoever corrects it.
            rows = officer.last_import() + "/rows.csv"
            assert officer.posts(rows, keep=False) == 200
            assert officer.posts(rows) == 404
    form = {"source": scene.canaries.phone("a source"), "region": scene.word("a region")}
    row = f"phone,language\n{scene.canaries.real_phone('a list with a number as its source')},en"
    # The page comes back with the field as it was typed.
    assert officer.imports(row.encode(), "list.csv", keep=False, **form) == 400
    form |= {"source": "web form", "date": scene.canaries.phone("a date")}
    assert officer.imports(row.encode(), "list.csv", keep=False, **form) == 400
    assert officer.posts("/campaigns/subscribers") == 400


def an_operator_imports(scene: Scene, folder: Path) -> None:
    """The same by the command line; the lists themselves are the operator's and lie elsewhere."""
    good = f"phone,language\n{scene.canaries.real_phone('a list on the command line')},en"
    bad = _bad_lists(scene)
    mixed = b"\n".join([good.encode(), *bad["bad rows"].splitlines()[1:]])
    files = {"mixed": mixed, "quotes": bad["an open quote"]}
    for name, file in files.items():
        (folder / f"{name}.csv").write_bytes(file)
    paths = [str(folder / f"{name}.csv") for name in files]
    agreed = ("--source", "web form", "--date", "2026-01-31")
    # One after the other: a line reads one list at a time and refuses the next.
    imports = (("subscribers", "import", path, *agreed) for path in paths)
    assert [scene.line.commands(each) for each in imports] == [[0], [1]]


def a_campaign_is_sent(scene: Scene, numbers: list[str]) -> None:
    officer, supervisor = scene.officer, scene.supervisor
    stopped, refused, *others = numbers
    phone = scene.phone("who texts a campaign back")
    assert scene.line.hears(stopped, "STOP") == 204
    assert officer.posts("/campaigns/new", name="Information session") == 302
    ends = datetime.now(UTC) + timedelta(days=2)
    plan = {
        "name": "Information session",
        "text-en": PUBLIC,
        "start": "now",
        "ends_at": f"{ends:%Y-%m-%dT%H:%M}",
        "window_from": "00:00",
        "window_to": "00:00",
    }
    _plans_badly(scene, plan)
    assert officer.posts("/campaigns/1", **plan) == 302, officer.saw
    _tries_it(scene)
    assert officer.opens("/campaigns/1") == 200
    confirm = officer.saw.partition('id="sign-en"')[2]
    read = confirm.partition('name="seen" value="')[2].partition('"')[0]
    assert officer.posts("/campaigns/1/sign-off", language="en", seen=read) == 302
    assert officer.posts("/campaigns/1", submit="1", **plan) == 302, officer.saw
    assert supervisor.opens("/campaigns/1") == 200
    seen = supervisor.saw.partition('name="seen" value="')[2].partition('"')[0]
    assert supervisor.posts("/campaigns/1/approve", seen=seen) == 302
    scene.line.twilio.troubles_for(refused, carriers.refused(400, 21610))
    assert supervisor.posts("/campaigns/1/schedule") == 302
    got = scene.line.twilio.to
    until(
        lambda: all(got(number)[-1:] == [PUBLIC] for number in others), "the campaign is not sent"
    )
    assert PUBLIC not in got(stopped)
    assert officer.opens("/campaigns/1/progress?state=running") == 200
    for number in others[:3]:
        assert scene.line.hears(number, f"{scene.sentence('an answer to a campaign')}") == 204
    assert scene.line.hears(others[3], "STOP") == 204
    phone.writes(f"about the session {scene.word('a question about a campaign')}")


def _tries_it(scene: Scene) -> None:
    """A staff phone gets the text first; its number is another that is kept nowhere."""
    colleague, wrong = (
        scene.canaries.real_phone("a staff phone"),
        scene.canaries.phone("no staff phone"),
    )
    assert scene.officer.posts("/campaigns/1/try", text="en", numbers=colleague) == 302
    until(lambda: scene.line.twilio.to(colleague)[-1:] == [PUBLIC], "no test is sent")
    assert scene.officer.posts("/campaigns/1/try", text="en", numbers=f"{wrong}, hello") == 409


def _plans_badly(scene: Scene, plan: dict[str, str]) -> None:
    number, said = scene.canaries.phone("a bad plan"), scene.sentence("a bad plan")
    officer = scene.officer
    for wrong in (
        {"ends_at": number},
        {"ends_at": said, "start": said},
        {"window_from": number, "window_to": said},
        {"text-en": f"{said} {number} " * 60},
        {"text-en": f"{{{said} {number}}}"},
        {"since": number, "days_after": said},
        {"name": f"{said} {number} " * 9},
    ):
        # What was typed comes back in the form, to who typed it.
        assert officer.posts("/campaigns/1", keep=False, **(plan | wrong)) in (400, 409)
    assert officer.posts("/campaigns/1/approve", seen=number) == 400
    assert officer.posts("/campaigns/new", keep=False, name=f"{said} {number} " * 9) == 400


def _bad_lists(scene: Scene) -> dict[str, bytes]:
    def number() -> str:
        return scene.canaries.real_phone("a bad list")

    def word() -> str:
        return scene.word("a bad list")

    good = f"{number()},en,,web form,2026-01-31"
    rows = [
        f"{scene.sentence('a cell of a phone')},en,,web form,2026-01-31",
        f"{number()},{word()},,web form,2026-01-31",
        f"{number()},en,{word()}/{word()},web form,2026-01-31",
        f"{number()},en,/etc/../{word()},web form,2026-01-31",
        f"{number()},en,,{word() * 20},2026-01-31",
        f"{number()},en,,web form,{word()}",
        f"{number()},en,,web form,9999-99-99",
        f"{number()[:-4]},en,,web form,",
        f"{number()}{number()}{number()},en,,web form,",
        f'{number()},en,,"{word()}"{word()}",',
        f"{number()},en,,{word()}\x0b\u200b{word()},",
    ]
    # A number that slipped into a column which all may read.
    for how in written_by_hand("+1"):
        slipped = scene.canaries.real_phone(f"a number in another column, {how}")
        rows.append(f"{number()},en,,{written_by_hand(slipped)[how]},2026-01-31")
    rows.append(f"{number()},en,,{number()},2026-01-31")
    head = HEADER.encode()
    return {
        "bad rows": "\n".join([HEADER, good, *rows]).encode(),
        "an open quote": f'{HEADER}\n{good}\n"{number()},en,,{word()},\n{good}'.encode(),
        "no UTF-8": head + f"\n{number()},en,,{word()}é,".encode("latin-1"),
        "UTF-16": f"{HEADER}\n{number()},en,,{word()},".encode("utf-16"),
        "NUL bytes": head + f"\n{number()},en,,{word()}\x00,".encode(),
        "no header": f"{number()},{word()}\n{number()},{word()}".encode(),
        "an unknown header": f"{word()},{number()}\n{good}".encode(),
        "a column twice": f"phone,phone,language\n{number()},{number()},en".encode(),
        "no list": scene.sentence("no list", "arabic").encode(),
        "a long field": f"{HEADER}\n{number()},en,,{word() * 20_000},".encode(),
    }
