"""Figures as files: SVG for editing and the web, PNG for documents."""

from collections.abc import Iterator
from dataclasses import replace

from reporting.definitions import ReportDefinition, Snapshot
from reporting.figures.png import png
from reporting.figures.shapes import Figure, Words
from reporting.figures.svg import svg
from reporting.figures.widths import wrapped

FOOT_SIZE, FOOT_LINE, FOOT_MARGIN = 11, 15, 8
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def render_svg(
    definition: ReportDefinition, snapshot: Snapshot, *, spreadsheet: bool = False
) -> Iterator[bytes]:
    """Yield the figure of a report as SVG."""
    yield (DECLARATION + svg(_for_a_file(definition, snapshot))).encode()


def render_png(
    definition: ReportDefinition, snapshot: Snapshot, *, spreadsheet: bool = False
) -> Iterator[bytes]:
    """Yield the figure of a report as PNG."""
    yield png(_for_a_file(definition, snapshot))


def drawn(definition: ReportDefinition, snapshot: Snapshot) -> Figure:
    """Return the figure of a report, of the part that the definition names.

    Raises:
        ValueError: the report has no figure.
    """
    if definition.figure is None:
        raise ValueError(f"the report {definition.slug} has no figure")
    return definition.figure.draw(snapshot, definition.part)


def _for_a_file(definition: ReportDefinition, snapshot: Snapshot) -> Figure:
    figure = drawn(definition, snapshot)
    return with_foot(figure, snapshot, from_votes=definition.from_votes)


def with_foot(figure: Figure, snapshot: Snapshot, *, from_votes: bool = False) -> Figure:
    """Return a figure with what a page says around it: the review, its notes and the instant.

    ``from_votes`` adds the note that the review puts on what is made from votes.
    """
    settings = snapshot.settings
    notes = [settings.notice, settings.table_note, settings.extraction_note]
    if from_votes and settings.votes_note:
        notes.append(f"Votes: {settings.votes_note}")
    said = [settings.title, *notes, f"As of {snapshot.as_text}"]
    parts = [part.strip().rstrip(".") for part in said if part.strip()]
    text = ". ".join(part[:1].upper() + part[1:] for part in parts) + "."
    lines = wrapped(text, figure.width - 2 * FOOT_MARGIN, FOOT_SIZE)
    top = figure.height + FOOT_MARGIN
    foot = [
        Words(
            x=FOOT_MARGIN,
            y=top + FOOT_LINE * number,
            text=line,
            size=FOOT_SIZE,
            fill="muted",
        )
        for number, line in enumerate(lines, start=1)
    ]
    height = top + FOOT_LINE * len(lines) + FOOT_MARGIN
    return replace(figure, height=height, shapes=[*figure.shapes, *foot])
