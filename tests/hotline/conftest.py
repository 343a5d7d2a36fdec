import pytest

from hotline.conversation import Conversation
from tests.conftest import FLOW
from tests.hotline.noticing import Desk
from tests.hotline.people import Caseworker, Person


@pytest.fixture
def conversation(vault, line_id):
    return Conversation(vault, FLOW, line_id, ("en", "fr", "es", "ar"))


@pytest.fixture
def person(conversation, sessions, now):
    return Person(conversation, sessions, now)


@pytest.fixture
def caseworker(sessions, vault, line_id, now):
    return Caseworker(sessions, vault, line_id, now)


@pytest.fixture
def desk(sessions, vault, line_id, conversation, now):
    return Desk(sessions, vault, line_id, conversation, now)
