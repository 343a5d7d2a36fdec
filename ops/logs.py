"""What the processes say on stderr. The last net under the rule that no text and no number is logged.

The rule itself is kept where things are logged; here, whatever looks like a number or like somebody's
words is taken out, and an exception is told by its kind and place, never by its own words.
"""

import logging
import re
import sys
import threading
from types import TracebackType
from typing import Final

# Seven digits and more, however they are grouped: a phone number or a chat id.
NUMBER: Final = re.compile(r"\+?\(?\d(?:[\s().\-/\u00a0\u2009\u200b]*\d){6,}")
# Our own log lines are plain English: other letters come from somebody.
WORDS: Final = re.compile(r"[^\x00-\x7f]+(?:\s+[^\x00-\x7f]+)*")
# Vendors' own logs may hold numbers, texts or tokens.
VENDORS: Final = (
    "httpx",
    "httpcore",
    "telegram",
    "twilio",
    "aiohttp",
    "procrastinate",
    "alembic",
)

Raised = tuple[type[BaseException], BaseException, TracebackType | None]


class Discreet(logging.Formatter):
    """Formats a record, and takes out of it what must not stand there."""

    def format(self, record: logging.LogRecord) -> str:
        record.message = without_people(record.getMessage())
        record.asctime = self.formatTime(record, self.datefmt)
        line = self.formatMessage(record)
        if record.exc_info and record.exc_info[0] is not None:
            line = f"{line}\n{where(record.exc_info)}"
        return line


def without_people(text: str) -> str:
    return WORDS.sub("[words]", NUMBER.sub("[number]", text))


def where(raised: "Raised | tuple[None, None, None]") -> str:
    """The kind of an exception and the places it went through, and nothing it says."""
    kind, _, trace = raised
    places: list[str] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"  {code.co_filename}:{trace.tb_lineno} in {code.co_name}")
        trace = trace.tb_next
    return "\n".join([*places, kind.__name__ if kind else "no exception"])


def install() -> None:
    """Have everything that is logged, raised or warned about in this process go through the net."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Discreet("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for vendor in VENDORS:
        logging.getLogger(vendor).setLevel(logging.WARNING)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("waypost").critical("unexpected", exc_info=(kind, error, trace))


def _uncaught_in_thread(arguments: threading.ExceptHookArgs) -> None:
    if arguments.exc_value is not None:
        _uncaught(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
