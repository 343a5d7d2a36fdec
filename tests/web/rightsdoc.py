"""The tables of docs/rights.md, as the program has them."""

import re
from pathlib import Path

from hotline import rights
from tests.web.routes import routes

PAGE = Path(__file__).parents[2] / "docs" / "rights.md"
BEGIN, END = "<!-- written by tests/web/test_rights.py -->", "<!-- end -->"


def written(app):
    """The page with its tables anew."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n\n{_permissions()}\n\n{_pages(app)}\n\n{END}{after}"


def _permissions():
    """Roles by permissions; what a permission is for says the table's own module."""
    meanings = dict(re.findall(r"^(\w+) {2,}(.+)$", rights.__doc__, re.MULTILINE))
    assert set(meanings) == rights.PERMISSIONS, "hotline/rights.py explains each permission"
    roles = list(rights.ROLES)
    head = ["permission", *(role.replace("_", " ") for role in roles), "what it is for"]
    rows = [
        [f"`{name}`", *("●" if rights.may(role, name) else "" for role in roles), meaning]
        for name, meaning in meanings.items()
    ]
    return _table([head, *rows])


def _pages(app):
    """A line a page, so that a change of one is a change of one."""
    methods = {}
    for route in routes(app):
        methods.setdefault((route.rule, route.permission), []).append(route.method)
    rows = [
        [f"`{rule}`", ", ".join(names), f"`{permission}`"]
        for (rule, permission), names in methods.items()
    ]
    return _table([["page", "asked by", "needs"], *rows])


def _table(rows):
    head, *rest = rows
    lines = [head, ["---"] * len(head), *rest]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
