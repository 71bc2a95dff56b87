"""Figures in a real browser: widths of words, themes, narrow pages, paper, and the PNG."""

import base64
import io
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from PIL import Image
from playwright.sync_api import expect

from reporting.definitions import Column, Drawing, ReportDefinition
from reporting.figures.png import FONTS
from reporting.figures.shapes import Figure, Opens, Path, Rect, Words
from reporting.figures.svg import svg
from reporting.figures.widths import text_width
from reporting.templatetags.figures import figure as figure_of_a_page

SAMPLES = (
    "Records identified from databases and registers",
    "Reports not retrieved (n = 1,284)",
    "Mean change 32.6 (25.3 to 39.9)",
    "Aldermoor 2019, cohort A: 15 of 34",
    "0123456789",
    "−3.5 to −0.4; p ≤ 0.05; ≥ 24 months; ±12 × 2 = 24",
    "Kåre Ødegård, Łukasz Müller, François Señor, Željko Čapek",
    "ΔmHHS, α, β, δ, μ, σ, χ² and τ",
    "WWW MMM iii lll",
)
MEASURE = """async ([files, texts]) => {
  for (const [weight, file] of Object.entries(files)) {
    const face = new FontFace("Shipped", `url(data:font/ttf;base64,${file})`, { weight });
    document.fonts.add(await face.load());
  }
  const drawing = document.querySelector("svg");
  return texts.map(([text, weight]) => {
    const words = document.createElementNS("http://www.w3.org/2000/svg", "text");
    words.setAttribute("font-family", "Shipped");
    words.setAttribute("font-weight", weight);
    words.setAttribute("font-size", "13");
    words.textContent = text;
    drawing.append(words);
    return words.getBBox().width;
  });
}"""


def flow() -> Figure:
    """Return two boxes and an arrow, with one number that opens."""
    opens = Opens(row="records", column="n", name="Records screened")
    return Figure(
        title="Flow of records",
        description="973 records were screened.",
        width=800,
        height=300,
        shapes=[
            Rect(x=20, y=20, width=300, height=60, fill="accent-soft", stroke="edge", radius=4),
            Words(x=32, y=55, text="Screened", bold=True),
            Words(x=308, y=55, text="973", anchor="end", opens=opens),
            Path(points=[(170, 80), (170, 200)], arrow=True),
            Rect(x=20, y=200, width=760, height=60, stroke="rule"),
            Words(x=700, y=235, text="The right end", fill="muted", anchor="end"),
        ],
    )


@pytest.fixture
def figure_page(sign_in, live_server, world):
    """Return a function that opens a page of the product with the figure in place of its text."""
    definition = ReportDefinition(
        slug="flow-of-records",
        title="Flow",
        columns=(Column(key="n", heading="Records"),),
        rows=lambda _: iter(()),
        figure=Drawing(draw=lambda snapshot, part: flow()),
    )
    snapshot = SimpleNamespace(review=world.lead.review)
    said = figure_of_a_page(definition, snapshot, "/results/flow-of-records/")
    content = render_to_string("reporting/_figure.html", said)

    def open_page(width: int = 1280, *, theme: str = "light", svg_file: str | None = None):
        page = sign_in(world.lead.user, width=width)
        page.emulate_media(color_scheme=theme)
        body = svg(flow()) if svg_file is None else svg_file
        page.route(
            "**/results/flow-of-records/download/**",
            lambda route: route.fulfill(body=body, content_type="image/svg+xml"),
        )
        page.goto(f"/reviews/{world.lead.review.slug}/results/")
        page.evaluate(
            """(content) => {
              document.querySelector("main").innerHTML = `<h1>Flow</h1>${content}`;
              const sheet = document.createElement("link");
              sheet.rel = "stylesheet";
              sheet.href = "/static/css/reporting.css";
              const script = document.createElement("script");
              script.src = "/static/js/figure-png.js";
              document.head.append(sheet, script);
            }""",
            content,
        )
        expect(page.get_by_role("button", name="PNG")).to_be_visible()
        return page

    return open_page


