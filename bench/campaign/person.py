"""Somebody new texts the helpline every second: how long until the provider has the reply?"""

import statistics
import threading
import time
import urllib.request
from typing import Final, Self
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from bench import setting
from bench.campaign.line import HELPLINE, Line
from bench.campaign.stub import Stub

# Numbers that the United Kingdom keeps free for films and novels (Ofcom): a thousand.
NUMBERS: Final = 1000
PATH: Final = "/webhooks/twilio/sms"
LAST_REPLIES: Final = 5.0


class Texting:
    """From entering to leaving, a text a second, each from another number."""

    def __init__(self, line: Line, stub: Stub) -> None:
        self._url, self._stub = f"http://127.0.0.1:{line.port}{PATH}", stub
        self._sign = RequestValidator(setting.TOKEN).compute_signature
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._text, daemon=True)
        self._sent: list[tuple[str, float]] = []
        # Seconds from the text to the reply, and how many texts had none.
        self.waits: list[float] = []
        self.silent = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._thread.join()
        time.sleep(LAST_REPLIES)
        for number, at in self._sent:
            later = [heard for heard in self._stub.heard(number) if heard > at]
            self.waits += [min(later) - at] if later else []
            self.silent += not later

    def share(self, percent: int) -> float:
        """The wait that so many of a hundred did not exceed."""
        return statistics.quantiles(self.waits, n=100)[percent - 1] if self.waits[1:] else 0.0

    def _text(self) -> None:
        number, due = 0, time.monotonic()
        while not self._stop.is_set():
            self._send(number)
            number, due = number + 1, due + 1.0
            self._stop.wait(max(0.0, due - time.monotonic()))

    def _send(self, number: int) -> None:
        phone = f"+447700900{number % NUMBERS:03d}"
        form = {
            "MessageSid": f"SM{number:032x}",
            "AccountSid": "AC" + "0" * 32,
            "From": phone,
            "To": HELPLINE,
            "Body": "Hello",
            "NumMedia": "0",
        }
        headers = {"X-Twilio-Signature": self._sign(self._url, form)}
        request = urllib.request.Request(self._url, urlencode(form).encode(), headers)
        self._sent.append((phone, time.monotonic()))
        try:
            urllib.request.urlopen(request, timeout=15).close()
        except OSError:
            print(f"a text to the helpline was not taken, second {number}")
