"""Libraries of others that scripts import by name: where they are, and the hash each must have.

Names and hashes are those of `static/vendor/VENDOR.toml`, said to browsers as an import map. A page that
holds it allows exactly this text in its policy, and browsers refuse a file of another hash.
"""

import base64
import hashlib
import json
import tomllib
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "static" / "vendor"
ADDRESS: Final = "/static/vendor/"


def _import_map() -> str:
    listed = tomllib.loads((FOLDER / "VENDOR.toml").read_text(encoding="utf-8"))["file"]
    modules = [file for file in listed if file["file"].endswith(".mjs")]
    return json.dumps(
        {
            "imports": {file["name"]: ADDRESS + file["file"] for file in modules},
            "integrity": {ADDRESS + file["file"]: f"sha384-{file['sha384']}" for file in modules},
        }
    )


IMPORT_MAP: Final = _import_map()
# What a policy calls an inline script it allows.
IMPORT_MAP_HASH: Final = (
    f"'sha256-{base64.b64encode(hashlib.sha256(IMPORT_MAP.encode()).digest()).decode()}'"
)
