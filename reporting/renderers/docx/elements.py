"""The few elements of a document that tables and notes are made of, each in its schema's order."""

from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.oxml.xmlchemy import BaseOxmlElement

from reporting.renderers.texts import lines_of, runs_right_to_left

TWENTIETHS = 20


def element(tag: str, *children: BaseOxmlElement | None, **attributes: object) -> BaseOxmlElement:
    """Return an element of a document with its attributes and those children that there are."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    made.extend([child for child in children if child is not None])
    return made


def run(
    text: str, *, bold: bool = False, italic: bool = False, raised: bool = False
) -> BaseOxmlElement:
    """Return a run of text; its lines are kept as lines, its direction is that of its letters."""
    marks = []
    if bold:
        marks += [element("b"), element("bCs")]
    if italic:
        marks += [element("i"), element("iCs")]
    if raised:
        marks.append(element("vertAlign", val="superscript"))
    if runs_right_to_left(text):
        marks.append(element("rtl"))
    made = element("r", element("rPr", *marks) if marks else None)
    for number, line in enumerate(lines_of(text)):
        if number:
            made.append(element("br"))
        shown = element("t")
        shown.text = line
        shown.set(qn("xml:space"), "preserve")
        made.append(shown)
    return made


def paragraph(
    *runs: BaseOxmlElement | None,
    style: str = "",
    keeps: bool = False,
    right: bool = False,
    backwards: bool = False,
) -> BaseOxmlElement:
    """Return a paragraph; ``keeps`` holds it on one page with what follows."""
    properties = [
        element("pStyle", val=style) if style else None,
        element("keepNext") if keeps else None,
        element("bidi") if backwards else None,
        element("jc", val="right") if right else None,
    ]
    return element("p", element("pPr", *properties), *runs)


def twentieths(points: float) -> int:
    """Return a length as documents write it, in twentieths of a point."""
    return round(points * TWENTIETHS)
