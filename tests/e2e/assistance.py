"""The form of assistance, in the words of who fills it in."""

import re

from playwright.sync_api import expect

from tests.e2e.navigators import Staff


class AssistancePage:
    def __init__(self, somebody: Staff, case: str = "") -> None:
        self.page = somebody.page
        if case:
            self.page.goto(f"{case}/assistance")

    def is_open(self) -> "AssistancePage":
        expect(self.page.locator("[data-sheet]")).to_be_visible()
        return self

    def unfolds(self, title: str) -> None:
        section = self.page.locator("[data-section]").filter(
            has=self.page.get_by_role("heading", name=title, exact=True)
        )
        if section.get_attribute("open") is None:
            section.locator("summary").click()

    def unfolds_everything(self) -> None:
        self.page.evaluate(
            "for (const each of document.querySelectorAll('[data-section]')) each.open = true"
        )

    def question(self, name: str):
        """By its short id."""
        return self.page.locator(f"[data-question={name}]")

    def presses(self, name: str, answer: str) -> None:
        """A button to choose, or one that says why there is no answer."""
        self.question(name).locator("label", has_text=answer).first.click()

    def chooses(self, name: str, answer: str, at: int = 0) -> None:
        """From a list that opens."""
        self.question(name).locator("select").nth(at).select_option(label=answer)

    def writes(self, name: str, text: str) -> None:
        self.question(name).locator("textarea, input[type=number]").fill(text)

    def answers(self, name: str) -> list[str]:
        """What is chosen and is the caseworker's own or confirmed."""
        ticked = self.question(name).locator(
            "label:not(.from-chat):has(:checked:not([value=''])) span"
        )
        return ticked.all_inner_texts()

    def from_chat(self, name: str) -> list[str]:
        return self.question(name).locator("label.from-chat span").all_inner_texts()

    def chosen(self, name: str) -> str:
        return (
            self.question(name)
            .locator("select")
            .first.evaluate("select => select.selectedOptions[0].textContent")
        )

    def text(self, name: str) -> str:
        return self.question(name).locator("textarea, input[type=number]").input_value()

    def marks_unverified(self, name: str, *, up: bool = True) -> None:
        expect(self.question(name).locator("[data-unverified]")).to_be_visible(visible=up)

    def confirms(self, name: str) -> None:
        self.question(name).locator("[data-confirm]").click()

    def leaves_out(self, name: str) -> None:
        self.question(name).locator("[data-leave-out]").click()

    def is_saved(self, by: str = "") -> None:
        expect(self.page.locator("[data-saved]")).to_have_text(
            re.compile(rf"^Saved by {by}.*, \d\d:\d\d$")
        )

    def is_not_saved(self, why: str) -> None:
        expect(self.page.locator("#assistance > [data-trouble]")).to_contain_text(why)

    def progress(self, title: str) -> str:
        section = self.page.locator("[data-section]").filter(
            has=self.page.get_by_role("heading", name=title, exact=True)
        )
        return section.locator("[data-progress]").inner_text()

    def is_told(self, text: str) -> None:
        expect(self.page.locator("[data-news]")).to_contain_text(text)

    def sees_both(self, name: str, *answers: str) -> None:
        rivals = self.question(name).locator("[data-both] li > bdi:first-child")
        expect(rivals).to_have_text(list(answers))

    def keeps(self, name: str, answer: str) -> None:
        row = self.question(name).locator("[data-both] li", has_text=answer)
        row.get_by_role("button").click()
        expect(self.question(name).locator("[data-both]")).to_be_hidden()

    def loses_connection(self) -> None:
        self.page.context.set_offline(True)

    def is_connected_again(self) -> None:
        self.page.context.set_offline(False)
