"""The list of cases, as somebody of the staff works with it."""

import re

from playwright.sync_api import Page, expect

CASE = re.compile(r"/desk/cases/(\d+)$")


class Desk:
    def __init__(self, page: Page) -> None:
        self.page = page

    def opens(self) -> "Desk":
        self.page.goto("/desk")
        return self

    def presses_next(self) -> None:
        """Without waiting for what comes of it."""
        self.page.evaluate("document.querySelector('.next form').requestSubmit()")

    def is_given_a_case(self) -> int:
        self.page.wait_for_url(CASE)
        found = CASE.search(self.page.url)
        assert found
        return int(found[1])

    def takes_next(self) -> int:
        self.page.get_by_role("button", name="Take the next case").click()
        return self.is_given_a_case()

    def is_told(self, text: str) -> None:
        expect(self.page.locator("main")).to_contain_text(text)

    def shows(self, group: str, *cases: int) -> None:
        """These cases and no others, in this order."""
        rows = self.page.locator(f"[data-group={group}] [data-case]")
        expect(rows).to_have_count(len(cases))
        assert [row.get_attribute("data-case") for row in rows.all()] == [str(n) for n in cases]

    def has_waiting(self, number: int) -> None:
        expect(self.page.locator("[data-waiting]").first).to_have_attribute(
            "data-waiting", str(number)
        )

    def focuses(self, case: int) -> None:
        self.page.locator(f"[data-case='{case}'] a").focus()

    def focused(self) -> str:
        return self.page.evaluate("document.activeElement.getAttribute('href')")

    def is_marked(self) -> None:
        """Something that a page which is loaded anew does not have."""
        self.page.evaluate("window.marked = true")

    def was_not_reloaded(self) -> None:
        assert self.page.evaluate("window.marked === true")
