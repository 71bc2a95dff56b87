"""A document on A4: sections turned as their tables need, captions, notes, figures, and its bytes.

The library brings a document of its own, of which only the frame is kept: styles and settings are
those beside this module, and nothing says who wrote the file, with what, or when.
"""

from copy import deepcopy
from datetime import UTC
from io import BytesIO
from pathlib import Path

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Pt

from reporting.definitions import Snapshot
from reporting.figures.png import png
from reporting.figures.shapes import Figure
from reporting.printed import PrintedTable
from reporting.renderers.docx.elements import element, paragraph, run, twentieths
from reporting.renderers.docx.fitting import (
    LONG_SIDE,
    MARGIN,
    SHORT_SIDE,
    Fitted,
    note_size,
    page,
)
from reporting.renderers.docx.grid import grid
from reporting.renderers.packages import fixed_zip
from reporting.renderers.texts import imprint, printable, sentence

# Parts of the library's own document that are kept; the others say who made it, or nothing.
KEPT = ("/styles", "/settings", "/fontTable", "/core-properties", "/officeDocument")
CELL, NOTE, CAPTION, FIGURE_CAPTION = "Table Text", "Table Note", "Caption", "FigureCaption"
NOTE_SIZE = 8.0
# Points of a pixel of a figure on a screen. It is never drawn larger than there.
PIXEL = 0.75
# A figure is turned on its side where its words, 13 pixels high, would be smaller upright.
SMALLEST_WORDS, WORDS = 6.5, 13
# What is left below a figure for its caption and notes.
BELOW_FIGURE = 80.0


