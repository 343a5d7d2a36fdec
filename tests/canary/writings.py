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
from dataclasses import dataclass, field
from urllib.parse import quote

import phonenumbers

# Shorter than this, bytes are found by chance.
SHORTEST = 6
CODE_PAGES = (
    *("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-7", "gb18030"),
    *("latin-1", "cp1251", "koi8-r", "iso8859-6", "cp1256", "cp874"),
)
# The zero of each script's digits: Arabic-Indic, Persian, Devanagari, Bengali, Thai, Khmer, fullwidth.
ZEROS = "٠۰०০๐០０"
HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2s")
BLAKE2B_SIZES = (8, 16, 20, 32, 64)
# Of a hash, as much is looked for as a shortened one keeps.
SHORT_HASH = 8
LAST_DIGITS = 9
E164, INTERNATIONAL, NATIONAL, RFC3966 = (
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.NATIONAL,
    phonenumbers.PhoneNumberFormat.RFC3966,
)


@dataclass(frozen=True, slots=True)
class Canary:
    """Something unmistakable that must be found nowhere. `where` says who said it to whom.

    `words` are each unmistakable alone, so that half a sentence is found. `number` is `+` and digits, or
    the digits of a Telegram chat.
    """

    where: str
    words: tuple[str, ...] = ()
    number: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Lower-case bytes that give a canary away, and what they are."""

    data: bytes
    canary: Canary = field(compare=False)
    how: str = field(compare=False)


def patterns(canary: Canary) -> set[Pattern]:
    """All that is looked for byte by byte; digits with something between them are `digits`' affair."""
    made = [*_of_words(canary)]
    if canary.number:
        made += [*_of_number(canary)]
    return {pattern for pattern in made if len(pattern.data) >= SHORTEST}


def short_forms(number: str) -> tuple[str, ...]:
    """What a number is called without its country's code, as digits: long enough to be nobody else's."""
    digits = number.removeprefix("+")
    shorter = {national(number), digits[-LAST_DIGITS:]} - {digits}
    return tuple(sorted(form for form in shorter if len(form) >= LAST_DIGITS))


def national(number: str) -> str:
    parsed = _parsed(number)
    return str(parsed.national_number) if parsed else number


def _of_words(canary: Canary) -> Iterator[Pattern]:
    for word in canary.words:
        for written in _spellings(word):
            for how, raw in _writings(written):
                for wrapped, data in _wrappings(raw, thorough=how.startswith("utf-")):
                    yield Pattern(data.lower(), canary, _named(how, wrapped))


def _of_number(canary: Canary) -> Iterator[Pattern]:
    digits = canary.number.removeprefix("+")
    forms = (digits, *short_forms(canary.number))
    for form in forms:
        for how, raw in _writings(form):
            # Bare, they are found with whatever stands between them.
            for wrapped, data in _wrappings(raw, thorough=True):
                if wrapped or how != "utf-8":
                    yield Pattern(data.lower(), canary, _named(how, wrapped))
        for zero in ZEROS:
            for how, raw in _writings(form.translate(_digits_from(zero))):
                for wrapped, data in _wrappings(raw, thorough=False):
                    yield Pattern(data.lower(), canary, _named(f"other digits, {how}", wrapped))
    for how, raw in _as_numbers(digits):
        yield Pattern(raw.lower(), canary, how)
    for written in _written_out(canary.number):
        for wrapped, data in _wrappings(written.encode(), thorough=True):
            yield Pattern(data.lower(), canary, _named("as it is written", wrapped))
    for how, digest in _hashes(canary.number):
        yield Pattern(digest[:SHORT_HASH].lower(), canary, how)
        yield Pattern(digest[:SHORT_HASH].hex().encode(), canary, f"{how}, hex")
        yield Pattern(base64.b64encode(digest)[:10].lower(), canary, f"{how}, base64")
        yield Pattern(base64.urlsafe_b64encode(digest)[:10].lower(), canary, f"{how}, base64url")


def _named(how: str, wrapped: str) -> str:
    return f"{how}, {wrapped}" if wrapped else how


# ---- characters to bytes


