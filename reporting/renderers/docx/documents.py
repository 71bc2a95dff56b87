"""Whole documents: one report, or all tables and figures of a manuscript."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reporting.definitions import ReportDefinition, Snapshot
from reporting.figures.shapes import Figure
from reporting.printed import PrintedTable, letter, printed
from reporting.renderers.docx.elements import element, paragraph, run
from reporting.renderers.docx.fitting import (
    DOWN_TO_SMALLEST,
    SMALLEST,
    Fitted,
    fitted,
)
from reporting.renderers.docx.paper import Paper
from reporting.renderers.texts import imprint, sentence

TABLE, FIGURE = "Table", "Figure"


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A table or figure of a document; ``notes`` is unset where those of the table stand before."""

    label: str
    table: PrintedTable
    figure: Figure | None = None
    fit: Fitted | None = None
    notes: bool = True

    @property
    def title(self) -> str:
        """Return what the item shows, as its caption says."""
        return self.figure.title if self.figure else self.table.caption


def report(definition: ReportDefinition, snapshot: Snapshot) -> bytes:
    """Return the document of one report: its figures, each on a page, and then its table."""
    table = printed(definition, snapshot)
    paper = Paper(table.caption, snapshot)
    for drawn in _figures(definition, snapshot):
        paper.figure(drawn, table, label=FIGURE, notes=False)
    label = TABLE if is_figure(definition) else definition.number or TABLE
    fit = fitted(table, imprint(definition, snapshot))
    _write(paper, Item(label=label, table=table, fit=fit))
    return paper.whole()


def bundle(definition: ReportDefinition, snapshot: Snapshot) -> bytes:
    """Return the document of a bundle: a list of what is in it, then each item on its own pages."""
    given = definition.bundle(snapshot) if definition.bundle else ()
    items = [item for each in given for item in _items(each, snapshot)]
    paper = Paper(definition.title, snapshot)
    _cover(paper, definition, snapshot, items)
    for place, item in enumerate(items):
        _write(paper, item, mark=_mark(place))
    return paper.whole()


def is_figure(definition: ReportDefinition) -> bool:
    """Return whether the manuscript has the report as a figure."""
    return definition.figure is not None and definition.number.startswith(FIGURE)


def _items(definition: ReportDefinition, snapshot: Snapshot) -> Iterator[Item]:
    """Yield the table of a report, or its figures: of several parts as 2a, 2b and so on."""
    table = printed(definition, snapshot)
    if not is_figure(definition):
        fit = fitted(table, imprint(definition, snapshot), DOWN_TO_SMALLEST)
        yield Item(label=definition.number, table=table, fit=fit)
        return
    figures = _figures(definition, snapshot)
    for place, figure in enumerate(figures):
        part = letter(place) if len(figures) > 1 else ""
        yield Item(label=f"{definition.number}{part}", table=table, figure=figure, notes=not place)


def _figures(definition: ReportDefinition, snapshot: Snapshot) -> list[Figure]:
    """Return the figures of a report: the part that is asked for, else every part."""
    drawing = definition.figure
    if drawing is None:
        return []
    parts = [definition.part] if definition.part else [k for k, _ in drawing.parts(snapshot)]
    return [drawing.draw(snapshot, part) for part in parts]


def _mark(place: int) -> str:
    """Return the name by which the list of contents points at an item."""
    return f"item_{place + 1}"


def _write(paper: Paper, item: Item, mark: str = "") -> None:
    if item.figure is not None:
        paper.figure(item.figure, item.table, label=item.label, mark=mark, notes=item.notes)
    elif item.fit is not None:
        paper.turn(landscape=item.fit.landscape)
        paper.table(item.table, item.fit, label=item.label, mark=mark)


def _cover(
    paper: Paper, definition: ReportDefinition, snapshot: Snapshot, items: Sequence[Item]
) -> None:
    """Write the first page: the review, what the document holds, and what it leaves out."""
    paper.turn(landscape=False)
    paper.write(paragraph(run(snapshot.settings.title), style="Title"))
    paper.write(paragraph(run(definition.title), style="Heading1"))
    for place, item in enumerate(items):
        link = element("hyperlink", run(f"{item.label}. {item.title}"), anchor=_mark(place))
        paper.write(paragraph(link))
    paper.write(paragraph(run("Notes"), style="Heading1"))
    for note in (*definition.table(snapshot).notes, *_long(items)):
        paper.write(paragraph(run(sentence(note))))
    paper.write(paragraph(run(imprint(definition, snapshot))))


def _long(items: Sequence[Item]) -> Iterator[str]:
    """Yield the word on tables that take more than one page, even in the smallest letters."""
    long = [
        f"{each.label} ({each.fit.pages} pages)"
        for each in items
        if each.fit and each.fit.pages > 1
    ]
    if long:
        yield f"More than one page, in letters of {SMALLEST:g} points: {', '.join(long)}."
