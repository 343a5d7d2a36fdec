"""Somebody who has everything that was published, knows how it was made, and looks for a small number.

Two ways: integer programming for tables of any size, and trying every table there could be for small ones.
"""

from collections import defaultdict
from itertools import combinations, product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from hotline.suppression import DIMENSIONS, protected

ANY = 10**6


class Attack:
    """Unknown whole numbers, and what is known of them."""

    def __init__(self):
        self.least, self.most, self.known = [], [], []

    def number(self, least=0, most=ANY):
        self.least.append(least)
        self.most.append(most)
        return len(self.least) - 1

    def knows(self, terms, least=-np.inf, most=np.inf):
        """That the sum of `factor * number` lies between `least` and `most`."""
        self.known.append((terms, least, most))

    def range_of(self, number):
        return self._solve({number: 1}), -self._solve({number: -1})

    def may_be(self, number, n):
        return self._solve({number: 1}, {number: n}) is not None

    def _solve(self, goal, fixed=None):
        cells = [
            (row, column, factor)
            for row, (terms, _, _) in enumerate(self.known)
            for column, factor in terms.items()
        ]
        rows, columns, factors = zip(*cells, strict=True)
        size = len(self.least)
        bounds = Bounds(np.array(self.least, float), np.array(self.most, float))
        for column, n in (fixed or {}).items():
            bounds.lb[column] = bounds.ub[column] = n
        found = milp(
            [goal.get(column, 0) for column in range(size)],
            integrality=np.ones(size),
            bounds=bounds,
            constraints=LinearConstraint(
                coo_array((factors, (rows, columns)), (len(self.known), size)).tocsc(),
                [least for _, least, _ in self.known],
                [most for _, _, most in self.known],
            ),
        )
        assert found.status in (0, 2), found.message
        return round(found.fun) if found.status == 0 else None


def read(attack, figures, lists, k):
    """Takes down what an event's published tables tell; gives the unknown numbers by dimension and value.

    `lists` are the closed lists of values by dimension.
    """
    numbers = {d: _read(attack, table, lists[d], k) for d, table in figures.tables.items()}
    first, *others = numbers.values()
    for other in others:
        attack.knows(dict.fromkeys(first.values(), 1) | dict.fromkeys(other.values(), -1), 0, 0)
    return numbers


def _read(attack, table, values, k):
    shown = {value: attack.number(n, n + k - 1) for value, n in table.shown}
    if not table.hidden:
        return shown
    most = table.other + k - 1
    hidden = {value: attack.number(0, most) for value in table.hidden}
    together = dict.fromkeys(hidden.values(), 1)
    attack.knows(together, max(table.other, 2 * k if shown else k), most)
    # The large ones are hidden from the end of the list: none stands before a shown one.
    large = {value: attack.number(0, 1) for value in _end(table, values)}
    for value, number in hidden.items():
        if value in large:
            attack.knows({number: 1, large[value]: -k}, 0)
            attack.knows({number: 1, large[value]: -most}, most=k - 1)
        else:
            attack.knows({number: 1}, most=k - 1)
    attack.knows(dict.fromkeys(large.values(), 1), 1 if shown else 0, 2)
    # A second one is hidden only where the first was not enough.
    for second, first in combinations(large, 2):
        rest = {number: 1 for value, number in hidden.items() if value != second}
        attack.knows(rest | {large[first]: most, large[second]: most}, most=2 * k - 1 + 2 * most)
    return shown | hidden


def _end(table, values):
    """The hidden values that may be large, in the order of the list: all behind the last shown one."""
    after = max((values.index(value) for value, _ in table.shown), default=-1)
    return values[after + 1 :]


def every_world(sizes, k, most):
    """Every way to count up to `most` things, by what would be published of it.

    Gives, by publication, the totals it may have, and by dimension and total the tables it may come from.
    """
    by_dimension = []
    for d, size in zip(DIMENSIONS, sizes, strict=False):
        published = defaultdict(lambda: defaultdict(list))
        for total in range(k, most + 1):
            for numbers in _ways(size, total):
                counted = {d: {str(place): n for place, n in enumerate(numbers)}}
                published[protected(counted, k).tables[d]][total].append(numbers)
        by_dimension.append(published)
    for tables in product(*by_dimension):
        found = [published[table] for published, table in zip(by_dimension, tables, strict=True)]
        totals = set.intersection(*(set(each) for each in found))
        if totals:
            yield tables, totals, found


def _ways(size, total):
    if size == 1:
        yield (total,)
        return
    for n in range(total + 1):
        for rest in _ways(size - 1, total - n):
            yield n, *rest
