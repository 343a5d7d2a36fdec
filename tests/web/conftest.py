import re
from dataclasses import replace
from datetime import timedelta

import pytest
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import func, select, update

from bot.door import TelegramDoor
from hotline import bell, staff
from hotline.channels import Inbound
from hotline.conversation import Conversation
from hotline.models import Case, Staff
from ops import database
from sms.door import TwilioDoor
from tests.conftest import FLOW
from tests.fakes.twilio import TOKEN
from tests.keys import FIRST_LINE, BrowserKeys
from web.app import make_app
from web.deps import Deps

PUBLIC = "https://line.example"
SECRET = "telegram-secret"
OWN_PASSWORD = "five words nobody would guess"


class Clock:
    """Time stands still until a test moves it."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now

    def passes(self, **how_long):
        self.now += timedelta(**how_long)


class Browser:
    """Somebody at a browser: keeps cookies, sends the form token of the page they see."""

    def __init__(self, app, sessions, line_id):
        self.app, self.sessions, self.line_id = app, sessions, line_id
        self.client = app.test_client()
        self.token = ""

    def get(self, path, **headers):
        answer = self.client.get(path, headers=headers)
        self._read_token(answer)
        return answer

    def post(self, path, headers=None, **form):
        if not self.token:
            self.get("/login")
        answer = self.client.post(path, data={"csrf_token": self.token} | form, headers=headers)
        self._read_token(answer)
        if path == "/logout":
            self.token = ""
        return answer

    def post_json(self, path, body):
        if not self.token:
            self.get("/login")
        return self.client.post(path, json=body, headers={"X-CSRFToken": self.token})

    def signs_in(self, login, password, **more):
        return self.post("/login", login=login, password=password, **more)

    def is_hired(self, login, role="caseworker", name="Sam", language="en", teams=()):
        """Added to the staff, signed in, with an own password."""
        with self.sessions.begin() as session:
            password = staff.add(
                session,
                line_id=self.line_id,
                login=login,
                display_name=name,
                role=role,
                language=language,
            )
            session.execute(update(Staff).where(Staff.login == login).values(teams=list(teams)))
        assert self.signs_in(login, password).location == "/password"
        done = self.post("/password", current=password, new=OWN_PASSWORD, again=OWN_PASSWORD)
        assert done.status_code == 302
        return self

    def _read_token(self, answer):
        if answer.mimetype == "text/html":
            found = re.search(r'name="csrf-token" content="([^"]+)"', answer.text)
            self.token = found[1] if found else self.token


@pytest.fixture
def clock(now):
    return Clock(now)


@pytest.fixture
def deps(sessions, database_url, vault, line_id, clock):
    engine = database.make_engine(database_url)
    languages = ("en", "ar", "es", "fr")
    yield Deps(
        sessions=sessions,
        vault=vault,
        conversation=Conversation(vault, FLOW, line_id, languages),
        clock=clock,
        ringer=bell.Ringer(engine),
        ears=bell.Ears(database.dsn(engine)),
        line_id=line_id,
        line_name="Test line",
        languages=languages,
        public_url="",
        simulated=True,
        suppress_below=10,
        campaign_channel="simulator",
        dispatch=lambda _campaign: None,
    )
    engine.dispose()


@pytest.fixture
def real(deps):
    """As on a real line: both providers, behind TLS, no simulator."""
    return replace(
        deps,
        public_url=PUBLIC,
        simulated=False,
        twilio=TwilioDoor(TOKEN, PUBLIC),
        telegram=TelegramDoor(SECRET),
    )


@pytest.fixture(scope="session")
def compiled(tmp_path_factory):
    """Templates that an app of an earlier test has compiled."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(deps, compiled):
    app = make_app(deps)
    app.jinja_env.bytecode_cache = compiled
    return app


@pytest.fixture
def browser(app, sessions, line_id):
    return Browser(app, sessions, line_id)


@pytest.fixture
def another(app, sessions, line_id):
    return lambda: Browser(app, sessions, line_id)


@pytest.fixture
def texts(deps, clock):
    """Say something from a phone: `texts("hello")`."""
    count = iter(range(1000))

    def say(*words, address="tel:+12025550101"):
        for text in words:
            clock.passes(seconds=5)
            inbound = Inbound("simulator", address, text, f"{address}-{next(count)}", clock())
            with deps.sessions.begin() as session:
                handled = deps.conversation.receive(session, inbound, clock())
            for topic in handled.rings:
                deps.ringer.ring(topic)

    return say


@pytest.fixture
def a_case(texts, sessions):
    """Somebody asked for a person; gives the number of their case."""

    def made(address="tel:+12025550101"):
        texts("hello", "1", "1", "0", "yes", "I need to get out", address=address)
        with sessions() as session:
            return session.scalar(select(func.max(Case.id)))

    return made


@pytest.fixture
def keyholder(another):
    """Somebody signed in and enrolled, with the keys in their browser."""

    def made(login, name, role="caseworker", teams=()):
        somebody = another().is_hired(login, role, name, teams=teams)
        keys = BrowserKeys()
        theirs = teams if role == "partner" else FIRST_LINE
        assert keys.enrol(somebody.post_json, theirs).status_code == 200
        return somebody, keys

    return made
