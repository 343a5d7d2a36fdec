"""What a caseworker does on the page of a case, in their words."""

import re

from playwright.sync_api import expect

from tests.e2e.navigators import CasePage


class Talk(CasePage):
    """The conversation on the page of a case."""

    @property
    def box(self):
        return self.page.locator("#text")

    def types(self, text: str) -> None:
        self.box.click()
        self.page.keyboard.type(text)

    def presses_send(self) -> None:
        self.page.locator("[data-send]").click()

    def has_in_the_box(self, text: str) -> None:
        expect(self.box).to_have_value(text)

    def is_told(self, text: str) -> None:
        expect(self.page.locator(".case-page > [data-trouble]")).to_contain_text(text)

    def is_told_nothing(self) -> None:
        expect(self.page.locator(".case-page > [data-trouble]")).to_be_hidden()

    def is_asked(self, text: str, answer: str) -> None:
        dialog = self.page.locator("[data-asking]")
        expect(dialog).to_contain_text(text)
        dialog.get_by_role("button", name=answer).click()
        expect(dialog).to_be_hidden()

    def said(self) -> list[str]:
        """What one of ours wrote, oldest first."""
        return self.page.locator(".entry.staff .words").all_inner_texts()

    @property
    def options(self):
        return self.page.locator("[data-picker] [role=option]")

    def opens_the_picker_by_key(self) -> None:
        self.box.focus()
        self.page.keyboard.press("/")
        expect(self.options.first).to_be_visible()

    def opens_the_picker(self) -> None:
        self.page.locator("[data-pick]").click()
        expect(self.options.first).to_be_visible()

    def offered(self) -> list[str]:
        return self.options.all_inner_texts()

    def picks(self, text: str) -> None:
        self.options.filter(has_text=text).click()
        expect(self.page.locator("[data-picker]")).to_be_hidden()

    def is_warned_of_a_draft(self, *, up: bool = True) -> None:
        expect(self.page.locator("[data-unreviewed]")).to_be_visible(visible=up)

    def pauses(self, hours: str) -> None:
        self.page.locator(".writing summary").click()
        self.page.locator("[data-pause]").get_by_role("button", name=hours).click()
        expect(self.page.locator("[data-writing-held]")).to_be_visible()

    def may_not_write_now(self) -> None:
        expect(self.page.locator("[data-not-now]")).to_be_visible()
        expect(self.page.locator("[data-send]")).to_be_disabled()

    def may_write_now(self) -> None:
        expect(self.page.locator("[data-send]")).to_be_enabled()
        expect(self.page.locator("[data-not-now]")).to_be_hidden()

    def sends_when_it_is_safe(self) -> None:
        self.page.locator("[data-send-safe]").click()
        expect(self.box).to_have_value("")

    def takes_back_the_last(self) -> None:
        self.page.locator("[data-withdraw]:visible").last.click()

    def sends_the_failed_one_again(self) -> None:
        self.page.locator("[data-again]:visible").click()
        self.is_asked("It did not reach the contact", "Yes, send again")

    def became(self, state: str) -> None:
        """What the last message became, as a word with a shape."""
        shown = self.page.locator(".entry.staff .delivery").last
        expect(shown).to_have_class(re.compile(rf"\b{state}\b"))
        assert shown.evaluate("node => getComputedStyle(node, '::before').content") not in (
            "none",
            "",
        )

    def looks_at(self, tab: str) -> None:
        self.page.locator(f".case-tabs [data-part={tab}]").click()

    def prints(self) -> dict[str, bool]:
        """What is on paper."""
        self.page.emulate_media(media="print")
        seen = {
            name: self.page.locator(f".{name}").is_visible()
            for name in ("summary", "talk", "reply")
        }
        self.page.emulate_media(media="screen")
        return seen
