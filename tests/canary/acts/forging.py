"""What comes in and is refused: forged, malformed, too large, cut off. It is refused in silence."""

import json
from urllib.parse import quote_plus, urlencode

from tests.canary.line import FORM, SMS, STATUS, TELEGRAM, VOICE
from tests.canary.scene import Scene
from tests.fakes.telegram import message
from tests.fakes.twilio import signed, text_form


def nobody_believes_a_forger(scene: Scene) -> None:
    line = scene.line
    for path in (SMS, STATUS, VOICE):
        for signature in ("", "bm90IGl0", scene.word("a signature")):
            form = _text(scene, "forged")
            headers = {"X-Twilio-Signature": signature}
            assert line.is_called(path, form, **headers) == 403
    body = json.dumps(_update(scene, "forged")).encode()
    for secret in ("", "wrong", scene.word("a secret")):
        assert line.is_told_raw(body, secret) == 403


def nobody_reads_what_is_malformed(scene: Scene) -> None:
    line = scene.line
    for wrong in (
        {"From": scene.word("a number that is none")},
        {"From": f"whatsapp:{scene.canaries.phone('WhatsApp')}"},
        {"From": scene.canaries.phone("an id that is none"), "MessageSid": scene.sentence("an id")},
        {"MessageSid": ""},
    ):
        assert line.is_called(SMS, _text(scene, "malformed") | wrong) == 400
    whom, said = scene.canaries.chat("malformed JSON"), scene.sentence("malformed JSON")
    for body in (
        b"",
        b'{"update_id": 1, "message": ' + json.dumps(message(whom, said)).encode(),
        json.dumps([message(whom, said)]).encode(),
        json.dumps({"update_id": said, "message": message(whom, said)}).encode(),
        json.dumps({"update_id": 10**40, "message": message(whom, said)}).encode(),
        json.dumps(said).encode() + b"\xff\xfe",
        said.encode("utf-16"),
        b"[" * 5000 + said.encode(),
        b'{"update_id": 1, "message": {"text": "' + said.encode() + b'\xed\xa0\x80"}}',
    ):
        assert line.is_told_raw(body) in (204, 400)
    for kind in ("x-www-form-urlencoded", "octet-stream", "xml"):
        assert line.is_told_raw(said.encode(), kind=kind) == 400


def bytes_are_broken(scene: Scene) -> None:
    """Text that is no UTF-8, signed as it is read."""
    line, whom, said = scene.line, scene.canaries.phone("broken UTF-8"), scene.word("broken UTF-8")
    form = text_form(whom, f"{said} \ufffd\ufffd")
    body = urlencode(form | {"Body": "?"}).replace("%3F", f"{quote_plus(said)}+%ff%fe").encode()
    headers = {"Content-Type": FORM} | signed(line.url + SMS, form)
    assert line.asks("POST", SMS, body, headers, keep="webhooks")[0] in (204, 403)
    assert line.hears(whom, f"{said} \U0001f600 \x00 \x1b[31m \r\n\r\n") == 204
    # Halves of characters come in through JSON.
    body = b'{"update_id":1,"message":{"message_id":1,"date":1,"text":"%b \\ud83d",' % said.encode()
    chat = scene.canaries.chat("half a character")
    body += b'"chat":{"id":%d,"type":"private"},"from":{"id":%d,"is_bot":false,' % (chat, chat)
    body += b'"first_name":"x"}}}'
    assert line.is_told_raw(body) in (204, 400, 500)


def somebody_sends_too_much(scene: Scene) -> None:
    line = scene.line
    said = scene.sentence("too much")
    large = f"{said} {'x' * 70_000} {said}"
    form = text_form(scene.canaries.phone("who sends too much"), large)
    assert line.is_called(SMS, form) == 413
    assert line.is_told_raw(json.dumps(_update(scene, "too much") | {"x": large}).encode()) == 413
    assert line.is_called(SMS, {f"{said}{n}": said for n in range(2000)}) in (400, 403, 413)
    long = {"User-Agent": scene.word("a header") * 900, "Content-Type": FORM}
    line.asks("POST", SMS, urlencode(form | {"Body": said}).encode(), long)


def another_kind_of_request(scene: Scene) -> None:
    line, said = scene.line, scene.word("another kind of request")
    form = _text(scene, "another kind")
    where = urlencode(form)
    for method in ("GET", "PUT", "DELETE", "OPTIONS", "PATCH", "HEAD"):
        assert line.asks(method, f"{SMS}?{where}", keep="webhooks")[0] in (200, 405)
    for kind in ("application/json", "text/plain", "multipart/form-data", f"text/{said}"):
        body = json.dumps(form).encode()
        headers = {"Content-Type": kind} | signed(line.url + SMS, form)
        assert line.asks("POST", SMS, body, headers, keep="webhooks")[0] in (400, 403)
    for path in (f"/webhooks/{said}", f"/webhooks/twilio/{said}?{where}", f"{TELEGRAM}/{said}"):
        assert line.asks("POST", path, where.encode(), keep="webhooks")[0] == 404


def what_is_sent_is_no_http(scene: Scene) -> None:
    """Garbage, lines that lie, and connections torn in the middle of a text."""
    line = scene.line
    said, whom = scene.word("no HTTP"), scene.canaries.phone("no HTTP")
    body = urlencode(text_form(whom, said))
    head = f"POST {SMS} HTTP/1.1\r\nHost: line\r\nContent-Type: {FORM}\r\n"
    for sent in (
        f"{said} {whom}\r\n\r\n",
        f"GET /{said} {whom} HTTP/9.9\r\n\r\n",
        f"{head}Content-Length: {said}\r\n\r\n{body}",
        f"{head}Content-Length: 9999\r\n\r\n{body}",
        f"{head}Transfer-Encoding: chunked\r\n\r\n{said}\r\n{body}\r\n",
        f"{head}{said}: {whom}\x00\r\n\r\n{body}",
        f"POST {SMS}?{said}={whom} HTTP/1.1\r\nHost: {said} {whom}\r\n\r\n",
        f"GET //{said}%zz%00%ff/../ HTTP/1.1\r\nHost: {said}.example:{whom}\r\n\r\n",
    ):
        line.is_sent_bytes(sent.encode("latin-1"))


def _text(scene: Scene, why: str) -> dict[str, str]:
    number = scene.canaries.phone(f"a text that is {why}")
    return text_form(number, scene.sentence(f"a text that is {why}", "arabic"))


def _update(scene: Scene, why: str) -> dict[str, object]:
    chat = scene.canaries.chat(f"an update that is {why}")
    said = scene.sentence(f"an update that is {why}", "cyrillic")
    return {"update_id": 7, "message": message(chat, said)}
