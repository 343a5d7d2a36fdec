import os
import tempfile
from pathlib import Path

import pytest

from ops import embedded

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")


@as_root
def test_a_private_folder_is_refused_with_a_word_on_which_to_use():
    with tempfile.TemporaryDirectory(prefix="waypost-private-") as folder:
        private = Path(folder)
        with pytest.raises(embedded.DatabaseUnusable, match="Set WAYPOST_HOME"):
            embedded.start(private / "var")
        assert private.stat().st_mode & 0o777 == 0o700


def test_it_stops_and_goes_on_where_it_was():
    with tempfile.TemporaryDirectory(prefix="waypost-embedded-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        first = embedded.start(home, ["fsync=off"])
        second = embedded.start(home)
        assert second.pid is None, "a server that runs already is used, not started again"
        first.stop()
        again = embedded.start(home, ["fsync=off"])
        assert again.pid is not None
        again.stop()


def test_a_server_left_behind_is_adopted_and_stopped():
    with tempfile.TemporaryDirectory(prefix="waypost-embedded-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        left_behind = embedded.start(home, ["fsync=off"])
        adopted = embedded.start(home, adopt=True)
        assert adopted.pid == left_behind.pid
        adopted.stop()
        assert not (home / "postgres" / "postmaster.pid").exists()
