"""How many a campaign reaches and what it costs, told so that nobody can find a person by narrowing a rule.

Whoever may ask for the size of any rule could ask for two that differ by one person. So a size is made
smaller by up to k - 1, by a secret that is the same whenever the same rule is asked for and another for
each other rule, then rounded down to a multiple of k; under k there is no number. What else is told, the
cost too, is worked out from such numbers and from nothing else.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from campaigns.planning import audience
from campaigns.planning.audience import Rule
from campaigns.planning.prices import OTHERS
from hotline import counts
from hotline.channels import TELEGRAM
from locales import count_segments

Cell = tuple[str, str]
WHOLE: Final = 100


@dataclass(frozen=True, slots=True)
class Veil:
    """Shows numbers of subscribers; with `k` 1 as they are."""

    k: int
    secret: bytes = field(repr=False)

    def shown(self, n: int, *what: Any) -> int | None:
        """At most `n` of `what`, a multiple of k; None stands for fewer than twice k."""
        return n if self.k <= 1 else counts.suppress(n - self._less(what), self.k)

    @property
    def few(self) -> int:
        """What None is fewer than."""
        return 2 * self.k

    def _less(self, what: tuple[Any, ...]) -> int:
        told = json.dumps(what, sort_keys=True, default=str).encode()
        named = hashlib.blake2b(told, key=self.secret[:64], digest_size=8).digest()
        return int.from_bytes(named, "big") % self.k


@dataclass(frozen=True, slots=True)
class Asked:
    """A plan, as far as it decides whom it reaches and what that costs. `texts` are as they are sent,
    `languages` those of the line.
    """

    rule: Rule
    channel: str
    languages: Sequence[str]
    texts: Mapping[tuple[str, str], str] = field(repr=False)
    fallback: str = ""
    b_share: int = 0

    def read_by(self, language: str) -> str:
        """In which language its readers get it; "": they get nothing."""
        if (language, "A") in self.texts:
            return language
        return self.fallback if (self.fallback, "A") in self.texts else ""

    def segments(self, language: str) -> float:
        """For each reader of a language, by the share of the variants."""
        main = count_segments(self.texts[language, "A"]).segments
        if (language, "B") not in self.texts:
            return main
        other = count_segments(self.texts[language, "B"]).segments
        return main + (other - main) * self.b_share / WHOLE


@dataclass(frozen=True, slots=True)
class Reach:
    """Numbers as they may be shown; None is too few to show.

    `by_language` is all whom the rule names, also those who get nothing; `without` are those of them
    whose language has no text. `cost` is None without any price; `unpriced` are countries that are not in it.
    """

    reached: int | None
    by_language: Mapping[str, int | None]
    without: int | None
    segments: float | None = None
    cost: float | None = None
    unpriced: tuple[str, ...] = ()


def reach(
    session: Session,
    line_id: int,
    asked: Asked,
    veil: Veil,
    prices: Mapping[str, float],
    *,
    today: date,
    up_to: int | None = None,
) -> Reach:
    """Whom a plan would reach that is sent `today`, among subscribers `up_to` one."""
    rule = replace(asked.rule, channels=(asked.channel,))
    sizes = audience.sizes(session, line_id, rule, today, up_to)
    day = today if rule.days_after is not None else None
    return _told(asked, sizes, veil, prices, (line_id, rule.kept(), day))


def _told(
    asked: Asked,
    sizes: Mapping[Cell, int],
    veil: Veil,
    prices: Mapping[str, float],
    what: tuple[Any, ...],
) -> Reach:
    # That there is nobody at all is a number under k too.
    listed = asked.rule.languages or asked.languages
    by_language = dict.fromkeys(listed, 0) | audience.by_language(sizes)
    readers = [language for language in by_language if asked.read_by(language)]
    without = [language for language in by_language if (language, "A") not in asked.texts]
    shown_by = {
        language: veil.shown(n, *what, "language", language) for language, n in by_language.items()
    }
    told = Reach(
        veil.shown(_sum(by_language, readers), *what, "reached", sorted(readers)),
        {each: n for each, n in shown_by.items() if n is not None or each in listed},
        veil.shown(_sum(by_language, without), *what, "without", sorted(without)),
    )
    if told.reached is None or asked.channel == TELEGRAM:
        return told
    what, cells = (*what, sorted(readers)), _cells(asked, sizes)
    shown = {cell: veil.shown(n, *what, "cell", *cell) or 0 for cell, n in cells.items()}
    lands = Counter[str]()
    for (_, country), n in cells.items():
        lands[country] += n
    seen = [c for c, n in sorted(lands.items()) if veil.shown(n, *what, "country", c) is not None]
    return replace(
        told,
        **_cost(asked, told.reached, shown, prices),
        unpriced=tuple(c for c in seen if prices and _price(prices, c) is None),
    )


def _sum(numbers: Mapping[str, int], names: Sequence[str]) -> int:
    return sum(numbers[name] for name in names)


def _cells(asked: Asked, sizes: Mapping[Cell, int]) -> dict[Cell, int]:
    """How many get which language's text in which country."""
    cells = Counter[Cell]()
    for (language, country), n in sizes.items():
        if text := asked.read_by(language):
            cells[text, country] += n
    return dict(sorted(cells.items()))


def _cost(
    asked: Asked, reached: int, shown: Mapping[Cell, int], prices: Mapping[str, float]
) -> dict[str, float | None]:
    """Segments and cost of the cells that can be shown; the rest of those reached are like them."""
    each = {cell: n * asked.segments(cell[0]) for cell, n in shown.items()}
    segments, known = sum(each.values()), sum(shown.values())
    priced = {cell: price for cell in each if (price := _price(prices, cell[1])) is not None}
    cost = sum(each[cell] * price for cell, price in priced.items())
    paid_for = sum(each[cell] for cell in priced)
    rest = max(0, reached - known) * (segments / known if known else _usual(asked))
    usual = cost / paid_for if paid_for else prices.get(OTHERS)
    if usual is None:
        return {"segments": segments + rest, "cost": None}
    # The rest shares the fate of what is known: of its segments, too, some have no price.
    share = paid_for / segments if segments else 1.0
    return {"segments": segments + rest, "cost": cost + rest * share * usual}


def _price(prices: Mapping[str, float], country: str) -> float | None:
    return prices.get(country, prices.get(OTHERS))


def _usual(asked: Asked) -> float:
    """Segments of a text of the plan, whichever it is."""
    languages = [language for language, variant in asked.texts if variant == "A"]
    return sum(map(asked.segments, languages)) / max(1, len(languages))
