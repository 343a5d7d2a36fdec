"""What the contact catalog of a language holds, text by text and in sum: for reports, and for who reviews."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from locales.entries import by_id, is_translated, texts_of
from locales.lengths import measure
from locales.review import Remark, Review, remark_in, standing
from locales.safety import points
from locales.segments import Segments
from locales.translator import ROOT, SOURCE_LANGUAGE, read_catalog


@dataclass(frozen=True, slots=True)
class Text:
    """A message in English and in a language, which has "" where it lacks it.

    `note` is for translators, `points` what a reviewer has to check, `size` with what stands below it.
    """

    id: str
    english: str
    text: str
    translated: bool
    note: str
    points: tuple[str, ...]
    size: Segments
    review: Review | None = None
    remark: Remark | None = None

    @property
    def critical(self) -> bool:
        return bool(self.points)

    @property
    def state(self) -> str:
        if self.review:
            return f"reviewed {self.review.on}, {self.review.by}"
        if not self.translated:
            return "missing"
        return f"draft; {self.remark}" if self.remark else "draft"


def texts(language: str, under: Mapping[str, Sequence[str]], root: Path = ROOT) -> list[Text]:
    """Every message of the English catalog in a language, in its order; `under` as `check` takes it.

    Raises OSError or ValueError for a file that is no catalog.
    """
    english = read_catalog(SOURCE_LANGUAGE, "contact", root)
    own = by_id(read_catalog(language, "contact", root))
    held, found = standing(language, root).reviews, list[Text]()
    for name, source in by_id(english).items():
        entry = own.get(name)
        text = texts_of(entry)[0] if entry else ""
        found.append(
            Text(
                id=name,
                english=texts_of(source)[0],
                text=text,
                translated=entry is not None and is_translated(entry),
                note=" ".join(source.auto_comments),
                points=points().get(name, ()),
                size=measure(name, text, own, under, language),
                review=held.get(name),
                remark=remark_in(entry.user_comments) if entry else None,
            )
        )
    return found


def ucs2_share(found: Sequence[Text]) -> float:
    """How many of the texts that are there need the dear encoding, 0 to 1."""
    there = [each for each in found if each.translated]
    return sum(each.size.encoding == "UCS-2" for each in there) / max(1, len(there))


def longest(found: Sequence[Text]) -> Text:
    """What needs most segments, and of these most units."""
    return max(found, key=lambda each: (each.size.segments, each.size.units))
