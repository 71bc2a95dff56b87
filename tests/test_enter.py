"""Enter in a field presses the first submit button of its form: what it does must be what is meant.

Where the buttons of a form do different things, the first one is disabled, which makes Enter do
nothing, or is marked as the one that Enter means (``data-enter``, or a key that says so).
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client

from tests.routes import review_routes, samples
from tests.world import World, make_world

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
# Whatever a form library prints stands for fields of every kind.
PRINTED = re.compile(
    r"\{\{ (?:\w+\.)*(?:control|field|form) \}\}|\{\{.*crispy.*?\}\}|\{% crispy .*?%\}"
)
TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
COMMENT = re.compile(r"\{% comment %\}.*?\{% endcomment %\}", re.DOTALL)
INCLUDE = re.compile(r'\{% include "([^"]+)"[^%]*%\}')
# Files, not pages.
DOWNLOADS = {"reporting:report-download", "records:import-download"}
# Enter in these does not hand in the form.
SILENT = {"hidden", "button", "submit", "image", "reset", "file"}


@dataclass
class Form:
    """The fields from which Enter hands a form in, and its submit buttons in tree order."""

    fields: int = 0
    buttons: list[dict[str, str | None]] = field(default_factory=list)

    @property
    def surprises(self) -> bool:
        """Return whether Enter does one of several things, and not the one that is meant."""
        names = ("name", "value", "formaction", "hx-post")
        acts = {tuple(button.get(name) for name in names) for button in self.buttons}
        if not self.fields or len(acts) < 2:
            return False
        first = self.buttons[0]
        keys = (first.get("data-key") or "").split()
        return not ("disabled" in first or "data-enter" in first or "Enter" in keys)


class Forms(HTMLParser):
    """The forms of a page, with what belongs to them by its place or by its ``form``."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.by_id: dict[str, Form] = {}
        self.all: list[Form] = []
        self.current: Form | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.current = self._named(given.get("id") or "")
            self.all.append(self.current)
        owner = self._named(given["form"] or "") if "form" in given else self.current
        if owner is None:
            return
        kind = given.get("type") or ("submit" if tag == "button" else "text")
        if tag in {"button", "input"} and kind in {"submit", "image"}:
            owner.buttons.append(given)
        elif tag == "select" or (tag == "input" and kind not in SILENT):
            owner.fields += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.current = None

    def _named(self, uid: str) -> Form:
        return self.by_id.setdefault(uid, Form()) if uid else Form()


def surprising(html: str) -> list[Form]:
    """Return the forms of a page that Enter hands in by a button nobody meant."""
    return [form for form in Forms(html).all if form.surprises]


def all_branches(name: str) -> str:
    """Return a template with what it includes, all its branches at once."""
    text = COMMENT.sub("", (TEMPLATES / name).read_text(encoding="utf-8"))
    text = INCLUDE.sub(lambda found: all_branches(found[1]) if found[1] != name else "", text)
    return TAGS.sub("", PRINTED.sub("<input>", text))


WRONG = '<form><input name="why">{}<button name="a" value="1"></button>{}</form>'


@pytest.mark.parametrize(
    ("before", "after", "surprises"),
    [
        ("", "", False),
        ("", '<button name="a" value="2"></button>', True),
        ("", '<button formaction="/other"></button>', True),
        ("<button disabled hidden></button>", '<button name="a" value="2"></button>', False),
        ('<button data-enter name="a" value="2"></button>', "", False),
        ('<button name="a" value="2"></button>', "", True),
    ],
)
def test_the_rule_knows_a_form_that_enter_hands_in_by_the_wrong_button(before, after, surprises):
    assert bool(surprising(WRONG.format(before, after))) == surprises


@pytest.mark.parametrize(
    "name",
    [
        str(path.relative_to(TEMPLATES))
        for path in sorted(TEMPLATES.glob("**/*.html"))
        if not path.name.startswith("_") and "elements" not in path.parts
    ],
)
def test_enter_presses_no_button_that_was_not_meant_in_any_state_of_a_template(name):
    assert surprising(all_branches(name)) == []


@pytest.fixture
def world(db: None) -> World:
    """Return a review in the middle of everything."""
    return make_world()


@pytest.mark.parametrize("who", ["lead", "a", "adjudicator"])
def test_enter_presses_no_button_that_was_not_meant_on_any_page(who, world):
    member = getattr(world, who)
    known, slug = samples(world), world.lead.review.slug
    client = Client()
    client.force_login(member.user)
    seen = 0
    for route in review_routes():
        if route.capability not in member.capabilities or route.name in DOWNLOADS:
            continue
        answer = client.get(route.url(slug=slug, **known.get(route.name, {})))
        if answer.status_code != 200:
            continue
        html = answer.content.decode()
        seen += len(Forms(html).all)
        assert surprising(html) == [], route.name
    assert seen > 20
