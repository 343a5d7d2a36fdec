"""Files of others are what they say they are, and every one is accounted for."""

import base64
import hashlib
import json
import re
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


def sha(name, data):
    return f"{name}-{base64.b64encode(hashlib.new(name, data).digest()).decode()}"


def test_browsers_are_told_the_hash_of_each_module_and_allow_no_other_script_inside(browser):
    page = browser.is_hired("sam").get("/desk/keys")
    policy = page.headers["Content-Security-Policy"]
    inside = re.search(r'<script type="importmap">(.*?)</script>', page.text)[1]
    assert f"'{sha('sha256', inside.encode())}'" in policy
    told = json.loads(inside)
    assert set(told["imports"]) == {"libsodium-sumo", "libsodium-wrappers-sumo"}
    assert set(told["imports"].values()) == set(told["integrity"])
    for address, integrity in told["integrity"].items():
        answer = browser.get(address)
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert sha("sha384", answer.data) == integrity
