"""Cells and keys that several tables make in the same way."""

from decimal import Decimal
from uuid import UUID

from reporting.definitions import BLANK, Cell
from reporting.printing import Answers, plain


def row_key(answers: Answers) -> str:
    """Return the key of the row of one element."""
    return str(answers.element.uid) if answers.element else ""


def word(text: str) -> Cell:
    """Return the cell of a text of our own."""
    return Cell(text=text, value=text)


def number_cell(number: Decimal | None, sources: tuple[UUID, ...]) -> Cell:
    """Return the cell of a plain number, blank where there is none."""
    if number is None:
        return BLANK
    return Cell(text=plain(number), value=number, sources=sources)


def key_cell(answers: Answers, means: str) -> Cell:
    """Return an answer out of a list by the key that is stored, for programs."""
    text = answers.says(means)
    return Cell(text=text, value=text, sources=answers.uids(means)) if text else answers.cell(means)


def out_of_cell(
    n: Decimal | str | None,
    of: Decimal | str | None,
    sources: tuple[UUID, ...],
    *,
    formula: str = "",
    note: str = "",
) -> Cell:
    """Return ``n/N``, a dash for a whole that is not given; blank where there is no count."""
    if n is None or n == "":
        return BLANK
    whole = "–" if of is None or of == "" else of
    text = f"{n}/{whole}"
    return Cell(text=text, value=text, sources=sources, formula=formula, note=note)
