"""A figure within a page: the drawing, its caption, and its files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django import template
from django.utils.safestring import mark_safe

from reporting.definitions import ReportDefinition, Snapshot
from reporting.figures.lines import one_line
from reporting.figures.shapes import Figure, Opens, Words
from reporting.figures.svg import svg
from reporting.menus import query_of
from reporting.renderers.figure import drawn

register = template.Library()


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A number of a figure in the list that takes the place of the drawing on narrow pages."""

    name: str
    text: str
    address: str


@register.inclusion_tag("reporting/_figure.html")
def figure(
    definition: ReportDefinition,
    snapshot: Snapshot,
    address: str,
    as_of: str = "",
    instead: str = "",
) -> dict[str, Any]:
    """Draw the figure of a report, part and all, for the page of the report at ``address``.

    On narrow pages a list takes its place: the template ``instead`` where there is one, otherwise
    every number of the figure that opens, with its name. A figure without either is made smaller.
    """
    made = drawn(definition, snapshot)

    def leads_to(opens: Opens) -> str:
        cell = f"{quote(opens.row, safe='')}/{quote(opens.column, safe='')}/"
        return f"{address}cells/{cell}{query_of({'as_of': as_of})}"

    file = {"part": definition.part, "as_of": as_of}
    part = f"-{definition.part}" if definition.part else ""
    return {
        "figure": made,
        "definition": definition,
        "snapshot": snapshot,
        # The drawing escapes every text itself.
        "drawing": mark_safe(svg(made, address=leads_to, name=f"figure-{definition.slug}")),  # noqa: S308
        "lines": [
            Line(name=opens.name, text=one_line(words.text), address=leads_to(opens))
            for words, opens in _opening(made)
        ],
        "instead": instead,
        "address": address,
        "as_of": as_of,
        "svg_address": f"{address}download/{query_of({'format': 'svg', **file})}",
        "png_name": f"{snapshot.review.slug}-{definition.slug}{part}.png",
    }


def _opening(made: Figure) -> Iterator[tuple[Words, Opens]]:
    """Yield the words that open something, once for each cell."""
    seen: set[tuple[str, str]] = set()
    for shape in made.shapes:
        if isinstance(shape, Words) and shape.opens is not None:
            cell = (shape.opens.row, shape.opens.column)
            if cell not in seen:
                seen.add(cell)
                yield shape, shape.opens
