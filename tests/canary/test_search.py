"""The search finds a word and a number in every writing they are planted in, and nothing where nothing is."""

import base64
import bz2
import csv
import gzip
import hashlib
import html
import io
import json
import lzma
import pickle
import random
import struct
import zipfile
import zlib
from email.header import Header
from email.message import EmailMessage
from urllib.parse import quote, quote_plus, urlencode

import pytest

from tests.canary.people import Canaries, written_by_hand
from tests.canary.search import CHUNK, Search
from tests.canary.writings import Canary, national


def _mail(text: str, encoding: str) -> bytes:
    mail = EmailMessage()
    mail["Subject"] = "A report"
    mail.set_content(
        f"Somebody wrote to the line the other day: {text} was what they said", cte=encoding
    )
    return mail.as_bytes()


def _zipped(text: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("sheet1.xml", f"<row>{text}</row>" * 3)
    return made.getvalue()


def _table(number: str) -> bytes:
    made = io.StringIO()
    csv.writer(made, delimiter=";").writerow(["", number, "en"])
    return made.getvalue().encode("utf-16")


def _address(number: str) -> bytes:
    return f"tel:{number}".encode() if number.startswith("+") else f"telegram:{number}".encode()


CANARIES = Canaries()
WORDS = {
    script: CANARIES.word(script, script)
    for script in ("latin", "accented", "arabic", "cyrillic", "ethiopic", "devanagari")
}
NUMBERS = {
    "American": CANARIES.number("American", "+12025550147"),
    "British": CANARIES.number("British", "+447700900611"),
    "French": CANARIES.number("French", "+33639987153"),
    "chat": CANARIES.number("chat", "730215648901"),
}
SEARCH = Search(CANARIES.all)

WRITTEN = {
    "plain": str.encode,
    "in capitals": lambda text: text.upper().encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16, big-endian": lambda text: text.encode("utf-16-be"),
    "UTF-32": lambda text: text.encode("utf-32"),
    "JSON": lambda text: json.dumps({"text": text}).encode(),
    "JSON within JSON": lambda text: json.dumps(json.dumps({"t": text})).encode(),
    "a log's bytes": lambda text: f"got {text.encode()!r}".encode(),
    "a traceback": lambda text: f"ValueError: {text!a}".encode(),
    "hex": lambda text: text.encode().hex().encode(),
    "HEX": lambda text: text.encode().hex().upper().encode(),
    "bytea in a dump": lambda text: b"1\t\\\\x0106" + text.encode().hex().encode() + b"ff\t\\N",
    "a hex dump": lambda text: text.encode().hex(" ").encode(),
    "hex of UTF-16": lambda text: text.encode("utf-16-be").hex().encode(),
    "escaped bytes": lambda text: "".join(f"\\x{b:02X}" for b in text.encode()).encode(),
    "octal": lambda text: "".join(
        f"\\{b:03o}" if b > 126 else chr(b) for b in text.encode()
    ).encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64, one byte later": lambda text: base64.b64encode(b"." + text.encode() + b"."),
    "base64, two bytes later": lambda text: base64.b64encode(b".." + text.encode() + b"...."),
    "base64url": lambda text: base64.urlsafe_b64encode(b"\xff\xfe" + text.encode()),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16")),
    "a URL": lambda text: quote(text).encode(),
    "a form": lambda text: urlencode({"Body": f"a {text} b"}).encode(),
    "a form in small letters": lambda text: quote_plus(text).lower().encode(),
    "a URL, twice": lambda text: quote(quote(text)).encode(),
    "HTML": lambda text: html.escape(text).encode("ascii", "xmlcharrefreplace"),
    "HTML in hex": lambda text: "".join(f"&#x{ord(c):X};" for c in text).encode(),
    "a subject of mail": lambda text: Header(text, "utf-8").encode().encode(),
    "mail": lambda text: _mail(text, "quoted-printable"),
    "mail in base64": lambda text: _mail(text, "base64"),
    "a pickle": lambda text: pickle.dumps({"text": text}),
    "backwards": lambda text: text[::-1].encode(),
    "gzip": lambda text: gzip.compress(text.encode() * 2),
    "zlib": lambda text: b"...." + zlib.compress(f"a row with {text} in it".encode()) + b"....",
    "bzip2": lambda text: bz2.compress(f"a row with {text} in it".encode()),
    "xz": lambda text: lzma.compress(f"a row with {text} in it".encode()),
    "zip": _zipped,
    "gzip in gzip": lambda text: gzip.compress(gzip.compress(f"a row with {text}".encode())),
}
AS_NUMBERS = {
    "with an extension": lambda number: f"{number};ext=1".encode(),
    "with 00": lambda number: number.replace("+", "00").encode(),
    "without its country": lambda number: f"called 0{national(number)}.".encode(),
    "its last digits": lambda number: f"...{number[-9:]}".encode(),
    "in a URL": lambda number: quote(f"tel:{number}").encode(),
    "eight bytes": lambda number: b"\1" + struct.pack(">q", int(number)),
    "eight bytes, little-endian": lambda number: b"\1" + struct.pack("<q", int(number)),
    "a number in JSON": lambda number: json.dumps([int(number), 1.5]).encode(),
    "a double": lambda number: struct.pack("<d", float(int(number))),
    "BCD": lambda number: bytes.fromhex(
        f"{int(number)}{'' if len(str(int(number))) % 2 == 0 else 'f'}"
    ),
    "a spreadsheet": _table,
    "md5": lambda number: hashlib.md5(number.encode()).hexdigest().encode(),
    "sha1": lambda number: hashlib.sha1(number.removeprefix("+").encode()).digest(),
    "sha256": lambda number: hashlib.sha256(number.encode()).hexdigest()[:24].encode(),
    "sha256, base64": lambda number: base64.b64encode(hashlib.sha256(number.encode()).digest()),
    "sha512": lambda number: hashlib.sha512(number.encode()).hexdigest().encode(),
    "blake2b": lambda number: (
        hashlib.blake2b(_address(number), digest_size=20).hexdigest().encode()
    ),
}


def found(data: bytes, canary: str) -> bool:
    """Whether it is found, and nobody else is, with something before and after."""
    noise = random.Random(canary).randbytes(3001)
    hits = SEARCH.in_bytes(noise + data + noise)
    assert {hit.canary.where for hit in hits} <= {canary}
    return bool(hits)


@pytest.mark.parametrize("how", WRITTEN)
@pytest.mark.parametrize("script", WORDS)
def test_a_word_is_found(script, how):
    assert found(WRITTEN[how](WORDS[script]), script)


@pytest.mark.parametrize("how", WRITTEN)
@pytest.mark.parametrize("whose", NUMBERS)
def test_a_number_is_found_as_a_word_is(whose, how):
    assert found(WRITTEN[how](NUMBERS[whose]), whose)


@pytest.mark.parametrize("how", AS_NUMBERS)
@pytest.mark.parametrize("whose", NUMBERS)
def test_a_number_is_found_as_what_it_is(whose, how):
    assert found(AS_NUMBERS[how](NUMBERS[whose]), whose)


@pytest.mark.parametrize("how", written_by_hand("+1"))
@pytest.mark.parametrize("whose", NUMBERS)
def test_a_number_is_found_as_people_write_it(whose, how):
    written = written_by_hand(NUMBERS[whose])[how]
    assert found(written.encode(), whose)
    assert found(quote(written).encode(), whose)
    assert found(json.dumps(written).encode(), whose)
    if not how.endswith("digits"):
        assert found(written.encode("utf-16-le"), whose)


def test_half_a_sentence_is_found():
    canaries = Canaries()
    said = canaries.sentence("cut off", "arabic")
    assert Search(canaries.all).in_bytes(said[: len(said) // 2 + 4].encode())


def test_a_file_is_searched_to_its_end_and_across_its_pieces(tmp_path):
    word, number = WORDS["latin"].encode(), NUMBERS["French"].encode()
    data = b" " * (CHUNK - 5) + word + b" " * (CHUNK - 20) + b" " * 10 + number
    (tmp_path / "large").write_bytes(data)
    hits = SEARCH.in_folder(tmp_path)
    assert {(hit.canary.where, hit.offset) for hit in hits} == {
        ("latin", data.index(word)),
        ("French", data.index(number) + 1),
    }


def test_the_name_of_a_file_is_searched_and_what_lies_deep(tmp_path):
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (deep / f"report-{WORDS['cyrillic']}.txt").touch()
    (deep / "list.csv").write_text(f"1,{WORDS['arabic']}")
    assert {hit.canary.where for hit in SEARCH.in_folder(tmp_path)} == {"cyrillic", "arabic"}


def test_a_hit_tells_where_and_how(tmp_path):
    (tmp_path / "log").write_text(f"hello {WORDS['latin']}")
    (hit,) = SEARCH.in_folder(tmp_path)
    assert str(hit).startswith("log, byte 6: latin [utf-8")


def test_nothing_is_found_where_nothing_is(tmp_path):
    lot = random.Random(1)
    (tmp_path / "bytes").write_bytes(lot.randbytes(3 * CHUNK))
    times = [
        f"{1_772_442_600 + n * 977} 2026-03-{n % 28 + 1:02} 09:30:{n % 60:02}.{n:06}\n"
        for n in range(90_000)
    ]
    (tmp_path / "times").write_text("".join(times))
    rows = [f"{n}\t\\\\x{lot.randbytes(60).hex()}\t{lot.random()}\n" for n in range(20_000)]
    (tmp_path / "rows").write_text("".join(rows))
    (tmp_path / "zeros").write_bytes(bytes(CHUNK))
    assert SEARCH.in_folder(tmp_path) == []


def test_another_number_is_another_number():
    canaries = [Canary("Ann", number="+12025550147")]
    search = Search(canaries)
    for other in ("+12025550148", "2025550148", "12025550174", "202 555 014", "1 2025550 14 8"):
        assert search.in_bytes(f"call {other} now".encode()) == []
