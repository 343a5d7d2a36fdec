"""Scripts, styles and fonts under addresses that change when any of them does: a browser asks for each once.

On a slow connection every question costs half a second, even one that is answered by "still the same". Texts
are sent packed to who can unpack them: they are the same for everybody, so their length tells nothing.
"""

import gzip
import hashlib
from collections.abc import MutableMapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, request

FOLDER: Final = Path(__file__).parent / "static"
ENDPOINT: Final = "static"
FOR_GOOD: Final = "public, max-age=31536000, immutable"
PACKED: Final = frozenset({"text/javascript", "text/css", "image/svg+xml"})


def _version() -> str:
    """A short digest of all files, by their names."""
    whole = hashlib.sha256()
    for path in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        whole.update(str(path.relative_to(FOLDER)).encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:12]


VERSION: Final = _version()
ADDRESS: Final = f"/static/v/{VERSION}/"


def install(app: Flask) -> None:
    def serve(filename: str, version: str = "") -> Response:
        response = app.send_static_file(filename)
        if version == VERSION:
            response.headers["Cache-Control"] = FOR_GOOD
        if response.mimetype in PACKED and response.status_code == 200:  # noqa: PLR2004
            response.vary.add("Accept-Encoding")
            if "gzip" in request.accept_encodings:
                response.direct_passthrough = False
                response.set_data(_packed(filename))
                response.headers["Content-Encoding"] = "gzip"
                # It names the bytes, and these are others.
                response.headers["ETag"] = f'W/"{VERSION}"'
        return response

    app.view_functions[ENDPOINT] = serve
    app.add_url_rule("/static/v/<version>/<path:filename>", endpoint=ENDPOINT)
    app.url_defaults(_versioned)


def _versioned(endpoint: str, values: MutableMapping[str, Any]) -> None:
    if endpoint == ENDPOINT:
        values.setdefault("version", VERSION)


@cache
def _packed(filename: str) -> bytes:
    """Of files that are there: `send_static_file` has found it."""
    return gzip.compress((FOLDER / filename).read_bytes(), mtime=0)
