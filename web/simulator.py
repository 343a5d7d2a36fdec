"""Phones on a page that text the line, while no provider is configured.

They go through the same door as everybody: `conversation.receive`, the outbox, delivery.
"""

import secrets
from typing import Any, Final, cast

import phonenumbers
from flask import Blueprint, Response, abort, jsonify, render_template, request

from hotline import simulator
from hotline.channels import SIMULATOR, Inbound
from hotline.simulator import PhoneMessage
from web import context, streams

pages: Final = Blueprint("simulator", __name__, url_prefix="/simulator")

# Numbers that regulators keep for stories (NANPA 555-01xx, ARCEP 06 39 98); Spain and Jordan keep
# none, so these two are of the shape and belong to nobody here.
NUMBERS: Final = ("+12025550101", "+33639980101", "+34600000101", "+962790000101")
MOST_PHONES: Final = 24
LONGEST_TEXT: Final = 1600
WORDS: Final = (
    "simulator.empty",
    "simulator.failed",
    "simulator.remove",
    "simulator.send",
    "simulator.write",
)


@pages.before_request
def _only_without_provider() -> None:
    if not context.deps().simulated:
        abort(404)


@pages.get("")
def page() -> str:
    return render_template(
        "simulator.html",
        numbers=NUMBERS,
        words={name: context.say(name) for name in WORDS},
    )


@pages.post("/messages")
def messages() -> Response | tuple[Response, int]:
    """What the named phones show. In a body, so that no number stands in an address."""
    given = context.deps()
    asked = _asked("phones")
    if not isinstance(asked, list) or len(cast("list[Any]", asked)) > MOST_PHONES:
        return _refuse("simulator.wrong_number")
    phones: list[dict[str, Any]] = []
    with given.sessions() as session:
        for one in cast("list[Any]", asked):
            phone = cast("dict[str, Any]", one) if isinstance(one, dict) else {}
            number, after = _number(phone.get("number")), phone.get("after", 0)
            if number is None or not isinstance(after, int) or not 0 <= after < 1 << 62:
                return _refuse("simulator.wrong_number")
            shown = simulator.messages(session, given.vault, f"tel:{number}", after)
            phones.append(
                {
                    "number": number,
                    "region": _region(number),
                    "ring": given.vault.phone_hash(f"tel:{number}").hex(),
                    "messages": [_shown(message) for message in shown],
                }
            )
    return jsonify(phones=phones)


@pages.post("/send")
def send() -> tuple[Response | str, int] | tuple[Response, int]:
    """Text the line from a phone."""
    given = context.deps()
    number, text = _number(_asked("number")), _asked("text")
    if number is None:
        return _refuse("simulator.wrong_number")
    if not isinstance(text, str) or not text.strip() or len(text) > LONGEST_TEXT:
        return _refuse("simulator.wrong_text")
    now = given.clock()
    # Halves of surrogate pairs come in through JSON and fit into no UTF-8.
    words = text.replace("\x00", "").encode("utf-8", "replace").decode()
    inbound = Inbound(SIMULATOR, f"tel:{number}", words, secrets.token_hex(16), now)
    with given.sessions.begin() as session:
        simulator.record(session, given.vault, inbound.address, words, now, received=False)
        handled = given.conversation.receive(session, inbound, now)
    for topic in handled.rings:
        given.ringer.ring(topic)
    context.metrics().heard(SIMULATOR, again=False)
    return "", 204


@pages.get("/events")
@streams.stream
def events() -> tuple[str, ...]:
    """Rings when one of the named phones gets or sends something."""
    rings = request.args.getlist("phone")[:MOST_PHONES]
    return tuple(f"phone:{ring}" for ring in sorted(set(rings)))


def _asked(name: str) -> object:
    body: object = request.get_json(silent=True)
    return cast("dict[str, object]", body).get(name) if isinstance(body, dict) else None


def _number(given: object) -> str | None:
    """A phone number in E.164, or None when it cannot be one."""
    if not isinstance(given, str):
        return None
    try:
        number = phonenumbers.parse(given)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _region(number: str) -> str:
    return phonenumbers.region_code_for_number(phonenumbers.parse(number)) or ""


def _shown(message: PhoneMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "received": message.received,
        "at": message.at.isoformat(),
        "text": message.text,
        "options": [label for _, label in message.options],
    }


def _refuse(reason: str) -> tuple[Response, int]:
    return jsonify(refused=context.say(reason)), 400
