"""Extraction sheets: a table with one answer a row, read and written."""

from extraction.sheets.naming import names_of, own_names
from extraction.sheets.placing import SheetCell, SheetCopy, SheetElement, read_copy_of
from extraction.sheets.reading import (
    COLUMNS,
    NOTE,
    Problem,
    Problems,
    Sheet,
    SheetRefused,
    SheetRow,
    read_sheet,
)

__all__ = [
    "COLUMNS",
    "NOTE",
    "Problem",
    "Problems",
    "Sheet",
    "SheetCell",
    "SheetCopy",
    "SheetElement",
    "SheetRefused",
    "SheetRow",
    "names_of",
    "own_names",
    "read_copy_of",
    "read_sheet",
]
