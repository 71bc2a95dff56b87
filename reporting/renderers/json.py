"""JSON in ASCII: every cell with its text, its value and what it was made from."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from reporting.definitions import Cell, ReportDefinition, Row, Snapshot
from reporting.printed import rows_with_notes
from reporting.printing import plain


def render_json(
    definition: ReportDefinition, snapshot: Snapshot, *, spreadsheet: bool = False
) -> Iterator[bytes]:
    """Yield one object; numbers are texts, so that no reader rounds them."""
    table = definition.table(snapshot)
    rows = [_row(definition, row, note) for row, note in rows_with_notes(definition, snapshot)]
    document = {
        "table": definition.slug,
        "layout": definition.layout,
        "title": definition.title,
        "caption": table.caption,
        "source": definition.source,
        "review": snapshot.review.slug,
        "notice": snapshot.settings.notice,
        "instant": snapshot.as_text,
        "columns": [
            {"key": c.key, "heading": c.heading, "unit": c.unit, "numeric": c.numeric}
            for c in definition.columns_for(snapshot)
        ],
        "rows": rows,
        "notes": list(table.notes),
    }
    text = json.dumps(document, ensure_ascii=True, allow_nan=False, indent=1)
    yield text.encode("ascii") + b"\n"


def _row(definition: ReportDefinition, row: Row, note: str) -> dict[str, Any]:
    return {
        "key": row.key,
        "group": row.group,
        "total": row.is_total,
        "counts": row.counts,
        "note": note,
        "cells": {column.key: _cell(row.cell(column.key)) for column in definition.columns},
    }


def _cell(cell: Cell) -> dict[str, Any]:
    """Return what a cell says; empty parts are left out, and counted records are not listed."""
    value = cell.value
    parts = {
        "value": plain(value) if isinstance(value, Decimal) else value,
        "missing": cell.missing,
        "sources": [str(uid) for uid in cell.sources],
        "studies": [str(uid) for uid in cell.studies],
        "formula": cell.formula,
        "note": cell.note,
        "page": cell.page,
    }
    said = {key: part for key, part in parts.items() if part not in ("", None, [])}
    return {"text": cell.text, **said}
