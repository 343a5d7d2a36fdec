"""The last net under what is logged, and the rule itself: what carries words shows none."""

import dataclasses
import importlib
import logging
import pkgutil
import subprocess
import sys

import pytest

from ops import logs

PACKAGES = ("bot", "campaigns", "hotline", "locales", "ops", "sms", "triage", "web")
# What a field is called that holds somebody's words, address, or what finds or opens them.
PRIVATE = {
    "address", "address_hash", "address_sealed", "answers", "body", "chat_id", "guesses", "key",
    "key_sealed", "keys", "my_share", "options", "phone", "sealed", "share", "state_sealed",
    "summary", "telegram_token", "text", "twilio_auth_token", "vault", "words", "private_key",
}  # fmt: skip
# What is called so and is not: triage's own data, which is public and the same for everybody.
PUBLIC = {
    "triage": {"options", "text", "words", "key", "keys", "answers", "summary", "body"},
    "locales": {"options", "text", "words"},
    "ops": {"options", "text", "key"},
    "web": {"key"},
}


def dataclasses_of(package):
    for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if ".evaluation" in found.name or found.name.endswith("__main__"):
            continue
        module = importlib.import_module(found.name)
        for each in vars(module).values():
            ours = isinstance(each, type) and each.__module__ == found.name
            if ours and dataclasses.is_dataclass(each):
                yield each


@pytest.mark.parametrize("package", PACKAGES)
def test_a_type_that_carries_words_or_an_address_refuses_to_show_them(package):
    shown = [
        f"{each.__qualname__}.{field.name}"
        for each in dataclasses_of(package)
        for field in dataclasses.fields(each)
        if field.name in PRIVATE - PUBLIC.get(package, set()) and field.repr
    ]
    assert shown == []


@pytest.mark.parametrize(
    "number",
    ["+1 (202) 555-0147", "12025550147", "+44 7700 900123", "7700.900.123", "998877665544"],
)
def test_a_number_that_was_logged_after_all_is_taken_out(number):
    assert logs.without_people(f"sent to {number} now") == "sent to [number] now"


@pytest.mark.parametrize(
    "words", ["صاحب العمل أخذ جواز سفري", "они забрали мой паспорт", "à l’aide"]
)
def test_words_in_another_script_are_taken_out(words):
    taken = logs.without_people(f"failed: {words}")
    assert not [part for part in words.split() if len(part) > 1 and part in taken]


def test_what_we_say_ourselves_stays():
    said = "purged 1200 outbox, 3 contacts; worker ready: sms, telegram (took 0.25 s)"
    assert logs.without_people(said) == said


RAISES = """
import logging, threading, warnings
from ops import logs
logs.install()
def opens(secret):
    raise ValueError(f"cannot read {secret}")
try:
    opens("CANARYWORD")
except ValueError:
    logging.getLogger("waypost").exception("it failed")
thread = threading.Thread(target=opens, args=("CANARYWORD",))
thread.start()
thread.join()
warnings.warn("call +12025550147")
opens("CANARYWORD")
"""


def test_an_exception_is_told_by_kind_and_place_and_never_by_its_words():
    done = subprocess.run(
        [sys.executable, "-c", RAISES], capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert said.count("ValueError") == 3
    assert "in opens" in said
    assert "CANARYWORD" not in said
    assert "5550147" not in said


def test_the_net_is_what_every_process_logs_through():
    record = logging.LogRecord("x", logging.INFO, "f", 1, "to %s", ("+12025550147",), None)
    assert logs.Discreet("%(message)s").format(record) == "to [number]"
