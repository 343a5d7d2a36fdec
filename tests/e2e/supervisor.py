"""What supervisors, newcomers and auditors do at their pages, in their words."""

from playwright.sync_api import Page, expect

from tests.e2e.navigators import OWN_PASSWORD, Staff


class Supervisor(Staff):
    """Somebody who invites and looks after people."""

    def invites(self, name: str, role: str, team: str = "") -> str:
        """Gives the link."""
        page = self.page
        page.goto("/people")
        page.get_by_role("link", name="Invite somebody").click()
        page.get_by_label("Name").fill(name)
        page.get_by_label("Role").select_option(label=role)
        if team:
            page.get_by_label("Their team").select_option(label=team)
        page.get_by_role("button", name="Make the link").click()
        link = page.get_by_label("Link").input_value()
        expect(page.locator(".qr")).to_be_visible()
        page.goto("/people")
        expect(page.locator("[aria-labelledby=pending-title]")).to_contain_text(name)
        return link

    def adds_team(self, label: str, name: str) -> None:
        page = self.page
        page.goto("/people")
        page.locator("summary", has_text="Add a partner’s team").click()
        page.get_by_label("What colleagues call it").fill(label)
        page.get_by_label("Short name").fill(name)
        page.get_by_role("button", name="Add a partner’s team").click()
        expect(page.locator(".teams-list")).to_contain_text(label)

    def shuts_out(self, name: str) -> None:
        page = self.page
        page.goto("/people")
        page.get_by_role("link", name=name, exact=True).click()
        page.locator("summary", has_text="Shut out").click()
        page.get_by_role("button", name="Shut them out now").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("cannot sign in any more")

    def has_nobody_to_let_in(self) -> None:
        self.page.goto("/desk/keys")
        self.is_unlocked()
        expect(self.page.locator(".team").first).to_be_visible()
        expect(self.page.locator("[data-part=people]")).to_be_hidden()

    def asks_of_a_role(self) -> list[str]:
        """What the form asks for the role that is chosen, by the names of its fields."""
        return self.page.locator(".standing [name]:visible").evaluate_all(
            "fields => [...new Set(fields.map((field) => field.name))]"
        )


class Newcomer(Staff):
    """Somebody with a link in their hands."""

    def __init__(self, page: Page) -> None:
        super().__init__(page, "", "")

    def opens_the_link(self, link: str) -> None:
        self.page.goto(link)
        expect(self.page.get_by_role("heading", level=1)).to_contain_text("Welcome")
        # Who sits here next finds no link in the history.
        assert "#" not in self.page.url

    def joins(self, login: str) -> None:
        page = self.page
        page.locator("[name=login]:visible").fill(login)
        page.locator("[name=new]").fill(OWN_PASSWORD)
        page.locator("[name=again]").fill(OWN_PASSWORD)
        page.get_by_role("button", name="Join").click()
        self.login = login

    def is_led_to_making_a_key(self) -> None:
        self.page.wait_for_url("**/desk/keys")
        expect(self.page.get_by_role("heading", name="Make your key")).to_be_visible()

    def teams_on_the_page_of_keys(self) -> list[str]:
        self.page.goto("/desk/keys")
        self.is_unlocked()
        expect(self.page.locator(".team").first).to_be_visible()
        return self.page.locator(".team h3").all_inner_texts()
