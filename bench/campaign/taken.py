"""What the stub took: how often each person was sent something, and a list that can be searched.

A million messages fit into some twenty megabytes: nothing is kept of them but numbers.
"""

import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final
from urllib.parse import parse_qs, unquote_to_bytes, urlencode

from bench.campaign import people

MASK: Final = "XXXX"
OFTEN: Final = 255


def field_of(form: bytes, name: bytes) -> bytes:
    """One field of a form, without taking the others apart."""
    begin = form.find(name + b"=")
    while begin > 0 and form[begin - 1 : begin] != b"&":
        begin = form.find(name + b"=", begin + 1)
    if begin < 0:
        return b""
    end = form.find(b"&", begin)
    return form[begin + len(name) + 1 : end if end >= 0 else len(form)]


@dataclass(slots=True)
class Taken:
    """Messages by their place in the order in which they came; a sid is that place."""

    # By the person's place in `people`.
    often: bytearray = field(default_factory=bytearray)
    # Of messages to others: how often, and when by the monotonic clock that all processes share.
    others: dict[bytes, list[float]] = field(default_factory=dict[bytes, list[float]])
    # Of each message: whose it is, or -1 less the place in `strangers`; when; its words, or -1.
    whose: "array[int]" = field(default_factory=lambda: array("i"))
    at: "array[float]" = field(default_factory=lambda: array("d"))
    words: "array[int]" = field(default_factory=lambda: array("i"))
    masked: bytearray = field(default_factory=bytearray)
    strangers: list[bytes] = field(default_factory=list[bytes])
    texts: list[bytes] = field(default_factory=list[bytes])
    # Twilio finds a message by its number while it is not masked.
    by_number: dict[bytes, list[int]] = field(default_factory=dict[bytes, list[int]])
    first: float = 0.0
    last: float = 0.0
    # Messages to `people`: in all, to whom at least one went, and those that were one too many.
    taken: int = 0
    people: int = 0
    twice: int = 0

    def take(self, form: bytes) -> int:
        """A message came. Gives its place."""
        phone = unquote_to_bytes(field_of(form, b"To"))
        now, place, person = time.monotonic(), len(self.whose), people.who(phone)
        if person >= 0:
            self._count(person, now)
            self.whose.append(person)
        else:
            self.others.setdefault(phone, []).append(now)
            self.strangers.append(phone)
            self.whose.append(-len(self.strangers))
        self.at.append(time.time())
        self.words.append(self._text(form))
        masked = field_of(form, b"AddressRetention") == b"obfuscate"
        self.masked.append(masked)
        if not masked:
            self.by_number.setdefault(phone, []).append(place)
        return place

    def number(self, place: int) -> str:
        whose = self.whose[place]
        return people.number(whose) if whose >= 0 else self.strangers[-1 - whose].decode()

    def facts(self) -> dict[str, float]:
        """All that there is to be counted, for whoever asks."""
        return {
            "taken": self.taken,
            "people": self.people,
            "twice": self.twice,
            "others": len(self.strangers),
            "first": self.first,
            "last": self.last,
        }

    def forget(self) -> None:
        """Begin to count anew; the list stays."""
        self.often = bytearray()
        self.first = self.last = 0.0
        self.taken = self.people = self.twice = 0

    def listed(self, path: str, query: str) -> dict[str, object]:
        """A page of Twilio's list: newest first, by To and by the day of sending."""
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        size, page = int(asked.get("PageSize", "50")), int(asked.get("Page", "0"))
        skipped, shown, more = page * size, list[dict[str, str | None]](), False
        for place in self._found(asked.get("To", ""), asked.get("DateSent>", "")[:10]):
            if skipped:
                skipped -= 1
            elif len(shown) == size:
                more = True
                break
            else:
                shown.append(self._shown(place))
        following = urlencode(asked | {"Page": str(page + 1)})
        next_page = f"{path}?{following}" if more else None
        return {"messages": shown, "page": page, "page_size": size, "next_page_uri": next_page}

    def _count(self, person: int, now: float) -> None:
        if person >= len(self.often):
            self.often.extend(bytes(max(person + 1 - len(self.often), len(self.often) + 1024)))
        before = self.often[person]
        self.often[person] = min(before + 1, OFTEN)
        self.taken += 1
        self.people += not before
        self.twice += before > 0
        self.first = self.first or now
        self.last = now

    def _text(self, form: bytes) -> int:
        if field_of(form, b"ContentRetention") == b"discard":
            return -1
        # Few texts go to many people.
        said = field_of(form, b"Body")
        if said not in self.texts:
            self.texts.append(said)
        return self.texts.index(said)

    def _found(self, phone: str, since: str) -> Iterator[int]:
        places = self.by_number.get(phone.encode(), []) if phone else range(len(self.whose))
        for place in reversed(places):
            if since and datetime.fromtimestamp(self.at[place], UTC).date().isoformat() < since:
                return
            yield place

    def _shown(self, place: int) -> dict[str, str | None]:
        to, words = self.number(place), self.words[place]
        body = (
            unquote_to_bytes(self.texts[words].replace(b"+", b" ")).decode() if words >= 0 else ""
        )
        stamp = format_datetime(datetime.fromtimestamp(self.at[place], UTC))
        return {
            "sid": f"SM{place:032x}",
            "to": to[: -len(MASK)] + MASK if self.masked[place] else to,
            "from": "+15005550006",
            "body": body,
            "direction": "outbound-api",
            "status": "sent",
            "num_segments": "1",
            "date_created": stamp,
            "date_sent": stamp,
        }
