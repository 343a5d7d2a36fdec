"""The forms of a page as a browser would send them, and the numbers a page says."""

import re
from datetime import timedelta
from html.parser import HTMLParser


class _Form(HTMLParser):
    """What the fields of one form hold, unticked boxes left out."""

    def __init__(self, form_id):
        super().__init__()
        self.form_id, self.inside, self.fields = form_id, False, {}
        self.select = self.area = None
        self.words = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.inside = given.get("id") == self.form_id
        if not self.inside or ("name" not in given and tag != "option"):
            return
        if tag == "input" and (
            given.get("type") not in ("checkbox", "radio") or "checked" in given
        ):
            self.fields.setdefault(given["name"], []).append(given.get("value", ""))
        elif tag == "textarea":
            self.area, self.words = given["name"], ""
        elif tag == "select":
            self.select = given["name"]
        elif tag == "option" and self.select and "selected" in given:
            self.fields[self.select] = [given["value"]]

    def handle_data(self, data):
        self.words += data if self.area else ""

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "textarea" and self.area:
            self.fields[self.area], self.area = [self.words], None
        elif tag == "select":
            self.select = None


def form_of(page, form_id="plan"):
    """The fields of a form as the page shows it, without the token every form has."""
    parser = _Form(form_id)
    parser.feed(page.text)
    return {name: v for name, v in parser.fields.items() if name != "csrf_token"}


def form(clock, **more):
    """A plan as somebody types it."""
    return {
        "name": "Before you go",
        "text-en": "Call us. STOP to end.",
        "text-fr": "Appelez-nous. STOP pour finir.",
        "start": "now",
        "ends_at": f"{clock() + timedelta(days=2):%Y-%m-%dT%H:%M}",
        "window_from": "00:00",
        "window_to": "00:00",
    } | more


def confirms(browser, path):
    """Whoever this is stands for every text as the page shows it."""
    page = browser.get(path)
    for form_id in re.findall(r'<form [^>]*id="(sign-\w+)"', page.text):
        assert browser.post(f"{path}/sign-off", **form_of(page, form_id)).status_code == 302


def submits(browser, path):
    """Have the draft as it stands confirmed and hand it over."""
    confirms(browser, path)
    return browser.post(path, submit="1", **form_of(browser.get(path)))


def approves(browser, path):
    seen = re.search(r'name="seen" value="(\w+)"', browser.get(path).text)[1]
    return browser.post(f"{path}/approve", seen=seen)


def numbers(page):
    """What a progress page says, by name."""
    found = re.findall(r'data-balance="(\w+)">([^<]*)<', page.text)
    return {name: int(n.replace(",", "")) for name, n in found}
