"""A list of subscribers at the import page."""

import io
import time

CSV = """phone,language,consent_source,consent_date
+41791234567,en,fair,2026-02-01
+41791234568,fr,fair,2026-02-01
hello,en,fair,2026-02-01
+41791234569,xx,fair,2026-02-01
"""


def upload(browser, data, name="list.csv", **form):
    """Import it and wait for the end; gives the page of the import, or the page that refused it."""
    data = data.encode() if isinstance(data, str) else data
    answer = browser.post("/campaigns/subscribers", file=(io.BytesIO(data), name), **form)
    return finished(browser, answer.location) if answer.status_code == 303 else answer


def finished(browser, path):
    for _ in range(400):
        page = browser.get(path)
        if "hx-get" not in page.text:
            return page
        time.sleep(0.05)
    raise AssertionError("the import does not end")
