"""Every way in which a word or a number may stand in a file, as bytes to look for.

A writing makes bytes of characters (UTF-8, JSON escapes, a code page); a wrapping makes other bytes of
those (hex, base64). Everything is lower-cased, and so is what is searched: case hides nothing.
"""

import base64
import hashlib
import json
import quopri
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import phonenumbers

# Shorter than this, bytes are found by chance.
SHORTEST = 6
UNICODE = ("utf-8", "utf-16-le", "utf-16-be")
CODE_PAGES = (
    *("utf-32-le", "utf-32-be", "utf-7", "gb18030"),
    *("latin-1", "cp1251", "koi8-r", "iso8859-6", "cp1256", "cp874"),
)
# The zero of each script's digits: Arabic-Indic, Persian, Devanagari, Bengali, Thai, Khmer, fullwidth.
ZEROS = "٠۰०০๐០０"
HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2s")
BLAKE2B_SIZES = (8, 16, 20, 32, 64)
# Of a hash, as much is looked for as a shortened one keeps.
SHORT_HASH = 8
LAST_DIGITS = 9
URLSAFE = bytes.maketrans(b"+/", b"-_")
STYLES = (
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.NATIONAL,
    phonenumbers.PhoneNumberFormat.RFC3966,
)

# Bytes to look for, and what they are.
Pattern = tuple[bytes, str]


@dataclass(frozen=True, slots=True)
class Canary:
    """Something unmistakable that must be found nowhere. `where` says who said it to whom.

    `words` are each unmistakable alone, so that half a sentence is found. `number` is `+` and digits, or
    the digits of a Telegram chat.
    """

    where: str
    words: tuple[str, ...] = ()
    number: str = ""


def patterns(canary: Canary) -> dict[bytes, str]:
    """All that is looked for byte by byte; digits with something between them are `digits`' affair."""
    found: dict[bytes, str] = {}
    for data, how in (*_of_words(canary.words), *_of_number(canary.number)):
        if len(data) >= SHORTEST:
            found.setdefault(data.lower(), how)
    return found


def short_forms(number: str) -> tuple[str, ...]:
    """What a number is called without its country's code, as digits: long enough to be nobody else's."""
    digits = number.removeprefix("+")
    shorter = {national(number), digits[-LAST_DIGITS:]} - {digits}
    return tuple(sorted(form for form in shorter if len(form) >= LAST_DIGITS))


def national(number: str) -> str:
    parsed = _parsed(number)
    return str(parsed.national_number) if parsed else number


def _of_words(words: tuple[str, ...]) -> Iterator[Pattern]:
    for word in words:
        yield from _everywhere(_unicode(word), _code_pages(word), _escapes(word))
        for spelling in _spellings(word):
            yield from _wrapped(_unicode(spelling), _thinly)


def _of_number(number: str) -> Iterator[Pattern]:
    if not number:
        return
    digits = number.removeprefix("+")
    yield from _everywhere(_unicode(digits), _code_pages(digits), _escapes(digits))
    for form in short_forms(number):
        # Bare, they are found with whatever stands between their digits.
        for raw, how in _wrapped(_unicode(form), _thoroughly):
            if raw != form.encode():
                yield raw, f"without its country, {how}"
    for zero in ZEROS:
        for form in {digits, national(number)}:
            written = form.translate(_digits_from(zero))
            plain = {"utf-8": written.encode()}
            yield from _wrapped(plain, _thinly)
            yield quote(written).encode(), "utf-8, URL"
            yield from _wrapped(_unicode(written) | _escapes(written), _not_at_all)
    for style, written in _written_out(number).items():
        yield from _wrapped({f"as {style}": written.encode()}, _thoroughly)
    yield from _as_numbers(digits)
    yield from _hashes(number)


def _everywhere(*writings: dict[str, bytes]) -> Iterator[Pattern]:
    unicode, *others = writings
    yield from _wrapped(unicode, _thoroughly)
    for other in others:
        yield from _wrapped(other, _thinly)


# ---- characters to bytes


def _spellings(word: str) -> set[str]:
    """In capitals, taken apart into letters and marks, without its marks, and backwards."""
    apart = unicodedata.normalize("NFD", word)
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    cases = {word.lower(), word.upper(), word.capitalize(), word.swapcase()}
    return (cases | {apart, bare, bare.upper(), word[::-1]}) - {word}


def _unicode(text: str) -> dict[str, bytes]:
    return {code_page: text.encode(code_page) for code_page in UNICODE}


