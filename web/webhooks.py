"""What providers call: verified, parsed, handed to the core in one transaction, answered at once.

Quiet 4xx for what is not the provider's or not readable; nothing that came in is ever repeated.
"""

from collections.abc import Sequence
from typing import Final

from flask import Blueprint, Response, abort, request

from hotline import receipts
from hotline.channels import Forged, Inbound, Malformed, Receipt
from hotline.conversation import Handled
from hotline.regions import region_languages
from locales import guess_language, translator
from web import context, patience
from web.deps import Deps

pages: Final = Blueprint("webhooks", __name__, url_prefix="/webhooks")

DONE: Final = ("", 204)


@pages.post("/twilio/sms")
def twilio_sms() -> tuple[str, int]:
    given = context.deps()
    if given.twilio is None:
        abort(404)
    heard = given.twilio.inbound(_asked_for(), request.form, _signature(), given.clock())
    _receive(heard)
    return DONE


@pages.post("/twilio/status")
def twilio_status() -> tuple[str, int]:
    given = context.deps()
    if given.twilio is None:
        abort(404)
    receipt = given.twilio.receipt(_asked_for(), request.form, _signature())
    if receipt is not None:
        context.receipts().put(receipt)
    return DONE


def record(given: Deps, told: Sequence[Receipt]) -> None:
    """Write down receipts of several requests at once: `web.gathering`."""

    def write() -> None:
        with given.sessions.begin() as session:
            receipts.record(session, given.vault, told, given.clock())

    patience.through(write)


@pages.post("/twilio/voice")
def twilio_voice() -> Response:
    """Somebody calls the number: they are told that this line is for messages."""
    given = context.deps()
    if given.twilio is None:
        abort(404)
    caller = f"tel:{request.form.get('From', '')}"
    language = guess_language(given.languages, region_languages=region_languages(caller))
    say = translator(language, "contact").text("voice.text_us")
    answer = given.twilio.voice(
        _asked_for(), request.form, _signature(), given.clock(), say, language
    )
    return Response(answer, mimetype="text/xml")


@pages.post("/telegram")
def telegram() -> Response | tuple[str, int]:
    given = context.deps()
    if given.telegram is None:
        abort(404)
    body = request.get_data(cache=False)
    secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    heard = given.telegram.inbound(body, secret, given.clock())
    if heard is not None:
        _receive(heard)
    # A pressed button waits for a word: Telegram takes it in the answer itself.
    answer = given.telegram.answer(body)
    return Response(answer, mimetype="application/json") if answer else DONE


@pages.errorhandler(Forged)
def forged(_error: Forged) -> tuple[str, int]:
    return "", 403


@pages.errorhandler(Malformed)
def malformed(_error: Malformed) -> tuple[str, int]:
    return "", 400


def _receive(inbound: Inbound) -> None:
    given = context.deps()

    def receive() -> Handled:
        with given.sessions.begin() as session:
            return given.conversation.receive(session, inbound, given.clock())

    handled = patience.through(receive)
    for topic in handled.rings:
        given.ringer.ring(topic)
    context.metrics().heard(inbound.channel, again=handled.turn is None)


def _asked_for() -> str:
    """Path and query as the provider wrote them: its signature covers each character."""
    query = request.query_string.decode("ascii", "replace")
    return f"{request.path}?{query}" if query else request.path


def _signature() -> str:
    return request.headers.get("X-Twilio-Signature", "")
