"""The pages of the app, as tests walk them."""

from dataclasses import dataclass

from tests.web.test_guard import OPEN


@dataclass(frozen=True)
class Route:
    method: str
    rule: str
    arguments: frozenset[str]
    permission: str
    endpoint: str

    @property
    def segment(self):
        """The first part of its path: where in the house it is."""
        return self.rule.split("/")[1]

    def path(self, app, **values):
        with app.test_request_context():
            filled = dict.fromkeys(self.arguments, 1) | values
            kept = {name: value for name, value in filled.items() if name in self.arguments}
            return app.url_map.bind("localhost").build(self.endpoint, kept)


def routes(app):
    """Every page that is not open to everybody, by each method that it takes."""
    return sorted(
        (
            Route(
                method,
                rule.rule,
                frozenset(rule.arguments),
                app.view_functions[rule.endpoint].needs.permission,
                rule.endpoint,
            )
            for rule in app.url_map.iter_rules()
            if rule.rule not in OPEN
            for method in rule.methods - {"HEAD", "OPTIONS"}
        ),
        key=lambda route: (route.rule, route.method),
    )
