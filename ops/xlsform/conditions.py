"""When a question is asked: XLSForm's `relevant` in the one form we know.

`${debt} = 'yes' and selected(${need}, 'food')` is {"debt": "yes", "need": "food"}; brackets change nothing.
"""

import re
from collections.abc import Mapping

QUESTION, ANSWER = r"\$\{\s*([^}\s]+)\s*\}", r"""('[^']*'|"[^"]*")"""
TERM = re.compile(
    rf"{QUESTION}\s*=\s*{ANSWER}|selected\(\s*{QUESTION}\s*,\s*{ANSWER}\s*\)",
)
TERMS = re.compile(r"\s*@(\s+and\s+@)*\s*")
# Spreadsheets turn straight quotes into curly ones by themselves.
STRAIGHT = str.maketrans("‘’“”", "''\"\"")


class NotSimple(ValueError):
    """A condition that says more than which answers have to be there."""


def condition(when: Mapping[str, str]) -> str:
    return " and ".join(f"${{{name}}} = '{answer}'" for name, answer in when.items())


def read_condition(relevant: str) -> dict[str, str]:
    """The answers by question that `relevant` asks for. Raises NotSimple."""
    straight = relevant.translate(STRAIGHT)
    rest = TERM.sub("@", straight).replace("(", " ").replace(")", " ")
    if "@" in straight or not TERMS.fullmatch(rest):
        raise NotSimple(
            f"{relevant}: only ${{question}} = 'answer', selected(${{question}}, 'answer') "
            'and "and" between them can be followed'
        )
    when: dict[str, str] = {}
    for term in TERM.finditer(straight):
        name, answer = term[1] or term[3], (term[2] or term[4])[1:-1]
        if when.setdefault(name, answer) != answer:
            raise NotSimple(f"{name} cannot be both {when[name]} and {answer}")
    return when
