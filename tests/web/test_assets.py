"""Files of the pages are asked for once, and again only when they are others."""

import gzip
import re

from web.assets import ADDRESS, FOLDER, FOR_GOOD, VERSION

PACKED = {"Accept-Encoding": "gzip"}


def test_a_page_names_files_by_what_they_are_and_a_browser_keeps_them(browser):
    page = browser.get("/login").text
    named = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert named
    assert all(name.startswith(ADDRESS) for name in named)
    for name in named:
        answer = browser.get(name)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, FOR_GOOD)
        assert "Set-Cookie" not in answer.headers


def test_a_file_of_another_version_is_found_and_not_kept(browser):
    for address in ("/static/v/0123456789ab/base.js", "/static/base.js"):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-cache"
    assert browser.get(f"{ADDRESS}nothing.js").status_code == 404
    assert browser.get(f"{ADDRESS}../app.py").status_code == 404


def test_texts_are_packed_for_who_can_unpack_them_and_fonts_are_not(browser):
    plain = (FOLDER / "boxes.js").read_bytes()
    packed = browser.get(f"{ADDRESS}boxes.js", **PACKED)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain
    assert len(packed.data) < len(plain)
    assert int(packed.headers["Content-Length"]) == len(packed.data)
    assert browser.get(f"{ADDRESS}boxes.js").data == plain
    font = f"{ADDRESS}vendor/noto-sans-latin-400-normal.woff2"
    assert "Content-Encoding" not in browser.get(font, **PACKED).headers


def test_the_version_is_a_digest():
    assert re.fullmatch("[0-9a-f]{12}", VERSION)
