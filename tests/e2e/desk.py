"""One person's form of extraction in a browser: what the tests of autosave do and look at."""

from playwright.sync_api import Locator, Page, expect

from extraction.models import Extraction, Value
from tests.extraction.factories import World
from tests.factories import PASSWORD

PARTS = ("text", "page", "quote")
LONGEST_DELAY = 0.4


class Desk:
    """One person with the form in one tab and another tab beside it."""

    def __init__(self, page: Page, world: World) -> None:
        self.page, self.world, self.user = page, world, world.first.user
        self.address = f"/reviews/{world.lead.review.slug}/extractions/{world.a.uid}/"
        self.beside = page.context.new_page()
        self.open()

    def open(self) -> None:
        self.page.goto(self.address)
        self.unfold()

    def unfold(self) -> None:
        self.page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")

    def control(self, key: str, part: str = "text") -> Locator:
        name = f"study-{key}" if part == "text" else f"study-{key}-{part}"
        return self.page.locator(f"[data-cell] [name='{name}']:not([type=hidden])")

    def status(self, key: str) -> Locator:
        return self.page.locator(f"#cell-study-{key} .cell-status")

    def reload_typing(self, key: str, texts: list[str]) -> None:
        """Load the form again and go on typing until it comes: each text after the last is stored.

        By a script: the driver would wait for the page that is on its way.
        """
        script = """([name, texts]) => {
            const field = document.querySelector(`[data-cell] [name="${name}"]`);
            const type = () => {
                if (!texts.length) return;
                field.value += texts.shift();
                field.dispatchEvent(new Event("input", { bubbles: true }));
            };
            document.addEventListener("autosave:saved", type);
            window.setTimeout(type, 1000);
            window.setTimeout(() => window.location.reload());
        }"""
        with self.page.expect_event("domcontentloaded"):
            self.page.evaluate(script, [f"study-{key}", texts])
        self.unfold()

    def sign_out(self) -> None:
        self.beside.goto("/accounts/logout/")
        self.beside.get_by_role("button", name="Log out").click()
        self.beside.wait_for_url(lambda url: "logout" not in url)

    def sign_in(self, tab: Page | None = None, email: str = "") -> None:
        tab = tab or self.beside
        if "/accounts/login/" not in tab.url:
            tab.goto("/accounts/login/")
        tab.locator("[name=login]").fill(email or self.user.email)
        tab.locator("[name=password]").fill(PASSWORD)
        tab.locator("[name=password]").press("Enter")
        tab.wait_for_url(lambda url: "login" not in url)
        # What a browser says when one comes back to a tab; without a screen all have the focus.
        if tab != self.page:
            self.page.evaluate("window.dispatchEvent(new Event('focus'))")

    def all_saved(self) -> None:
        expect(self.page.locator("#unsynced")).to_have_text("All saved", timeout=20_000)


def stored(copy: Extraction, key: str) -> tuple[str, str, str]:
    """Return what the database has of a cell: value, page and quote."""
    rows = Value.objects.current().filter(extraction=copy, key=key)
    return rows.values_list("text", "page", "quote").first() or ("", "", "")