def _code_pages(text: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for code_page in CODE_PAGES:
        try:
            raw = text.encode(code_page)
        except UnicodeEncodeError:
            continue
        if raw not in found.values() and raw != text.encode():
            found[code_page] = raw
    return found


def _escapes(text: str) -> dict[str, bytes]:
    units = text.encode("utf-16-be").hex(" ", 2).split()
    escaped = {
        "JSON": json.dumps(text)[1:-1],
        "JSON within JSON": json.dumps(json.dumps(text)[1:-1])[1:-1],
        "\\u for each letter": "".join(f"\\u{unit}" for unit in units),
        "\\u{} for each letter": "".join(f"\\u{{{ord(c):x}}}" for c in text),
        "U+ for each letter": " ".join(f"U+{ord(c):04x}" for c in text),
        "Python's escapes": text.encode("unicode_escape").decode(),
        "HTML": text.encode("ascii", "xmlcharrefreplace").decode(),
        "HTML for each letter": "".join(f"&#{ord(c)};" for c in text),
        "HTML in hex": "".join(f"&#x{ord(c):x};" for c in text),
        "URL twice": quote(quote(text)),
    }
    return {how: said.encode() for how, said in escaped.items() if said != text}


# ---- bytes to other bytes


def _wrapped(writings: dict[str, bytes], wrap: object) -> Iterator[Pattern]:
    for how, raw in writings.items():
        for wrapped, data in wrap(raw):  # type: ignore[operator]
            yield data, f"{how}, {wrapped}" if wrapped else how


def _not_at_all(raw: bytes) -> Iterator[tuple[str, bytes]]:
    yield "", raw


def _thinly(raw: bytes) -> Iterator[tuple[str, bytes]]:
    yield "", raw
    yield "hex", raw.hex().encode()
    for offset in range(3):
        encoded = _base64(raw, offset)
        yield "base64", encoded
        if b"+" in encoded or b"/" in encoded:
            yield "base64url", encoded.translate(URLSAFE)


def _thoroughly(raw: bytes) -> Iterator[tuple[str, bytes]]:
    yield from _thinly(raw)
    yield "hex in pairs", raw.hex(" ").encode()
    yield "hex with colons", raw.hex(":").encode()
    yield "\\x for each byte", "".join(f"\\x{byte:02x}" for byte in raw).encode()
    yield "repr of bytes", repr(raw)[2:-1].encode()
    yield "octal", "".join(chr(b) if 32 <= b < 127 else f"\\{b:03o}" for b in raw).encode()
    yield "URL", quote(raw).encode()
    yield "URL for each byte", "".join(f"%{byte:02x}" for byte in raw).encode()
    yield "quoted-printable", quopri.encodestring(raw).replace(b"=\n", b"")
    yield "list of bytes", ", ".join(map(str, raw)).encode()
    yield "list of bytes", ",".join(map(str, raw)).encode()
    yield "bytes backwards", raw[::-1]
    yield from (("pglz", _pglz(raw, offset)) for offset in range(8) if len(raw) > 8 - offset)


def _base64(raw: bytes, offset: int) -> bytes:
    """What base64 shows of `raw` in the midst of something, `offset` bytes after a multiple of three."""
    encoded = base64.b64encode(bytes(offset) + raw)
    # The letters that share bits with what stands before and after are not known.
    start, end = (0, 2, 3)[offset], (0, 3, 2)[(offset + len(raw)) % 3]
    return encoded[start : len(encoded) - end]


def _pglz(raw: bytes, offset: int) -> bytes:
    """As PostgreSQL compresses what repeats nothing: a zero byte before each eight letters."""
    first, rest = raw[: 8 - offset], raw[8 - offset :]
    return first + b"".join(b"\0" + rest[n : n + 8] for n in range(0, len(rest), 8))


# ---- numbers


def _as_numbers(digits: str) -> Iterator[Pattern]:
    number = int(digits)
    for order, name in ((">", "big-endian"), ("<", "little-endian")):
        yield struct.pack(f"{order}q", number), f"eight bytes, {name}"
        yield struct.pack(f"{order}d", number), f"double, {name}"
    for padded in (digits, f"0{digits}", f"{digits}f", f"{digits}0"):
        if len(padded) % 2 == 0:
            packed = bytes.fromhex(padded)
            yield packed, "BCD"
            yield bytes(b >> 4 | (b & 15) << 4 for b in packed), "BCD, swapped"
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.insert(0, group)
    yield struct.pack(f"<{len(groups)}h", *groups), "PostgreSQL's numeric"


def _hashes(number: str) -> Iterator[Pattern]:
    """Without a key, the hash of a number is the number: there are few enough to try them all."""
    for form in _hashed_forms(number):
        raw = form.encode()
        for name in HASHES:
            digest = hashlib.new(name, raw, usedforsecurity=False).digest()
            yield from _wrapped({f"{name} of {form!r}": digest}, _shortened)
        for size in BLAKE2B_SIZES:
            digest = hashlib.blake2b(raw, digest_size=size).digest()
            yield from _wrapped({f"blake2b of {form!r}": digest}, _shortened)


def _shortened(digest: bytes) -> Iterator[tuple[str, bytes]]:
    yield "", digest[:SHORT_HASH]
    yield "hex", digest[:SHORT_HASH].hex().encode()
    encoded = base64.b64encode(digest)[:10]
    yield "base64", encoded
    yield "base64url", encoded.translate(URLSAFE)


def _hashed_forms(number: str) -> set[str]:
    digits = number.removeprefix("+")
    if number == digits:
        return {digits, f"telegram:{digits}"}
    local = national(number)
    return {number, digits, f"00{digits}", local, f"0{local}", f"tel:{number}"}


def _written_out(number: str) -> dict[str, str]:
    parsed = _parsed(number)
    if parsed is None:
        return {}
    names = phonenumbers.PhoneNumberFormat
    return {names.to_string(style): phonenumbers.format_number(parsed, style) for style in STYLES}


def _parsed(number: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None


def _digits_from(zero: str) -> dict[int, int]:
    return {ord("0") + n: ord(zero) + n for n in range(10)}
