import pytest

from tests.campaigns.desk import Desk


@pytest.fixture
def desk(sessions, vault, line_id, now):
    return Desk(sessions, vault, line_id, now)
