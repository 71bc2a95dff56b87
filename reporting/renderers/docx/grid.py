"""A printed table as the table of a document: rules as journals draw them, heads on every page."""

from collections.abc import Iterator, Sequence

from docx.oxml.xmlchemy import BaseOxmlElement

from reporting.printed import PrintedCell, PrintedRow, PrintedTable
from reporting.renderers.docx.elements import TWENTIETHS, element, paragraph, run
from reporting.renderers.docx.fitting import Panel
from reporting.renderers.texts import NOTHING, runs_right_to_left

THIN = 4


def grid(table: PrintedTable, panel: Panel, *, style: str, title: str) -> BaseOxmlElement:
    """Return one part of a table; ``style`` is that of its paragraphs, ``title`` its caption."""
    # Rounded down, so that they are never wider together than the page.
    widths = [int(width * TWENTIETHS) for width in panel.widths]
    made = element(
        "tbl",
        _properties(table, panel, sum(widths), title),
        element("tblGrid", *(element("gridCol", w=width) for width in widths)),
        _head(table, panel, widths, style),
    )
    made.extend(list(_rows(table, panel, widths, style)))
    return made


def _properties(table: PrintedTable, panel: Panel, width: int, title: str) -> BaseOxmlElement:
    """Return what holds for the table; its columns are as wide as given, in every program."""
    columns = ", ".join(table.columns[place].heading for place in panel.places)
    said = f"{len(table.rows)} rows; columns: {columns}."
    return element(
        "tblPr",
        element("tblStyle", val="JournalTable"),
        element("tblW", w=width, type="dxa"),
        element("tblLayout", type="fixed"),
        element("tblLook", val="06A0", firstRow=1, lastRow=0, firstColumn=1, noHBand=1, noVBand=1),
        element("tblCaption", val=title),
        element("tblDescription", val=said),
    )


def _head(table: PrintedTable, panel: Panel, widths: Sequence[int], style: str) -> BaseOxmlElement:
    rule = "bottom"
    cells = []
    for place, width in zip(panel.places, widths, strict=True):
        column = table.columns[place]
        unit = run(f" {column.unit}") if column.unit else None
        words = paragraph(
            run(column.heading, bold=True), unit, style=style, keeps=True, right=column.numeric
        )
        cells.append(_cell(words, width, rule=rule, low=True))
    return element("tr", element("trPr", element("cantSplit"), element("tblHeader")), *cells)


def _rows(
    table: PrintedTable, panel: Panel, widths: Sequence[int], style: str
) -> Iterator[BaseOxmlElement]:
    if not table.rows:
        yield _whole_row(paragraph(run(NOTHING), style=style), widths)
    in_totals = False
    for place, each in enumerate(table.rows):
        if each.heads:
            words = paragraph(run(each.heads, bold=True, italic=True), style=style, keeps=True)
            yield _whole_row(words, widths, rule="top" if place else "")
        begins = each.row.is_total and not in_totals and not each.heads
        in_totals = each.row.is_total
        yield _row(each, panel, widths, style, rule="top" if begins else "")


def _whole_row(words: BaseOxmlElement, widths: Sequence[int], rule: str = "") -> BaseOxmlElement:
    cell = _cell(words, sum(widths), rule=rule, span=len(widths))
    return element("tr", element("trPr", element("cantSplit")), cell)


def _row(
    each: PrintedRow, panel: Panel, widths: Sequence[int], style: str, *, rule: str
) -> BaseOxmlElement:
    cells = []
    for place, width in zip(panel.places, widths, strict=True):
        words = _words(each, each.cells[place], style)
        cells.append(_cell(words, width, rule=rule))
    return element("tr", element("trPr", element("cantSplit")), *cells)


def _words(each: PrintedRow, cell: PrintedCell, style: str) -> BaseOxmlElement:
    """Return a cell's paragraph: totals bold, rows that count nowhere in italics."""
    text = "" if cell.repeats else cell.text
    bold = each.row.is_total
    italic = not each.row.counts and not bold
    right = cell.column.numeric
    return paragraph(
        run(text, bold=bold, italic=italic) if text else None,
        run(cell.marks, raised=True) if cell.marks else None,
        style=style,
        right=right,
        backwards=not right and runs_right_to_left(text),
    )


def _cell(
    words: BaseOxmlElement, width: int, *, rule: str = "", span: int = 1, low: bool = False
) -> BaseOxmlElement:
    """Return a cell with a thin rule above or below it, where one is asked for."""
    drawn = element(rule, val="single", sz=THIN, space=0, color="auto") if rule else None
    properties = element(
        "tcPr",
        element("tcW", w=width, type="dxa"),
        element("gridSpan", val=span) if span > 1 else None,
        element("tcBorders", drawn) if drawn is not None else None,
        element("vAlign", val="bottom") if low else None,
    )
    return element("tc", properties, words)
