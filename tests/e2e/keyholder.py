"""What the staff do with keys, in their words."""

from contextlib import contextmanager

from playwright.sync_api import expect

PASSPHRASE = "seven quiet boats cross the bay"


class Keyholder:
    """Somebody of the staff, as far as keys are concerned; tells their page by `self.page`."""

    page = None

    def makes_a_key(self, passphrase: str = PASSPHRASE) -> None:
        """From the card that says that there is none."""
        came_from = self.page.url
        self.page.goto("/desk/keys")
        self._fills_in(self.page.locator("[aria-labelledby=make-title]"), passphrase)
        self.is_unlocked()
        self.page.goto(came_from)

    def starts_again(self, passphrase: str = PASSPHRASE) -> None:
        """A new key, in place of one whose passphrase is forgotten."""
        self.page.goto("/desk/keys")
        with self._section("My key", "mine-title") as section:
            self._unfolds(section, "Start again")
            self._fills_in(section.locator("details[open]"), passphrase)
        expect(self.page.locator("[data-key-state=shut_out]").first).to_be_visible()

    def sees_before_starting_again(self, text: str) -> None:
        self.page.goto("/desk/keys")
        with self._section("My key", "mine-title") as section:
            self._unfolds(section, "Start again")
            expect(section.locator("[data-safety]")).to_contain_text(text)

    def is_suggested_a_passphrase(self) -> str:
        if not self.page.url.endswith("/desk/keys"):
            self.page.goto("/desk/keys")
        place = self.page.locator("[aria-labelledby=make-title] [data-suggest]")
        place.get_by_role("button").click()
        return place.locator("output").inner_text()

    def unlocks(self, passphrase: str = PASSPHRASE) -> None:
        self.tries_to_unlock(passphrase)
        self.has_no("locked")

    def tries_to_unlock(self, passphrase: str) -> None:
        self.page.locator("#key [name=passphrase]").fill(passphrase)
        self.page.locator("#key form button").click()

    def is_told(self, text: str) -> None:
        expect(self.page.locator("#key")).to_contain_text(text)

    def is_warned(self, name: str) -> None:
        """A key is not the one that was made."""
        warning = self.page.locator("#key [data-key-state=swapped]")
        expect(warning).to_be_visible()
        expect(warning).to_contain_text(name)

    def locks(self) -> None:
        self.page.locator("#lock").click()
        self.is_locked()

    def is_locked(self) -> None:
        expect(self.page.locator("#key [data-key-state=locked]")).to_be_visible()

    def is_unlocked(self) -> None:
        expect(self.page.locator("#lock")).to_be_visible()

    def waits_to_be_let_in(self) -> None:
        expect(self.page.locator("#key [data-key-state=shut_out]")).to_be_visible()

    def has_no(self, state: str) -> None:
        expect(self.page.locator(f"#key [data-key-state={state}]")).to_be_hidden()

    def number_of_own_key(self) -> str:
        self.page.goto("/desk/keys")
        shown = self.page.locator("[data-own-fingerprint]")
        expect(shown).not_to_be_empty()
        return shown.inner_text()

    def lets_in(self, name: str, number: str = "") -> None:
        """To every team. Compares the number that was read out, when one was."""
        row = self._compares(name, number, "Let in")
        row.get_by_role("button", name="let in").click()
        expect(row).to_have_count(0)

    def makes_an_escrow(self, needed: int) -> None:
        """Of every team's key, with every supervisor who has a key."""
        self.page.goto("/desk/keys")
        with self._section("Make an escrow", "escrow-title") as section:
            section.get_by_label("How many are needed").select_option(str(needed))
            section.get_by_role("button", name="Make the escrow").click()
            expect(section.locator("[data-done]")).to_be_visible()

    def gives_a_share_to(self, name: str, number: str) -> None:
        row = self._compares(name, number, "Give my share")
        row.get_by_role("button", name="give my share").click()
        expect(row.locator("[data-done]")).to_be_visible()

    def recovers(self, team: str = "General team") -> None:
        self.page.goto("/desk/keys")
        card = self._team(team)
        card.get_by_role("button", name="Put the key together").click()
        expect(card.locator(".who")).to_contain_text("you")

    def renews(self, team: str = "General team") -> None:
        self.page.goto("/desk/keys")
        card = self._team(team)
        self._unfolds(card, "Renew the key")
        card.get_by_role("button", name="Renew the key").click()

    def changes_the_passphrase(self, passphrase: str, current: str = PASSPHRASE) -> None:
        self.page.goto("/desk/keys")
        with self._section("My key", "mine-title") as section:
            self._unfolds(section, "New passphrase")
            place = section.locator("details[open]")
            place.locator("[name=current]").fill(current)
            place.locator("[name=passphrase]").fill(passphrase)
            place.locator("[name=again]").fill(passphrase)
            place.get_by_role("button", name="Change the passphrase").click()
            expect(place.locator("[data-done]")).to_be_visible()

    def makes_the_key_of(self, team: str) -> None:
        self.page.goto("/desk/keys")
        self._team(team).get_by_role("button", name="Make this team’s key").click()
        self.sees_of_team("held by: \u2068you\u2069", team)

    def sees_of_team(self, text: str, team: str = "General team") -> None:
        expect(self._team(team)).to_contain_text(text)

    def kept_in_browser(self) -> str:
        """Everything that this browser keeps for our pages."""
        script = "() => JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie])"
        return self.page.evaluate(script)

    @contextmanager
    def _section(self, title: str, title_id: str):
        section = self.page.locator(f"[aria-labelledby={title_id}]")
        expect(section.get_by_role("heading", name=title, exact=True)).to_be_visible()
        yield section

    def _team(self, name: str):
        return self.page.locator(".team").filter(
            has=self.page.get_by_role("heading", name=name, exact=True)
        )

    def _fills_in(self, place, passphrase: str) -> None:
        place.locator("[name=passphrase]").fill(passphrase)
        place.locator("[name=again]").fill(passphrase)
        place.locator("[name=understood]").check()
        place.locator("form button:not([type=button])").click()

    def _compares(self, name: str, number: str, what: str):
        """The row of a colleague, unfolded."""
        self.page.goto("/desk/keys")
        rows = self.page.locator("[data-place=people] > details")
        row = rows.filter(has=self.page.locator("summary", has_text=f"{name} {what}"))
        row.locator("summary").click()
        if number:
            expect(row.locator(".fingerprint")).to_have_text(number)
        return row

    def _unfolds(self, place, title: str) -> None:
        summary = place.locator("summary").filter(has_text=title)
        summary.click()
