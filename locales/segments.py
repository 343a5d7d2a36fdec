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
    outside = next((c for c in text if c not in GSM7 and c not in GSM7_EXTENSION), "")
    if outside:
        sizes = [len(character.encode("utf-16-le")) // 2 for character in text]
        alone, joined, encoding = UCS2_ALONE, UCS2_JOINED, "UCS-2"
    else:
        sizes = [2 if character in GSM7_EXTENSION else 1 for character in text]
        alone, joined, encoding = GSM7_ALONE, GSM7_JOINED, "GSM-7"
    units = sum(sizes)
    if units <= alone:
        return Segments(encoding, 1 if units else 0, units, outside)
    segments, room = 1, joined
    for size in sizes:
        # A pair that does not fit whole goes to the next segment.
        if size > room:
            segments, room = segments + 1, joined
        room -= size
    return Segments(encoding, segments, units, outside)
