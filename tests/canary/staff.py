"""Somebody of the staff at a browser without scripts: pages, forms, cookies."""

import html
import re
import secrets
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from tests.canary.line import Line, until

LINK = re.compile(r'(?:href|hx-get|data-list)="(/[^"#]*)"')
MOST_PAGES = 150
LISTS = "/campaigns/subscribers"
IMPORT = re.compile(rf"{LISTS}/imports/\d+")
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_anything: object) -> None:
        return None


class Staff:
    def __init__(self, line: Line, login: str = "", one_time: str = "") -> None:
        self.line, self.login, self.one_time = line, login, one_time
        self.password = one_time
        self.token = ""
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(cookies, _NoRedirect())

    # ---- a browser

    def opens(self, path: str, *, keep: bool = True, **headers: str) -> int:
        """A page; what it shows is kept to be searched, unless it is meant to show words."""
        return self._asks(path, None, headers, "pages" if keep else "")

    def posts(self, path: str, *, keep: bool = True, **form: str) -> int:
        """A form, with the token of the page it would stand on."""
        data = urllib.parse.urlencode({"csrf_token": self._form_token()} | form).encode()
        return self._asks(path, data, {}, "pages" if keep else "")

    def posts_bytes(self, path: str, data: bytes, *, keep: bool = True, **headers: str) -> int:
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._asks(path, data, headers, "pages" if keep else "")

    def uploads(self, path: str, file: bytes, name: str, *, keep: bool = True, **form: str) -> int:
        """A form with a file in it."""
        border = secrets.token_hex(12)
        parts = [
            f'--{border}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
            for field, value in ({"csrf_token": self._form_token()} | form).items()
        ]
        head = (
            f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: text/csv\r\n\r\n"
        )
        end = f"\r\n--{border}--\r\n"
        data = "".join(parts).encode() + head.encode() + file + end.encode()
        kind = f"multipart/form-data; boundary={border}"
        return self.posts_bytes(path, data, keep=keep, Content_Type=kind)

    def imports(self, file: bytes, name: str, *, keep: bool = True, **form: str) -> int:
        """Uploads a list and waits until it was read, unless it is refused at once."""
        status = self.uploads(LISTS, file, name, keep=keep, **form)
        begun = IMPORT.search(self.saw)
        if status == 303:
            assert begun
            until(
                lambda: self.opens(begun[0], keep=keep) == 200 and "hx-get" not in self.saw,
                "the list is not read",
            )
        return status

    def last_import(self) -> str:
        """The page of the list that was uploaded last."""
        self.opens(LISTS)
        return IMPORT.findall(self.saw)[0]

    def _asks(self, path: str, data: bytes | None, headers: dict[str, str], keep: str) -> int:
        request = urllib.request.Request(self.line.url + path, data, headers)
        try:
            with self._opener.open(request, timeout=30) as answer:
                status, said = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                status, said = error.code, error.read()
        found = TOKEN.search(said.decode("utf-8", "replace"))
        self.token = found[1] if found else self.token
        if keep:
            self.line.keeps(keep, path.partition("?")[0].encode() + b"\n" + said)
        self.saw = said.decode("utf-8", "replace")
        return status

    def _form_token(self) -> str:
        if not self.token:
            self.opens("/login", keep=False)
        return self.token

    # ---- what staff do

    def signs_in(self) -> None:
        assert self.posts("/login", login=self.login, password=self.password) == 302

    def signs_in_for_the_first_time(self, own_password: str) -> None:
        self.signs_in()
        form = {"current": self.one_time, "new": own_password, "again": own_password}
        assert self.posts("/password", **form) == 302
        self.password = own_password

    def wanders(self) -> set[str]:
        """Opens every page that a link on a page leads to, and gives their addresses."""
        seen: set[str] = set()
        ahead = ["/", "/desk", "/desk/list", "/campaigns", "/counts", "/password"]
        while ahead and len(seen) < MOST_PAGES:
            path = html.unescape(ahead.pop(0))
            if path in seen or path.startswith("/static/"):
                continue
            seen.add(path)
            if self.opens(path) == 200:
                ahead += LINK.findall(self.saw)
        return seen

    def listens(self, path: str) -> None:
        """Opens a page's live news, and leaves before any came."""
        request = urllib.request.Request(
            self.line.url + path, None, {"Accept": "text/event-stream"}
        )
        with self._opener.open(request, timeout=10) as answer:
            answer.readline()

    def takes(self, case: int) -> None:
        assert self.posts(f"/desk/cases/{case}/take") == 302

    def replies(self, case: int, text: str) -> None:
        assert self.posts(f"/desk/cases/{case}/reply", text=text) == 302

    def gives_back(self, case: int) -> None:
        assert self.posts(f"/desk/cases/{case}/give-back") == 302

    def closes(self, case: int) -> None:
        assert self.posts(f"/desk/cases/{case}/close") == 302
