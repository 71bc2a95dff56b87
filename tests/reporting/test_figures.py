"""Figures as files: what is drawn, where it stands, and that no word of a review can break it."""

import io
import re
import subprocess
import sys
from pathlib import Path as File
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageFont

from reporting.definitions import Column, Drawing, ReportDefinition
from reporting.figures import png as pictures
from reporting.figures.lines import dashes, shaft_and_head
from reporting.figures.palette import LIGHT
from reporting.figures.png import FONTS, png
from reporting.figures.shapes import Disc, Figure, Opens, Path, Rect, Words
from reporting.figures.svg import svg
from reporting.figures.widths import text_width, wrapped
from reporting.renderers import RENDERERS
from reporting.snapshot import take_snapshot
from reporting.templatetags.figures import figure as figure_of_a_page
from reviews.services import update_settings

ROOT = File(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert('1')</script> & \"]]>\" \x00\x0b\x1b \ud800 \ufffe <b onload=x"
AS_XML_HOLDS_IT = "<script>alert('1')</script> & \"]]>\" <b onload=x"


def drawing_of(*shapes, title="Title", description="Words.", width=200.0, height=100.0) -> Figure:
    return Figure(title=title, description=description, width=width, height=height, shapes=shapes)


def every_shape() -> Figure:
    opens = Opens(row="a/b", column="n", name="Records screened")
    return drawing_of(
        Rect(x=10, y=10, width=80, height=40.126, fill="ground", stroke="edge", radius=4),
        Disc(x=150, y=30, radius=8, fill="accent"),
        Path(points=[(50, 50.1234), (50, 80)], arrow=True),
        Path(points=[(110, 5), (110, 95)], dashed=True),
        Path(points=[(130, 60), (140, 80), (120, 80)], fill="include", closed=True),
        Words(x=20, y=30, text="Screened", bold=True),
        Words(x=85, y=30, text="973", anchor="end", opens=opens),
        Words(x=190, y=50, text="turned", turned=True, anchor="middle", fill="muted"),
    )


def root_of(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def rgb(role: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(LIGHT[role][1:]))


def inked(picture: Image.Image) -> tuple[int, int, int, int] | None:
    """Return the box of everything that is not white."""
    return picture.convert("L").point(lambda light: 255 if light < 250 else 0).getbbox()


def report(draw, **fields) -> ReportDefinition:
    return ReportDefinition(
        slug="drawn",
        title="Drawn",
        columns=(Column(key="text", heading="Text"),),
        rows=lambda _: iter(()),
        formats=("csv", "svg", "png"),
        figure=Drawing(draw=draw),
        **fields,
    )


def test_the_colours_of_files_are_the_tokens_of_the_light_theme():
    text = (ROOT / "static/css/app.css").read_text(encoding="utf-8")
    tokens = dict(re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}),", text))
    tokens.pop("on-accent")

    assert tokens == LIGHT


def test_every_role_has_a_class_that_the_page_paints():
    css = (ROOT / "static/css/reporting.css").read_text(encoding="utf-8")

    for role in LIGHT:
        for attribute in ("fill", "stroke"):
            rule = f".figure .{attribute}-{role} {{ {attribute}: var(--{role}); }}"
            assert rule in css


def test_no_word_of_a_review_leaves_its_place_in_the_file():
    opens = Opens(row="r", column="c", name=HOSTILE)
    words = Words(x=0, y=10, text=HOSTILE, opens=opens)
    drawn = drawing_of(words, title=HOSTILE, description=HOSTILE)

    root = root_of(svg(drawn, address=lambda _: '/a?b=1&c="><x>', name="one"))

    tags = [element.tag.removeprefix(SVG) for element in root.iter()]
    assert tags == ["svg", "title", "desc", "rect", "a", "text"]
    for tag in ("title", "desc", "a/" + SVG + "text"):
        assert root.find(SVG + tag).text == AS_XML_HOLDS_IT
    link = root.find(SVG + "a")
    assert link.attrib == {
        "href": '/a?b=1&c="><x>',
        "aria-label": f"{AS_XML_HOLDS_IT}, {AS_XML_HOLDS_IT}",
    }


def test_the_file_holds_no_style_and_no_long_number():
    text = svg(every_shape(), address=lambda _: "/cell/")

    assert "style" not in text
    assert not re.search(r"\.[0-9]{3}", text)
    assert 'height="40.13"' in text
    assert "-0 " not in svg(drawing_of(Path(points=[(-0.001, 0), (1, 1)])))


def test_every_colour_is_an_attribute_and_a_class_of_its_role():
    root = root_of(svg(every_shape()))

    painted = 0
    for element in root.iter():
        for attribute in ("fill", "stroke"):
            colour = element.get(attribute)
            if colour not in (None, "none"):
                role = next(key for key, value in LIGHT.items() if value == colour)
                assert f"{attribute}-{role}" in element.get("class").split()
                painted += 1
    assert painted == 12


def test_a_drawing_is_an_image_with_a_name_and_a_description():
    root = root_of(svg(every_shape(), name="flow"))

    assert root.get("role") == "img"
    assert root.get("viewBox") == "0 0 200 100"
    assert root.get("aria-labelledby") == root.find(SVG + "title").get("id") == "flow-title"
    assert root.get("aria-describedby") == root.find(SVG + "desc").get("id") == "flow-desc"
    assert root.find(SVG + "a") is None
    assert root.find(f".//{SVG}text[@text-decoration]") is None


def test_links_are_no_part_of_an_image_and_say_their_number_and_its_name():
    root = root_of(svg(every_shape(), address=lambda opens: f"/{opens.row}"))

    assert root.get("role") == "group"
    link = root.find(SVG + "a")
    assert link.get("aria-label") == "973, Records screened"
    assert link.find(SVG + "text").get("text-decoration") == "underline dotted"


def test_a_drawing_in_which_nothing_opens_stays_an_image_on_a_page():
    assert root_of(svg(drawing_of(), address=lambda _: "/")).get("role") == "img"


@pytest.mark.parametrize(
    ("points", "base"),
    [
        ([(10, 10), (10, 50)], (10, 43)),
        ([(10, 50), (60, 50)], (53, 50)),
        ([(0, 0), (30, 0), (30, 40), (30, 40)], (30, 33)),
        ([(5, 5), (5, 8)], (5, 5)),
    ],
)
def test_an_arrow_ends_at_the_point_and_its_line_before(points, base):
    shaft, head = shaft_and_head(Path(points=points, arrow=True))

    tip, left, right = head
    assert tip == points[-1]
    assert shaft[-1] == pytest.approx(base)
    middle = ((left[0] + right[0]) / 2, (left[1] + right[1]) / 2)
    assert middle == pytest.approx(base)


def test_only_a_line_with_a_length_has_a_head():
    triangle = [(0, 0), (9, 0), (5, 9)]

    assert shaft_and_head(Path(points=triangle)) == (triangle, [])
    assert shaft_and_head(Path(points=triangle, arrow=True, closed=True)) == (triangle, [])
    assert shaft_and_head(Path(points=[(1, 1), (1, 1)], arrow=True))[1] == []


def test_dashes_run_on_around_a_corner():
    assert dashes([(0, 0), (6, 0), (6, 9)]) == [
        ((0, 0), (4, 0)),
        ((6, 1), (6, 5)),
        ((6, 8), (6, 9)),
    ]


def test_a_picture_has_three_dots_a_pixel_and_says_its_size():
    picture = Image.open(io.BytesIO(png(every_shape())))

    assert picture.size == (600, 300)
    assert picture.info["dpi"] == pytest.approx((288, 288), abs=0.1)
    assert set(picture.info) == {"dpi"}


def test_the_same_shapes_give_the_same_bytes():
    assert png(every_shape()) == png(every_shape())
    assert svg(every_shape()) == svg(every_shape())


def test_a_picture_too_large_is_drawn_at_a_smaller_scale(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_DOTS", 200 * 100 * 4)

    picture = Image.open(io.BytesIO(png(every_shape())))

    assert picture.size == (400, 200)
    assert picture.info["dpi"] == pytest.approx((192, 192), abs=0.1)


def test_shapes_stand_in_the_picture_where_the_figure_has_them():
    picture = opened(png(every_shape()))

    def at(x: float, y: float) -> tuple[int, ...]:
        return picture.getpixel((round(x * 3), round(y * 3)))

    white = rgb("paper")
    assert at(150, 30) == rgb("accent")
    assert at(150, 21) == at(159, 30) == white
    assert at(15, 45) == rgb("ground")
    assert at(10, 30) == rgb("edge")
    assert at(10, 10) == white, "the corner is round"
    assert at(50, 60) == rgb("edge")
    assert at(50, 80.5) == white, "the arrow ends at its point"
    assert at(50, 78.5) != white
    assert at(130, 75) == rgb("include")
    assert at(130, 58) == white


def test_a_dashed_line_has_gaps_in_the_picture():
    picture = opened(png(every_shape()))
    column = [picture.getpixel((330, 15 + y)) == rgb("edge") for y in range(270)]

    assert column[4] is True
    assert column[16] is False
    assert sum(column) / len(column) == pytest.approx(4 / 7, abs=0.03)


@pytest.mark.parametrize(("anchor", "left"), [("start", 100.0), ("middle", 75.0), ("end", 50.0)])
def test_words_stand_at_their_anchor_in_the_picture(anchor, left):
    text = "m" * 6
    size = 50 / text_width(text, 1)
    picture = opened(png(drawing_of(Words(x=100, y=50, text=text, size=size, anchor=anchor))))

    box = inked(picture)

    assert box[0] / 3 == pytest.approx(left, abs=1.5)
    assert box[2] / 3 == pytest.approx(left + 50, abs=1.5)
    assert box[3] / 3 == pytest.approx(50, abs=0.7)


@pytest.mark.parametrize(("anchor", "bottom"), [("start", 50.0), ("middle", 75.0), ("end", 100.0)])
def test_turned_words_run_upwards_from_their_anchor(anchor, bottom):
    text = "m" * 6
    size = 50 / text_width(text, 1)
    words = Words(x=100, y=50, text=text, size=size, anchor=anchor, turned=True)

    left, top, right, low = inked(opened(png(drawing_of(words, height=120))))

    assert low / 3 == pytest.approx(bottom, abs=1.5)
    assert top / 3 == pytest.approx(bottom - 50, abs=1.5)
    assert right / 3 == pytest.approx(100, abs=0.7)
    assert left / 3 > 100 - size


@pytest.mark.parametrize("bold", [False, True])
def test_wrapped_words_stay_inside_their_box_in_the_picture(bold):
    text = (
        "Reports excluded: Wrong population (n = 1,284) Kåre Ødegård ΔmHHS ≤ −3.5 WWWWWWWWWWWWWWWW"
    )
    lines = wrapped(text, 100, 13, bold=bold)
    words = [Words(x=20, y=20 + 16 * n, text=line, bold=bold) for n, line in enumerate(lines)]

    left, _, right, _ = inked(opened(png(drawing_of(*words, height=200))))

    assert len(lines) > 4
    assert left >= 20 * 3 - 1
    assert right <= 120 * 3 + 1


@pytest.mark.parametrize(("bold", "file"), [(False, "DejaVuSans"), (True, "DejaVuSans-Bold")])
def test_the_table_of_widths_is_that_of_the_font_that_is_shipped(bold, file):
    basic = ImageFont.Layout.BASIC
    font = ImageFont.truetype(FONTS / f"{file}.ttf", 1000, layout_engine=basic)
    characters = "aZ09 .,:()[]%±×–−→≤≥=<>/&éüßøñçÅĐšŁαβδμσΔχ"

    for character in characters:
        width = text_width(character, 1000, bold=bold)
        assert width == pytest.approx(font.getlength(character), abs=1), character


def test_drawing_is_loaded_only_when_a_picture_is_made():
    code = "import sys, reporting.figures.png; print('PIL' in sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "False"


def test_a_file_says_the_notice_the_notes_and_the_instant_below_the_figure(lead):
    notes = {"table_note": "illustrative", "votes_note": "demonstration votes"}
    notice = "Every record here is <invented>. " * 12
    update_settings(lead=lead, changes={"notice": notice, **notes})
    snapshot = take_snapshot(lead.review)
    plain = report(lambda snapshot, part: every_shape())
    voted = report(lambda snapshot, part: every_shape(), from_votes=True)

    root = root_of(RENDERERS["svg"].whole(plain, snapshot).decode())
    foot = [text for text in root.findall(SVG + "text") if text.get("class") == "fill-muted"][1:]
    said = " ".join(text.text for text in foot)
    of_votes = root_of(RENDERERS["svg"].whole(voted, snapshot).decode())

    assert said.startswith(f"{lead.review.title}. Every record here is <invented>. Every")
    assert said.endswith(f" Illustrative. As of {snapshot.as_text}.")
    assert "Votes:" not in said
    assert "Votes: demonstration votes. As of" in " ".join(of_votes.itertext()).replace(" \n ", " ")
    assert float(root.get("height")) > 100 + 15 * len(foot)
    assert max(float(text.get("y")) for text in foot) < float(root.get("height"))
    assert min(float(text.get("y")) for text in foot) > 100 + 11
    assert all(text_width(text.text, 11) <= 200 - 16 for text in foot)
    with Image.open(io.BytesIO(RENDERERS["png"].whole(plain, snapshot))) as picture:
        assert picture.size == (600, float(root.get("height")) * 3)
        assert inked(picture.convert("RGB").crop((0, 300, *picture.size))) is not None


def test_files_of_a_figure_draw_the_part_that_the_definition_names(lead):
    def draw(snapshot, part):
        return drawing_of(title=f"Part {part or 'first'}")

    snapshot = take_snapshot(lead.review)

    assert b">Part first</title>" in RENDERERS["svg"].whole(report(draw), snapshot)
    assert b">Part vas</title>" in RENDERERS["svg"].whole(report(draw, part="vas"), snapshot)


def test_a_report_without_a_figure_is_not_drawn(lead):
    columns = (Column(key="text", heading="Text"),)
    definition = ReportDefinition(
        slug="plain", title="Plain", columns=columns, rows=lambda _: iter(())
    )

    with pytest.raises(ValueError, match="plain has no figure"):
        RENDERERS["svg"].whole(definition, take_snapshot(lead.review))


def test_a_page_links_every_number_to_its_cell_and_lists_each_once(lead):
    snapshot = take_snapshot(lead.review)
    first = Opens(row="a/b c", column="n", name="Screened")
    words = [
        Words(x=0, y=10, text="973", opens=first),
        Words(x=0, y=30, text="all of them", opens=first),
        Words(x=0, y=50, text="12", opens=Opens(row="d", column="n", name="Excluded")),
        Words(x=0, y=70, text="silent"),
    ]
    definition = report(lambda snapshot, part: drawing_of(*words), part="x y")

    said = figure_of_a_page(definition, snapshot, "/results/drawn/", "2026-05-01T12:00:00Z")

    as_of = "as_of=2026-05-01T12%3A00%3A00Z"
    cell = f"/results/drawn/cells/a%2Fb%20c/n/?{as_of}"
    assert [(line.name, line.text) for line in said["lines"]] == [
        ("Screened", "973"),
        ("Excluded", "12"),
    ]
    assert said["lines"][0].address == cell
    links = [link.get("href") for link in root_of(said["drawing"]).findall(SVG + "a")]
    assert links == [cell, cell, f"/results/drawn/cells/d/n/?{as_of}"]
    assert said["svg_address"] == f"/results/drawn/download/?format=svg&part=x+y&{as_of}"