class Paper:
    """A document, written from top to bottom."""

    def __init__(self, title: str, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.document = docx.Document()
        self.body = self.document.element.body
        self.bookmarks = 0
        self._strip()
        self._describe(title)
        self._foot()

    def turn(self, *, landscape: bool) -> None:
        """Begin a page that lies or stands."""
        section = self.body.sectPr
        written = [child for child in self.body if child is not section]
        if written:
            written[-1].get_or_add_pPr().append(deepcopy(section))
        sides = (LONG_SIDE, SHORT_SIDE) if landscape else (SHORT_SIDE, LONG_SIDE)
        paper = section.get_or_add_pgSz()
        for name, side in zip("wh", sides, strict=True):
            paper.set(qn(f"w:{name}"), str(twentieths(side)))
        paper.set(qn("w:orient"), "landscape" if landscape else "portrait")

    def write(self, words: BaseOxmlElement) -> None:
        """Write a paragraph or a table below what is written."""
        self.body.sectPr.addprevious(words)

    def table(self, table: PrintedTable, fit: Fitted, *, label: str, mark: str = "") -> None:
        """Write a table with its caption and notes; ``mark`` lets others point at it."""
        style = self._style(CELL, fit.size)
        for number, panel in enumerate(fit.panels, start=1):
            part = f" (part {number} of {len(fit.panels)})" if len(fit.panels) > 1 else ""
            title = f"{label}. {table.caption}{part}"
            self._caption(label, f"{table.caption}{part}", CAPTION, mark if number == 1 else "")
            self.write(grid(table, panel, style=style, title=printable(title)))
            if number < len(fit.panels):
                self.write(paragraph(style=CAPTION))
        self._notes(table, note_size(fit.size))

    def figure(
        self,
        figure: Figure,
        table: PrintedTable,
        *,
        label: str,
        mark: str = "",
        notes: bool = True,
    ) -> None:
        """Write a figure on a page of its own, with its caption below and the notes of its table.

        Its description in words is what those hear who cannot see it.
        """
        landscape, points = _drawn(figure)
        self.turn(landscape=landscape)
        shown = self.document.add_paragraph()
        shown.paragraph_format.keep_with_next = True
        picture = shown.add_run().add_picture(BytesIO(png(figure)), width=Pt(points))
        told = picture._inline.docPr
        told.set("name", printable(label))
        told.set("title", printable(figure.title))
        told.set("descr", printable(figure.description))
        self._caption(label, figure.title, FIGURE_CAPTION, mark)
        self._notes(table, NOTE_SIZE, letters=False, notes=notes)

    def whole(self) -> bytes:
        """Return the document, the same bytes for the same content."""
        made = BytesIO()
        self.document.save(made)
        return fixed_zip(made.getvalue(), {})

    def _caption(self, label: str, text: str, style: str, mark: str) -> None:
        words = paragraph(run(f"{label}. ", bold=True), run(text), style=style)
        if mark:
            self.bookmarks += 1
            begin = element("bookmarkStart", id=self.bookmarks, name=mark)
            words.insert(1, begin)
            words.append(element("bookmarkEnd", id=self.bookmarks))
        self.write(words)

    def _notes(
        self, table: PrintedTable, size: float, *, letters: bool = True, notes: bool = True
    ) -> None:
        style = self._style(NOTE, size)
        lettered = []
        for letter, note in table.letters if letters else ():
            lettered += [run(letter, raised=True), run(f" {sentence(note)} ")]
        if lettered:
            self.write(paragraph(*lettered, style=style))
        if notes and table.notes:
            said = " ".join(sentence(note) for note in table.notes)
            self.write(paragraph(run(said), style=style))
        self.write(paragraph(run(imprint(table.definition, self.snapshot)), style=style))

    def _style(self, name: str, size: float) -> str:
        """Return the style for texts of tables in a size, made when it is first asked for."""
        styles = self.document.styles
        called = f"{name} {size:g} pt"
        if called not in styles:
            made = styles.add_style(called, WD_STYLE_TYPE.PARAGRAPH)
            made.base_style = styles[name]
            made.font.size = Pt(size)
        return styles[called].style_id

    def _strip(self) -> None:
        """Leave of the library's document what a document needs, with our styles and settings."""
        part = self.document.part
        for relations in (part.rels, part.package.rels):
            for name in [n for n, r in relations.items() if not r.reltype.endswith(KEPT)]:
                del relations[name]
        for root, file in (
            (self.document.styles.element, "styles.xml"),
            (self.document.settings.element, "settings.xml"),
        ):
            root[:] = parse_xml(Path(__file__).with_name(file).read_bytes())[:]
        sides = dict.fromkeys(("top", "right", "bottom", "left"), twentieths(MARGIN))
        foot = twentieths(MARGIN / 2)
        section = element(
            "sectPr",
            element("pgSz"),
            element("pgMar", **sides, header=foot, footer=foot, gutter=0),
        )
        self.body.replace(self.body.sectPr, section)

    def _describe(self, title: str) -> None:
        """Say what the document is; its times are the instant, nobody is named as its author."""
        about = self.document.core_properties
        about.title = printable(title)[:255]
        about.subject = printable(self.snapshot.settings.title)[:255]
        about.author = about.last_modified_by = about.comments = ""
        about.language = "en-GB"
        at = self.snapshot.instant.astimezone(UTC).replace(microsecond=0, tzinfo=None)
        about.created = about.modified = at

    def _foot(self) -> None:
        """Put the review, the instant and the number of the page at the foot of every page."""
        footer = self.document.sections[-1].footer
        footer.is_linked_to_previous = False
        said = f"{self.snapshot.settings.title} · as of {self.snapshot.as_text} · page "
        number = element("fldSimple", run("1"), instr="PAGE")
        words = paragraph(run(said), number, style="Footer")
        footer._element[:] = [words]


def _drawn(figure: Figure) -> tuple[bool, float]:
    """Return whether a figure lies across the page, and how wide it is drawn."""
    scales = []
    for landscape in (False, True):
        width, height = page(landscape=landscape)
        scales.append(min(PIXEL, width / figure.width, (height - BELOW_FIGURE) / figure.height))
    upright, across = scales
    landscape = upright * WORDS < SMALLEST_WORDS and across > upright
    return landscape, (across if landscape else upright) * figure.width
