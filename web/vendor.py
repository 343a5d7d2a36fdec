"""Libraries of others that scripts import by name: where they are, and the hash each must have.

Names and hashes are those of `static/vendor/VENDOR.toml`, said to browsers as an import map. A page that
holds it allows exactly this text in its policy, and browsers refuse a file of another hash.
"""

import base64
import hashlib
import json
import tomllib
from typing import Final

from web import assets

FOLDER: Final = assets.FOLDER / "vendor"
ADDRESS: Final = f"{assets.ADDRESS}vendor/"


_LISTED: Final = tomllib.loads((FOLDER / "VENDOR.toml").read_text(encoding="utf-8"))["file"]
_MODULES: Final = [file for file in _LISTED if file["file"].endswith(".mjs")]
# The hash that each file must have, by its address.
INTEGRITY: Final = {ADDRESS + file["file"]: f"sha384-{file['sha384']}" for file in _MODULES}
IMPORT_MAP: Final = json.dumps(
    {
        "imports": {file["name"]: ADDRESS + file["file"] for file in _MODULES},
        "integrity": INTEGRITY,
    }
)
# What a policy calls an inline script it allows.
IMPORT_MAP_HASH: Final = (
    f"'sha256-{base64.b64encode(hashlib.sha256(IMPORT_MAP.encode()).digest()).decode()}'"
)
