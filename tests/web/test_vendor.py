"""Files of others are what they say they are, and every one is accounted for."""

import base64
import hashlib
import tomllib
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "web" / "static" / "vendor"


def test_every_vendored_file_is_the_one_that_was_published():
    files = tomllib.loads((VENDOR / "VENDOR.toml").read_text())["file"]
    for file in files:
        digest = hashlib.sha384((VENDOR / file["file"]).read_bytes()).digest()
        assert base64.b64encode(digest).decode() == file["sha384"], file["file"]
        assert file["name"]
        assert file["version"]
        assert file["licence"]
        assert (VENDOR / file["licence_file"]).exists()
    named = {file["file"] for file in files} | {file["licence_file"] for file in files}
    assert {path.name for path in VENDOR.iterdir()} == named | {"VENDOR.toml"}
