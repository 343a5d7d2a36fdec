"""What tests of commands share."""

import pytest

from tests.ops.commandline import environment, waypost


@pytest.fixture
def says(database_url, key_ring, tmp_path, line_id):
    """`says("list")`: what `waypost staff list` says."""
    known = environment(
        WAYPOST_HOME=tmp_path,
        WAYPOST_DATABASE_URL=database_url,
        WAYPOST_KEYS=key_ring.to_text(),
    )
    return lambda *words, code=0: waypost(known, "staff", *words, code=code)
