"""Documents for word processors: tables as journals set them, figures as pictures."""

from collections.abc import Iterator

from reporting.definitions import ReportDefinition, Snapshot


def render_docx(
    definition: ReportDefinition, snapshot: Snapshot, *, spreadsheet: bool = False
) -> Iterator[bytes]:
    """Yield one document: the report's figures and its table, or the whole of a bundle."""
    # The library takes a third of a second to load.
    from reporting.renderers.docx.documents import bundle, report

    yield bundle(definition, snapshot) if definition.bundle else report(definition, snapshot)
