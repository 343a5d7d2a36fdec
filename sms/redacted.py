"""What left Twilio under masked numbers: its list is read back once for all who ask at the same time.

No filter finds a masked number. After a crash a few hundred messages are in doubt and many thousand have
left since, so that a list for each of them would take longer than its answer is wanted.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sms.client import Listed, NoAnswer, TwilioClient

MOST: Final = 50_000


@dataclass(slots=True, eq=False)
class Redacted:
    """Several people share a masked number: the caller knows which sids are other messages'."""

    client: TwilioClient = field(repr=False)
    most: int = MOST
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    # For the next reading: for whom, and how far back.
    _wanted: set[str] = field(default_factory=set[str], repr=False)
    _since: datetime | None = None
    _begun: int = 0
    # None: it was not read to its end.
    _found: dict[str, list[Listed]] | None = field(default=None, repr=False)

    async def of(self, masked: str, since: datetime) -> list[Listed]:
        """What left for this masked number since then. Raises NoAnswer, and what the client raises."""
        begun = self._begun
        self._wanted.add(masked)
        self._since = min(self._since or since, since)
        # Whoever asks in the same moment is heard before the reading begins.
        await asyncio.sleep(0)
        async with self._reading:
            if self._begun == begun:
                await self._read(since)
            if self._found is None:
                raise NoAnswer("twilio's list was not read")
            # A reading is for all who asked before it, and may go back further than this one asked.
            return self._found.get(masked, [])

    async def _read(self, since: datetime) -> None:
        wanted, since = self._wanted, self._since or since
        self._wanted, self._since, self._found = set(), None, None
        self._begun += 1
        listed = await self.client.listed(self.most, sent_since=since)
        if len(listed) == self.most:
            raise NoAnswer("twilio's list is too long to be read")
        found: dict[str, list[Listed]] = {}
        for message in listed:
            if message.to in wanted:
                found.setdefault(message.to, []).append(message)
        self._found = found
