"""What somebody does to protect their account and their screen, in their words."""

import time

import pyotp
from playwright.sync_api import expect

from tests.e2e.keyholder import PASSPHRASE
from tests.e2e.navigators import OWN_PASSWORD

FACTOR = "/account/second-factor"


class Account:
    """One's own account, on a page that somebody is signed in on or signs in on."""

    def __init__(self, page):
        self.page = page

    def gets_a_device(self):
        """One that finds its owner's finger each time."""
        devtools = self.page.context.new_cdp_session(self.page)
        devtools.send("WebAuthn.enable")
        devtools.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )

    def sets_up_an_app(self):
        """Types the key by hand, as who cannot scan; the codes on paper are left on the screen."""
        self.page.goto(FACTOR)
        section = self.page.locator("[aria-labelledby=app-title]")
        section.locator("[name=password]").fill(OWN_PASSWORD)
        section.get_by_role("button", name="Set up the app").click()
        self.page.locator("summary", has_text="Type the key by hand").click()
        secret = self.page.locator(".fingerprint").inner_text().replace(" ", "")
        self.app = pyotp.TOTP(secret)
        self.page.get_by_label("Code that the app shows").fill(self.app.now())
        self.page.get_by_role("button", name="Keep it").click()

    def adds_a_passkey(self, name):
        self.page.goto(FACTOR)
        section = self.page.locator("[aria-labelledby=passkeys-title]")
        section.get_by_label("What you call it").fill(name)
        section.locator("form[data-passkey=make] [name=password]").fill(OWN_PASSWORD)
        section.get_by_role("button", name="Add a passkey").click()

    def has_codes_on_paper(self):
        expect(self.page.locator(".codes li")).to_have_count(10)
        return self.page.locator(".codes li").all_inner_texts()

    def gives_the_password(self, login):
        self.page.goto("/login")
        self.page.locator("[name=login]:visible").fill(login)
        self.page.locator("[name=password]").fill(OWN_PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        expect(self.page.get_by_role("heading", name="One more step")).to_be_visible()

    def gives_the_code(self, code=""):
        """The code of the half-minute that comes: this one's may have been used."""
        self.page.get_by_label("Code").fill(code or self.app.at(time.time() + 30))
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(lambda url: "/login" not in url)

    def signs_in_with_a_passkey(self):
        self.page.goto("/login")
        self.page.get_by_role("button", name="Sign in with a passkey").click()
        self.page.wait_for_url(lambda url: "/login" not in url)

    def sees(self, text):
        expect(self.page.locator("main")).to_contain_text(text)


class Screen:
    """A page that is covered and comes back."""

    def __init__(self, page):
        self.page = page

    def is_hidden_by_the_triple_key(self):
        for _ in range(3):
            self.page.keyboard.press("Escape")
        self.is_covered()

    def is_covered(self):
        expect(self.page.locator("#lock-screen")).to_be_visible()
        expect(self.page).to_have_title("Locked")
        expect(self.page.locator("header.top")).to_have_count(0)

    def is_back(self):
        expect(self.page.locator("#lock-screen")).to_have_count(0)

    def shows_nothing_of(self, *words):
        """Neither on the screen nor in what is behind it, nor in a field."""
        behind = self.page.content() + self.page.evaluate(
            "() => [...document.querySelectorAll('*')].map((part) => part.value ?? '').join()"
        )
        assert not [word for word in words if word in behind]

    def opens_with_the_passphrase(self, passphrase=PASSPHRASE):
        self.page.get_by_label("Passphrase").fill(passphrase)
        self.page.locator("[data-unlock=passphrase] button").click()

    def opens_with_the_password(self, password=OWN_PASSWORD):
        form = self.page.locator("[data-password-instead]")
        if not form.get_attribute("open") and not form.locator("form").is_visible():
            form.locator("summary").click()
        form.locator("[name=password]").fill(password)
        form.get_by_role("button").click()

    def has_a_network_again(self):
        self.page.context.set_offline(False)
        expect(self.page.locator("#case [data-trouble]").first).to_be_hidden()

    def says(self, text):
        expect(self.page.locator("main.middle")).to_contain_text(text)