def _spellings(word: str) -> set[str]:
    """In capitals, taken apart into letters and marks, without its marks, and backwards."""
    apart = unicodedata.normalize("NFD", word)
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    cases = {word, word.lower(), word.upper(), word.capitalize()}
    return cases | {apart, unicodedata.normalize("NFKC", word), bare, bare.upper(), word[::-1]}


def _writings(text: str) -> Iterator[tuple[str, bytes]]:
    for code_page in CODE_PAGES:
        try:
            yield code_page, text.encode(code_page)
        except UnicodeEncodeError:
            continue
    units = text.encode("utf-16-be")
    pairs = [units[n : n + 2].hex() for n in range(0, len(units), 2)]
    yield "JSON", json.dumps(text)[1:-1].encode()
    yield "\\u for each letter", "".join(f"\\u{pair}" for pair in pairs).encode()
    yield "Python's escapes", text.encode("unicode_escape")
    yield "\\u{} for each letter", "".join(f"\\u{{{ord(c):x}}}" for c in text).encode()
    yield "U+ for each letter", " ".join(f"U+{ord(c):04x}" for c in text).encode()
    yield "HTML", text.encode("ascii", "xmlcharrefreplace")
    yield "HTML for each letter", "".join(f"&#{ord(c)};" for c in text).encode()
    yield "HTML in hex", "".join(f"&#x{ord(c):x};" for c in text).encode()
    yield "URL twice", quote(quote(text)).encode()


# ---- bytes to other bytes


def _wrappings(raw: bytes, *, thorough: bool) -> Iterator[tuple[str, bytes]]:
    yield "", raw
    yield "hex", raw.hex().encode()
    for offset in range(3):
        yield "base64", _base64(raw, offset)
        yield "base64url", _base64(raw, offset).translate(bytes.maketrans(b"+/", b"-_"))
    if not thorough:
        return
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
    first = raw[: 8 - offset]
    rest = raw[8 - offset :]
    return first + b"".join(b"\0" + rest[n : n + 8] for n in range(0, len(rest), 8))


# ---- numbers


def _as_numbers(digits: str) -> Iterator[tuple[str, bytes]]:
    number = int(digits)
    yield "eight bytes, big-endian", struct.pack(">q", number)
    yield "eight bytes, little-endian", struct.pack("<q", number)
    yield "double, big-endian", struct.pack(">d", number)
    yield "double, little-endian", struct.pack("<d", number)
    for padded in {digits, f"0{digits}", f"{digits}f", f"{digits}0"}:
        if len(padded) % 2 == 0:
            yield "BCD", bytes.fromhex(padded)
            yield "BCD, swapped", bytes(b >> 4 | (b & 15) << 4 for b in bytes.fromhex(padded))
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.insert(0, group)
    yield "PostgreSQL's numeric", struct.pack(f"<{len(groups)}h", *groups)


def _hashes(number: str) -> Iterator[tuple[str, bytes]]:
    """Without a key, the hash of a number is the number: there are few enough to try them all."""
    for form in _hashed_forms(number):
        raw = form.encode()
        for name in HASHES:
            yield f"{name} of {form!r}", hashlib.new(name, raw, usedforsecurity=False).digest()
        for size in BLAKE2B_SIZES:
            yield f"blake2b of {form!r}", hashlib.blake2b(raw, digest_size=size).digest()


def _hashed_forms(number: str) -> set[str]:
    digits = number.removeprefix("+")
    if number == digits:
        return {digits, f"telegram:{digits}"}
    local = national(number)
    forms = {number, digits, f"00{digits}", local, f"0{local}"}
    return forms | {f"tel:{number}", f"sms:{number}", f"whatsapp:{number}"} | _written_out(number)


def _written_out(number: str) -> set[str]:
    parsed = _parsed(number)
    styles = (E164, INTERNATIONAL, NATIONAL, RFC3966) if parsed else ()
    return {phonenumbers.format_number(parsed, style) for style in styles}


def _parsed(number: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None


def _digits_from(zero: str) -> dict[int, int]:
    return {ord("0") + n: ord(zero) + n for n in range(10)}
