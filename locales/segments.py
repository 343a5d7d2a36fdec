"""How many SMS segments a text needs, and which character makes it dear.

GSM 03.38: 160 characters alone or 153 a segment; extension characters count two. One character
outside it turns the whole text to UCS-2: 70 alone or 67 a segment, in UTF-16 units. A grapheme's
code units are never counted across a segment border, as carriers do not split surrogate pairs.
"""

from dataclasses import dataclass

GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_EXTENSION = frozenset("^{}\\[~]|€\f")
GSM7_ALONE, GSM7_JOINED = 160, 153
UCS2_ALONE, UCS2_JOINED = 70, 67


@dataclass(frozen=True, slots=True)
class Segments:
    """`units` are septets or UTF-16 units; `forced_by` is the first character outside GSM-7."""

    encoding: str
    segments: int
    units: int
    forced_by: str = ""


def count_segments(text: str) -> Segments:
    """Segments of `text` as an SMS; an empty text needs none."""
    outside = next((c for c in text if not in_alphabet(c)), "")
    sizes = [size(character, dear=bool(outside)) for character in text]
    alone, joined = (UCS2_ALONE, UCS2_JOINED) if outside else (GSM7_ALONE, GSM7_JOINED)
    encoding, units = "UCS-2" if outside else "GSM-7", sum(sizes)
    if units <= alone:
        return Segments(encoding, 1 if units else 0, units, outside)
    segments, room = 1, joined
    for each in sizes:
        # A pair that does not fit whole goes to the next segment.
        if each > room:
            segments, room = segments + 1, joined
        room -= each
    return Segments(encoding, segments, units, outside)


def in_alphabet(character: str) -> bool:
    """Whether it is in GSM 03.38, extension included."""
    return character in GSM7 or character in GSM7_EXTENSION


def size(character: str, *, dear: bool) -> int:
    """Its septets or, where a text is `dear`, its UTF-16 units."""
    if dear:
        return len(character.encode("utf-16-le")) // 2
    return 2 if character in GSM7_EXTENSION else 1
