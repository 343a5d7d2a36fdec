"""What people do at the pages, in their words. Tests tell a story with these and know no selectors."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.keyholder import Keyholder

OWN_PASSWORD = "five words nobody would guess"


class Phones:
    """The simulator page: phones side by side."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self) -> None:
        self.page.goto("/simulator")

    def phone(self, number: str) -> "Phone":
        return Phone(self.page, number)

    def add(self, number: str) -> None:
        self.page.get_by_label("Phone number").fill(number)
        self.page.get_by_role("button", name="Add a phone").click()


class Phone:
    """One phone: what it writes, what it shows."""

    def __init__(self, page: Page, number: str) -> None:
        self.page, self.number = page, number
        self.card = page.locator(f'[data-phone="{number}"]')

    def writes(self, text: str) -> None:
        """Write and wait for what the line answers."""
        before = self.heard().count()
        self.sends(text)
        expect(self.heard()).not_to_have_count(before)

    def sends(self, text: str) -> None:
        self.card.locator("input").fill(text)
        self.card.locator("input").press("Enter")
        expect(self.card.locator(".phone-said .words").last).to_have_text(text)

    def presses(self, label: str) -> None:
        before = self.heard().count()
        self.card.get_by_role("button", name=label).click()
        expect(self.heard()).not_to_have_count(before)

    def options(self) -> list[str]:
        return self.card.locator(".option bdi").all_inner_texts()

    def heard(self):
        return self.card.locator(".line-said .words")

    def shows(self, text: str) -> None:
        expect(self.heard().filter(has_text=text).last).to_be_visible()

    def direction_of_last(self) -> str:
        return self.heard().last.evaluate("node => getComputedStyle(node).direction")


class Staff(Keyholder):
    """Somebody of the staff at their pages."""

    def __init__(self, page: Page, login: str, one_time: str) -> None:
        self.page, self.login, self.one_time = page, login, one_time

    def signs_in_for_the_first_time(self) -> None:
        page = self.page
        page.goto("/login")
        page.locator("[name=login]:visible").fill(self.login)
        page.locator("[name=password]").fill(self.one_time)
        page.locator("main form button").first.click()
        page.wait_for_url("**/password")
        page.locator("[name=current]").fill(self.one_time)
        page.locator("[name=new]").fill(OWN_PASSWORD)
        page.locator("[name=again]").fill(OWN_PASSWORD)
        page.locator("main form button").first.click()
        page.wait_for_url(lambda url: "/password" not in url)

    def signs_in(self) -> None:
        self.page.goto("/login")
        self.page.locator("[name=login]:visible").fill(self.login)
        self.page.locator("[name=password]").fill(OWN_PASSWORD)
        self.page.locator("main form button").first.click()
        self.page.wait_for_url(lambda url: "/login" not in url)

    def reads_in(self, language: str) -> None:
        self.page.locator(".top .menu > summary").click()
        self.page.locator(f".languages [value={language}]").click()
        expect(self.page.locator("html")).to_have_attribute("lang", language)

    def cases(self) -> list[str]:
        """Where the cases of the list are, top first."""
        links = self.page.locator(".case-link").all()
        return [link.get_attribute("href") or "" for link in links]

    def widest(self) -> int:
        """How wide the page is, with all that is folded unfolded."""
        return self.page.evaluate(
            """async () => {
              await document.fonts.ready;
              for (const details of document.querySelectorAll("main details")) details.open = true;
              return document.scrollingElement.scrollWidth;
            }"""
        )

    def sees_waiting(self, number: int) -> None:
        expect(self.page.locator("[data-waiting]").first).to_have_attribute(
            "data-waiting", str(number)
        )

    def waiting(self) -> list[str]:
        """Waiting cases, top first, as urgency and name."""
        rows = self.page.locator(".group").first.locator(".case")
        return [" ".join(row.inner_text().split("\n")[:2]) for row in rows.all()]

    def opens(self, case: str) -> "CasePage":
        self.page.get_by_role("link", name=re.compile(re.escape(case))).first.click()
        return CasePage(self.page)

    def signs_out(self) -> None:
        self.page.locator(".top .menu > summary").click()
        self.page.locator("form[action='/logout'] button").click()


class CasePage:
    def __init__(self, page: Page) -> None:
        self.page = page
        expect(page.locator("[data-summary]")).not_to_have_attribute("aria-busy", "true")

    def is_open(self, *, up: bool = True) -> None:
        """Summary and messages can be read."""
        expect(self.page.locator("[data-summary] > *").first).to_be_visible(visible=up)

    def says_why_not(self, text: str) -> None:
        expect(self.page.locator(".summary [data-sealed]:visible")).to_contain_text(text)

    def tells_what_does_not_open(self, number: int) -> None:
        expect(self.page.locator(".entry .sealed")).to_have_count(number)

    def acknowledges(self) -> None:
        self.page.locator("[data-may=acknowledge] button").click()
        expect(self.page.locator("[data-forgotten]")).to_be_hidden()

    def takes_it(self) -> None:
        self.page.locator("[data-may=take] button").click()
        expect(self.page.locator("[data-reply]")).to_be_visible()

    def reasons(self) -> list[str]:
        return self.page.locator(".reasons li > span:first-child").all_inner_texts()

    def strengths(self) -> list[str]:
        return self.page.locator(".reasons li > span:last-child").all_inner_texts()

    def summary(self) -> str:
        return self.page.locator("[data-summary]").inner_text()

    def unfolds_the_gaps(self) -> None:
        """What was not asked and not answered, which is folded away at first."""
        for gap in self.page.locator("[data-summary] details > summary").all():
            gap.click()

    def too_wide(self) -> list[str]:
        """What sticks out of the page or of the summary, by its words."""
        return self.page.evaluate(
            """() => {
              const page = document.scrollingElement;
              const box = document.querySelector("[data-summary]").getBoundingClientRect();
              const out = [...document.querySelectorAll("[data-summary] *")].filter((part) => {
                const own = part.getBoundingClientRect();
                return own.left < box.left - 1 || own.right > box.right + 1
                  || part.clientWidth && part.scrollWidth > part.clientWidth + 1;
              }).map((part) => part.textContent);
              return page.scrollWidth > innerWidth ? ["the page", ...out] : out;
            }"""
        )

    def drafts(self, text: str) -> None:
        self.page.locator("#text").fill(text)

    def size(self) -> str:
        return self.page.locator("[data-size]").inner_text()

    def sends(self) -> None:
        self.page.locator("[data-send]").click()
        expect(self.page.locator("#text")).to_have_value("")

    def writes(self, text: str) -> None:
        self.drafts(text)
        self.sends()

    def shows(self, text: str, author: str = "contact") -> None:
        words = self.page.locator(f".entry.{author} .words").filter(has_text=text)
        expect(words.last).to_be_visible()

    def shows_note(self, text: str) -> None:
        expect(self.page.locator(".entry.line").filter(has_text=text).last).to_be_visible()

    def delivery_of_last(self, state: str) -> None:
        expect(self.page.locator(".entry.staff .delivery").last).to_have_class(
            re.compile(rf"\b{state}\b")
        )

    def may_send(self) -> bool:
        return self.page.locator("[data-send]").is_enabled()

    def warns_not_to_write(self, *, up: bool = True) -> None:
        expect(self.page.locator("[data-covered]")).to_be_visible(visible=up)

    def closes_it(self) -> None:
        self.page.locator("[data-may=close] > summary").click()
        self.page.locator("[data-may=close] button").click()
        expect(self.page.locator("[data-closed]")).to_be_visible()
