"""The cells of a printed table: written here, since a template takes far longer for them."""

import re
from html import escape
from urllib.parse import quote

from django import template
from django.utils.safestring import SafeString, mark_safe

from reporting.definitions import Column
from reporting.printed import PrintedCell, PrintedRow

# A number of so many letters is not broken, as 24 (18–30) would be at its dash.
SHORT = 10
# A word of more letters, such as an address, may be broken so that it does not widen the page.
LONG = 14
_WORD = re.compile(rf"[^\s\-–/]{{{LONG + 1},}}")
register = template.Library()


@register.filter
def labelled(column: Column) -> str:
    """Return the heading of a column with its unit, as it stands before a value."""
    return f"{column.heading}, {column.unit}" if column.unit else column.heading


@register.filter
def has_long_word(text: str) -> bool:
    """Return whether a text has a word that may be broken."""
    return _WORD.search(text) is not None


@register.simple_tag
def table_cells(row: PrintedRow, address: str = "", query: str = "") -> SafeString:
    """Return the cells of a row; below ``address`` those open behind which something stands.

    A cell names its column in a text that stands before the value where the row is a block. What
    the row above says already is not printed again, but is there to be read out.
    """
    beginning = f"{address}cells/{quote(row.row.key, safe='')}/" if address else ""
    pieces = [
        _cell(cell, beginning, query, is_first=place == 0) for place, cell in enumerate(row.cells)
    ]
    # Every text in it went through ``escape``.
    return mark_safe("\n".join(pieces))  # noqa: S308


def _cell(cell: PrintedCell, beginning: str, query: str, *, is_first: bool) -> str:
    said, marks = cell.text, cell.marks
    # A number keeps its sign of percent.
    text = escape(said).replace(" %", "\N{NO-BREAK SPACE}%")
    if cell.cell.missing:
        text = f'<span class="nr">{escape(cell.cell.text)}</span>'
    if beginning and cell.opens:
        kind = "number-link" if cell.is_number else "cell-link"
        text = (
            f'<a class="{kind}" href="{escape(beginning)}{cell.column.key}/{escape(query)}"'
            f' data-card="{escape(cell.card)}">{text}</a>'
        )
    if marks:
        text = f"{text}<sup>{escape(marks)}</sup>"
    names = _classes(cell, said)
    classes = f' class="{names}"' if names else ""
    if not text and not is_first:
        return f'<td role="cell"{classes}></td>'
    label = f'<span class="of">{escape(labelled(cell.column))}</span>'
    if is_first:
        head = f'<th scope="row" role="rowheader"{classes} dir="auto">'
        return f"{head}{label}<span>{text}</span></th>"
    return f'<td role="cell"{classes} dir="auto">{label}<span>{text}</span></td>'


def _classes(cell: PrintedCell, said: str) -> str:
    names = []
    if cell.column.numeric:
        names.append("num")
        if len(said) <= SHORT:
            names.append("short")
    if has_long_word(said):
        names.append("long")
    if cell.repeats:
        names.append("told")
    return " ".join(names)
