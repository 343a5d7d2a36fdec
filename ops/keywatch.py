"""Every process follows the key ring: its file when that changed, and the clock, since keys begin at a time.

A ring that cannot be used, or that is another one, is not followed: the one before stays.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from hotline.keyring import KeyRing, KeysUnusable
from hotline.vault import Vault

LOOK_SECONDS: Final = 2.0
# Of a file: when it was written and changed, how large it is, and which it is.
Stamp = tuple[int, int, int, int]

log = logging.getLogger(__name__)


class KeyWatch:
    """Keeps one process's vault at the ring as it is now. Without a `path` only the clock is followed."""

    def __init__(
        self, vault: Vault, ring: KeyRing, path: Path | None, clock: Callable[[], datetime]
    ) -> None:
        self._vault = vault
        self._ring = ring
        self._path = path
        self._clock = clock
        self._seen: Stamp | None = None
        self._refused: Stamp | None = None
        self._complained = False
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        vault.missing = self.look

    def look(self) -> None:
        """Read the ring's file if it changed, and use the keys that have begun."""
        with self._lock:
            if self._path is not None:
                self._read(self._path)
            self._vault.use(self._ring, self._clock())

    def follow(self) -> None:
        """Look every few seconds until `stop`, or as long as the process lives."""
        threading.Thread(target=self._follow, name="key ring", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _follow(self) -> None:
        while not self._stopped.wait(LOOK_SECONDS):
            try:
                self.look()
            except Exception as error:  # noqa: BLE001 - whatever it was, the next look may be better
                log.warning("looking at the key ring failed (%s)", type(error).__name__)

    def _read(self, path: Path) -> None:
        stamp: Stamp | None = None
        try:
            found = path.stat()
            stamp = (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
            if stamp != self._seen:
                self._ring = _newer(path, self._ring)
        except (OSError, UnicodeDecodeError, KeysUnusable) as error:
            # Tried again at the next look, and said once.
            if not self._complained or stamp != self._refused:
                reason = error if isinstance(error, KeysUnusable) else type(error).__name__
                log.warning("the key ring changed and is not followed: %s", reason)
            self._complained, self._refused = True, stamp
        else:
            self._complained, self._seen = False, stamp


def _newer(path: Path, before: KeyRing) -> KeyRing:
    """The ring in a file, if it is the one before as it went on. Raises what stands in the way."""
    ring = KeyRing.parse(path.read_text(encoding="ascii"))
    if not ring.continues(before):
        raise KeysUnusable("it is another ring")
    return ring
