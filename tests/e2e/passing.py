"""Passing a case on and telling of services, in the words of who does it."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.navigators import CasePage


class Passing(CasePage):
    """A case's page, as far as it goes to others."""

    @property
    def card(self):
        return self.page.locator("#handoff")

    def asks_whether_it_may_go_to(
        self, team: str, *, without: tuple[str, ...] = (), look: Callable[[], None] = lambda: None
    ) -> str:
        """Gives the very words that the page showed before it asked, after a `look` at it."""
        form = self._unfolds("To another organisation")
        form.locator("select").select_option(label=team)
        for part in without:
            form.get_by_label(part).uncheck()
        shown = form.locator("[data-words]")
        expect(shown).to_contain_text(team)
        expect(form.get_by_role("button", name="Ask the contact")).to_be_enabled()
        look()
        asked = shown.inner_text()
        form.get_by_role("button", name="Ask the contact").click()
        self.tells("asked the contact about")
        return asked

    def tells(self, text: str) -> None:
        expect(self.card).to_contain_text(text)

    def passes_it_on(self) -> None:
        self.card.get_by_role("button", name="Pass the case on").click()
        expect(self.page.locator("[data-reply]")).to_be_hidden()

    def lets_it_be(self) -> None:
        self.card.get_by_role("button", name="Let it be").click()
        expect(self.card.get_by_role("button", name="Let it be")).to_have_count(0)

    def passes_it_on_without_a_yes(self, team: str, reason: str) -> None:
        form = self._unfolds("Without the contact’s yes")
        form.locator("select").select_option(label=team)
        form.get_by_label(reason).check()
        form.get_by_label("I could not ask").check()
        form.get_by_role("button").click()
        expect(self.page.locator("[data-reply]")).to_be_hidden()

    def gives_it_back_to(self, team: str) -> None:
        form = self._unfolds("Back to the line")
        form.locator("select").select_option(label=team)
        form.get_by_role("button").click()

    def hands_it_to(self, colleague: str) -> None:
        form = self._unfolds("To a colleague")
        form.locator("select").select_option(label=colleague)
        form.get_by_role("button").click()
        expect(self.page.locator("[data-reply]")).to_be_hidden()

    def looks_for_a_service(self, **wanted: str) -> None:
        services = self.page.locator("#services")
        services.locator("summary").first.click()
        expect(services.locator("[data-find]")).to_be_visible()
        for name, value in wanted.items():
            services.locator(f"[name={name}]").select_option(value)

    def finds(self, name: str):
        found = self.page.locator("#services .service").filter(has_text=name)
        expect(found).to_be_visible()
        return found

    def tells_of(self, name: str, look: Callable[[], None]) -> str:
        """Sends a service that was found, after a `look` at it; gives the words that stood there."""
        found = self.finds(name)
        found.locator("summary").click()
        told = found.locator(".told").inner_text()
        look()
        found.get_by_role("button", name="Send it to the contact").click()
        expect(self.page.locator("#services [data-done]")).to_be_visible()
        return told

    def _unfolds(self, title: str):
        fold = self.card.locator("details").filter(has=self.page.locator("summary", has_text=title))
        fold.locator("summary").click()
        return fold.locator("form")