def painted(page, selector: str, what: str = "fill") -> str:
    """Return the colour that an element is painted with."""
    script = "([selector, what]) => getComputedStyle(document.querySelector(selector))[what]"
    return page.evaluate(script, [f"main .figure {selector}", what])


def test_words_are_as_wide_as_the_table_says(page):
    files = {
        weight: base64.b64encode((FONTS / f"{name}.ttf").read_bytes()).decode()
        for weight, name in (("400", "DejaVuSans"), ("700", "DejaVuSans-Bold"))
    }
    texts = [(text, weight) for text in SAMPLES for weight in files]
    page.set_content("<svg></svg>")

    widths = page.evaluate(MEASURE, [files, texts])

    for (text, weight), width in zip(texts, widths, strict=True):
        said = text_width(text, 13, bold=weight == "700")
        assert width == pytest.approx(said, rel=0.02), (text, weight)


def test_a_figure_takes_the_colours_of_the_theme_and_of_paper(figure_page, accessible):
    page = figure_page()

    assert painted(page, "text") == "rgb(28, 33, 38)"
    assert painted(page, "rect") == "rgb(255, 255, 255)"
    assert painted(page, "polyline", "stroke") == "rgb(118, 127, 136)"
    accessible(page)
    page.emulate_media(color_scheme="dark")
    assert painted(page, "text") == "rgb(232, 230, 225)"
    assert painted(page, "rect") == "rgb(26, 30, 35)"
    assert painted(page, "polyline", "stroke") == "rgb(125, 135, 146)"
    accessible(page)
    page.emulate_media(media="print")
    assert painted(page, "text") == "rgb(0, 0, 0)"
    assert painted(page, "rect") == "rgb(255, 255, 255)"


def test_a_number_of_a_figure_is_a_link_that_the_keyboard_reaches(figure_page):
    page = figure_page()
    link = page.get_by_role("link", name="973, Records screened")
    expect(link).to_have_attribute("href", "/results/flow-of-records/cells/records/n/")
    assert "dotted" in painted(page, "a text", "textDecorationLine") + painted(
        page, "a text", "textDecorationStyle"
    )

    page.locator("main").focus()
    page.keyboard.press("Tab")

    expect(link).to_be_focused()


@pytest.mark.parametrize(
    ("width", "drawn"), [(320, False), (480, False), (700, True), (1280, True)]
)
def test_a_figure_never_widens_the_page_and_gives_way_to_its_list(figure_page, width, drawn):
    page = figure_page(width)
    drawing, numbers = page.locator(".figure > svg"), page.locator(".figure-list")

    expect(drawing).to_be_visible(visible=drawn)
    expect(numbers).to_be_visible(visible=not drawn)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(media="print")
    expect(drawing).to_be_visible()
    expect(numbers).to_be_hidden()
    inner = page.evaluate("document.querySelector('.figure').clientWidth")
    assert drawing.bounding_box()["width"] == pytest.approx(min(inner, 800), abs=1)


def test_the_list_says_each_number_with_its_name(figure_page, accessible):
    page = figure_page(320)

    expect(page.locator(".figure-list li")).to_have_text("Records screened 973")
    accessible(page)


def test_the_browser_makes_a_png_of_three_dots_a_pixel(figure_page, world):
    page = figure_page()
    button = page.get_by_role("button", name="PNG")

    with page.expect_download() as download:
        button.press("Enter")

    assert download.value.suggested_filename == f"{world.lead.review.slug}-flow-of-records.png"
    picture = Image.open(io.BytesIO(download.value.path().read_bytes()))
    assert picture.size == (2400, 900)
    assert picture.convert("RGB").getpixel((600, 100)) == (0xE3, 0xF0, 0xF3)
    assert picture.convert("RGB").getpixel((510, 450)) == (0x76, 0x7F, 0x88)
    expect(page.locator(".figure [role=status]")).to_have_text("PNG saved.")


def test_a_png_that_cannot_be_made_is_said(figure_page):
    page = figure_page(svg_file="this is no drawing")
    button = page.get_by_role("button", name="PNG")

    button.click()

    expect(page.locator(".figure [role=status]")).to_contain_text("could not be made")
    expect(button).not_to_have_attribute("aria-disabled", "true")
