"""What people do at the rota and the supervisor's page, in their words."""

from playwright.sync_api import expect


class RotaPage:
    """The rota, as somebody has it before them."""

    def __init__(self, page):
        self.page = page

    def open(self):
        self.page.goto("/rota")

    def puts(self, who, starts, ends, *, kind="On duty", days=(0, 1, 2, 3, 4, 5, 6)):
        """Puts weekly shifts on, by keyboard and pointer."""
        fold = self.page.locator("details", has=self.page.get_by_text("Add shifts", exact=True))
        if not fold.evaluate("node => node.open"):
            fold.locator("> summary").click()
        form = fold.locator("form")
        form.locator("[name=staff]").select_option(label=who)
        form.locator("[name=kind]").select_option(label=kind)
        form.locator("[name=starts]").fill(starts)
        form.locator("[name=ends]").fill(ends)
        for day in days:
            form.locator(f"[name=weekday][value='{day}']").check()
        form.get_by_role("button").click()
        self.page.wait_for_load_state()

    def says_now(self, text):
        expect(self.page.locator(".now")).to_contain_text(text)

    def shows(self, text):
        expect(self.page.locator(".week")).to_contain_text(text)

    def takes_a_break(self):
        self.page.get_by_role("main").get_by_role("button", name="Take a break").click()

    def is_too_wide(self):
        return self.page.evaluate("document.scrollingElement.scrollWidth > innerWidth")


class WatchPage:
    """The supervisor's page."""

    def __init__(self, page):
        self.page = page

    def open(self):
        self.page.goto("/watch")

    def sees_waiting(self, number):
        expect(self.page.locator(".waits > li")).to_have_count(number)

    def sees_load(self, name, text):
        expect(self.page.get_by_role("row").filter(has_text=name)).to_contain_text(text)
