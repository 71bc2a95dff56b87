"""A page of its own, which needs no network."""

from collections.abc import Iterator

from django.template.loader import render_to_string

from reporting.definitions import ReportDefinition, Snapshot
from reporting.printed import printed


def render_html(
    definition: ReportDefinition, snapshot: Snapshot, *, spreadsheet: bool = False
) -> Iterator[bytes]:
    """Yield the table as one page, with its notes."""
    context = {"table": printed(definition, snapshot), "snapshot": snapshot}
    yield render_to_string("reporting/export.html", context).encode()
