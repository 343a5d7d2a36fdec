"""What a poster for a sign-up code shows: QR codes, and the words beside them.

A text message is written `SMSTO:number:words`, not as RFC 5724's `sms:number?body=words`: readers have
understood it since before there was that standard, the words of the other are lost on some phones, and
it needs only letters that a QR code packs tightly, so its squares are larger and read from further away.
https://github.com/zxing/zxing/wiki/Barcode-Contents
"""

import io
from typing import Final, Literal

import segno

from locales import translator

Form = Literal["svg", "png"]

SMS_LINE, TELEGRAM_LINE = "signup.poster.sms", "signup.poster.telegram"
NOTE, COST = "signup.poster.note", "signup.poster.cost"
POSTER_MESSAGES: Final = (SMS_LINE, COST, TELEGRAM_LINE, NOTE)
# A quarter of a code may be torn, wet or in the shade.
CORRECTION: Final = "Q"
# Dots of one square of a PNG: enough for a hand's breadth in print.
DOTS: Final = 24


def sms(number: str, code: str) -> str:
    """What a QR code holds that opens a text message. `number` is in E.164, or a short code."""
    return f"SMSTO:{number}:{code}"


def telegram(bot: str, code: str) -> str:
    """The link that starts a bot: https://core.telegram.org/bots/features#deep-linking"""
    return f"https://t.me/{bot}?start={code}"


def draw(content: str, form: Form) -> bytes:
    """A QR code as a file, with the quiet zone that readers need."""
    drawn = io.BytesIO()
    code = segno.make_qr(content, error=CORRECTION)
    if form == "svg":
        code.save(drawn, kind=form, scale=DOTS, light="white")
    else:
        code.save(drawn, kind=form, scale=DOTS)
    return drawn.getvalue()


def words(language: str, code: str, number: str, bot: str) -> str:
    """The lines to print in one language, for what the line has of a number and a bot."""
    texts = translator(language, "contact")
    lines: list[str] = []
    if number:
        lines += [texts.text(SMS_LINE, code=code, number=number), texts.text(COST)]
    if bot:
        # As it is read and typed: the scheme is only for the camera.
        link = telegram(bot, code).removeprefix("https://")
        lines.append(texts.text(TELEGRAM_LINE, link=link))
    return "\n".join([*lines, texts.text(NOTE)])
