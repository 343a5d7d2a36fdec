import pytest

from campaigns.sending import dispatch
from hotline import outbox
from tests.web.campaigns.forms import form


@pytest.fixture
def officer(browser):
    return browser.is_hired("olga", "campaign_officer", "Olga")


@pytest.fixture
def supervisor(another):
    return another().is_hired("sonia", "supervisor", "Sonia")


@pytest.fixture
def draft(officer, clock):
    """A draft with two texts, open to be changed; gives its path."""
    path = officer.post("/campaigns/new", name="Before you go").location
    officer.post(path, **form(clock))
    return path


@pytest.fixture
def works(deps, clock):
    """The worker's part: advance, deliver, receipts."""

    def work(campaign=1):
        more = True
        while more:
            with deps.sessions.begin() as session:
                more = dispatch.advance(session, deps.vault, campaign, clock())
        with deps.sessions.begin() as session:
            claimed = outbox.claim(session, deps.vault, "simulator", 100, clock())
            done = [outbox.Outcome(row, "accepted", f"p{row.id}", 1) for row in claimed]
            outbox.settle(session, deps.vault, done, clock())
        return [row.body.text for row in claimed]

    return work
