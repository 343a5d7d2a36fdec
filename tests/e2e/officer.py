"""What a campaign officer and whoever approves do at their pages, in their words."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.navigators import Staff


class CampaignOfficer:
    """Somebody of the staff at the campaign pages."""

    def __init__(self, person: Staff) -> None:
        self.person, self.page = person, person.page

    @property
    def url(self) -> str:
        return self.page.url

    def comes_to(self, campaign: str) -> None:
        self.page.goto("/campaigns")
        self.page.get_by_role("link", name=campaign).click()

    def imports(self, path: Path, source: str = "", day: str = "2026-02-01") -> dict[str, int]:
        """Gives how many rows were imported, bad and so on. `day` is when those agreed who do not say."""
        self.page.goto("/campaigns")
        self.page.get_by_role("link", name="Subscribers").click()
        self.page.locator("input[type=file]").set_input_files(path)
        self.page.locator("[name=source]").fill(source)
        self.page.locator("[name=date]").fill(day)
        self.page.get_by_role("button", name="Import", exact=True).click()
        expect(self.page.locator(".result")).to_be_visible()
        shown = self.page.locator("[data-report]").all()
        return {tile.get_attribute("data-report"): int(tile.inner_text()) for tile in shown}

    def bad_rows(self) -> list[str]:
        rows = self.page.locator(".result tbody tr").all()
        return [row.inner_text().replace("\t", " ") for row in rows]

    def downloads(self, name: str, role: str = "button") -> str:
        with self.page.expect_download() as download:
            self.page.get_by_role(role, name=name).click()
        return download.value.path().read_text(encoding="utf-8-sig")

    def drafts(self, name: str, **texts: str) -> None:
        self.page.goto("/campaigns")
        self.page.get_by_role("link", name="New campaign").click()
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_role("button", name="Create draft").click()
        for language, words in texts.items():
            self.writes(language, words)

    def writes(self, language: str, words: str, variant: str = "A") -> None:
        if variant == "B":
            self.unfolds(f".card[data-language={language}] .variant-b")
        self.page.locator(f"#{_field(language, variant)}").fill(words)

    def unfolds(self, selector: str) -> None:
        if self.page.locator(f"{selector}[open]").count() == 0:
            self.page.locator(f"{selector} > summary").click()

    def ticks(self, kind: str, *labels: str) -> None:
        """Choose whom it is for."""
        fold = self.page.locator(".pick").filter(has=self.page.locator(f"[name={kind}]"))
        fold.locator("summary").click()
        for label in labels:
            fold.get_by_label(label, exact=True).check()

    def sees_reach(self, number: str) -> None:
        expect(self.page.locator("[data-reached]")).to_have_text(number)

    def at_any_time(self) -> None:
        self.page.locator("[name=window_from]").fill("00:00")
        self.page.locator("[name=window_to]").fill("00:00")

    def sees_length(self, language: str, segments: str, encoding: str, variant: str = "A") -> None:
        size = self.page.locator(f"#{_size(language, variant)} .size")
        expect(size).to_contain_text(segments)
        expect(size).to_contain_text(encoding)

    def sees_preview(self, language: str, words: str) -> None:
        expect(self.page.locator(f"#size-{language} .bubble")).to_have_text(words)

    def sees_marked(self, language: str, *signs: str) -> None:
        expect(self.page.locator(f"#size-{language} mark")).to_have_text(list(signs))

    def writes_plainly(self, language: str) -> None:
        """Take the signs that are offered instead of typographic ones."""
        self.page.locator(f"#size-{language} [data-replace]").click()

    def puts_in(self, placeholder: str, language: str) -> None:
        field = self.page.locator(f"#text-{language}")
        field.focus()
        field.press("Control+End")
        self.page.locator(f"[data-insert='{{{placeholder}}}']").click()

    def saves(self) -> None:
        with self.page.expect_navigation():
            self.presses("Save draft")

    def confirms(self, *languages: str) -> None:
        """Whoever this is has read these texts, as they were saved."""
        for language in languages:
            card = self.page.locator(f".card[data-language={language}]")
            card.locator("[data-sign]").click()
            expect(card.locator(".read-by")).to_contain_text("Read and confirmed by")

    def tries_it(self, text: str, numbers: str) -> None:
        self.page.locator(".trial > summary").click()
        self.page.locator(".trial select").select_option(text)
        self.page.locator(".trial [name=numbers]").fill(numbers)
        self.presses("Send a test")
        expect(self.page.get_by_role("status").first).to_contain_text("on its way")

    def starts(self, campaign: str, supervisor: "CampaignOfficer", *languages: str) -> None:
        """Everything between a draft and its first message, by two people."""
        self.saves()
        self.confirms(*languages)
        self.submits()
        supervisor.comes_to(campaign)
        supervisor.presses("Approve")
        self.page.reload()
        self.presses("Start sending")

    def submits(self) -> None:
        self.presses("Save and submit for approval")
        self.sees_state("Waits for approval")

    def presses(self, label: str) -> None:
        self.page.get_by_role("button", name=label, exact=True).click()

    def may(self, label: str) -> bool:
        return self.page.get_by_role("button", name=label, exact=True).count() > 0

    def sees_state(self, state: str) -> None:
        expect(self.page.locator("h1 .state")).to_have_text(state, timeout=30_000)

    def sees_balance(self, **numbers: int) -> None:
        for name, n in numbers.items():
            cell = self.page.locator(f"[data-balance={name}]")
            expect(cell).to_have_text(str(n), timeout=30_000)


def _field(language: str, variant: str) -> str:
    return f"text-{language}" + ("-B" if variant == "B" else "")


def _size(language: str, variant: str) -> str:
    return _field(language, variant).replace("text-", "size-")


class CountsPage:
    def __init__(self, page: Page) -> None:
        self.page = page
        page.goto("/counts")
        expect(page.locator("canvas[data-drawn]")).to_be_attached()

    def total(self, event: str) -> int:
        return int(self.page.locator(f"[data-event={event}] strong").inner_text())

    def number(self, event: str, by: str, value: str) -> int:
        row = self.page.locator(f"[data-by={by}] [data-event={event}]")
        return int(row.locator(f"[data-value={value}]").inner_text())
