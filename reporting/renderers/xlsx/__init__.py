"""XLSX: numbers as numbers with the decimals as printed, texts as texts, and what stands behind."""

from collections.abc import Iterator

from reporting.definitions import ReportDefinition, Snapshot
from reporting.renderers.xlsx.workbooks import written

__all__ = ["render_xlsx"]


def render_xlsx(
    definition: ReportDefinition, snapshot: Snapshot, *, spreadsheet: bool = False
) -> Iterator[bytes]:
    """Yield the table as one workbook, or the tables of a bundle; nothing in it runs anywhere."""
    tables = definition.bundle(snapshot) if definition.bundle else (definition,)
    yield written(tables, snapshot, definition.title)
