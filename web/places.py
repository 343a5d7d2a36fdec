"""Where the navigation leads, and whom to: what somebody may not open is not offered to them."""

from typing import Final

from web import context

# Permission, path, and what it is called. The first that somebody may open is their home.
PLACES: Final = (
    ("desk", "/desk", "nav.desk"),
    ("desk", "/rota", "nav.rota"),
    ("watch", "/watch", "nav.watch"),
    ("desk", "/directory", "nav.directory"),
    ("campaigns", "/campaigns", "nav.campaigns"),
    ("audit", "/audit", "nav.audit"),
    ("people", "/people", "nav.people"),
    ("counts", "/counts", "nav.counts"),
)


def allowed() -> list[tuple[str, str]]:
    """Paths and names, for who is signed in."""
    return [(path, name) for permission, path, name in PLACES if context.allowed(permission)]


def home() -> str:
    """Where somebody starts."""
    return next((path for path, _ in allowed()), "/password")
