"""What a page of results offers of a report: its files, its layouts, the parts of its figure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from reporting.definitions import ReportDefinition, Snapshot
from reporting.layouts import LAYOUTS, layouts_of

# What each format is for, in the menu's order.
FILES = {
    "docx": ("Word (DOCX)", "for the paper"),
    "xlsx": ("Excel (XLSX)", "a workbook"),
    "csv": ("CSV", "safe in a spreadsheet"),
    "raw": ("CSV, raw", "for programs"),
    "json": ("JSON", "for programs"),
    "md": ("Markdown", "for a text"),
    "html": ("Web page (HTML)", "to keep or send"),
    "ris": ("RIS", "for reference managers"),
    "svg": ("Figure (SVG)", "for print"),
    "png": ("Figure (PNG)", "for slides"),
}
# What a row of the list of tables offers at once.
IN_LIST = ("csv", "docx")
Kept = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class FileLink:
    """One file of a report: what it is called, what it is for, where it is."""

    name: str
    title: str
    use: str
    address: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One of several ways to show a report; ``query`` asks for it."""

    title: str
    is_shown: bool
    query: str


def query_of(kept: Kept) -> str:
    """Return what an address keeps as its query, with the question mark."""
    said = {key: text for key, text in kept.items() if text}
    return f"?{urlencode(said)}" if said else ""


def files_of(slug: str, definition: ReportDefinition, kept: Kept) -> Iterator[FileLink]:
    """Yield the files of a report of this review, in the order of the menu."""
    address = reverse("reporting:report-download", args=[slug, definition.slug])
    for name, (title, use) in FILES.items():
        written = "csv" if name == "raw" else name
        if written in definition.formats:
            said = {"format": written, "raw": "1" if name == "raw" else "", **kept}
            yield FileLink(name=name, title=title, use=use, address=f"{address}{query_of(said)}")


def layouts_offered(definition: ReportDefinition, kept: Kept) -> list[Choice]:
    """Return the layouts to choose from, none where there is only one."""
    layouts = layouts_of(definition)
    return [
        Choice(
            title=LAYOUTS[name],
            is_shown=name == definition.layout,
            query=query_of({**kept, "layout": name if name != layouts[0] else ""}),
        )
        for name in layouts
        if len(layouts) > 1
    ]


def parts_offered(definition: ReportDefinition, snapshot: Snapshot, kept: Kept) -> list[Choice]:
    """Return the parts of the figure to choose from, none where there is only one."""
    parts = definition.figure.parts(snapshot) if definition.figure is not None else ()
    first = parts[0][0] if parts else ""
    return [
        Choice(
            title=title,
            is_shown=key == (definition.part or first),
            query=query_of({**kept, "part": key}),
        )
        for key, title in parts
        if len(parts) > 1
    ]
