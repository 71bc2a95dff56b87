"""Every format by name; each takes any definition, which says in which formats it is written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reporting.definitions import ReportDefinition, Snapshot
from reporting.layouts import FULL, JOURNAL
from reporting.renderers.csv import render_csv
from reporting.renderers.docx import render_docx
from reporting.renderers.figure import render_png, render_svg
from reporting.renderers.html import render_html
from reporting.renderers.json import render_json
from reporting.renderers.markdown import render_markdown
from reporting.renderers.ris import render_ris
from reporting.renderers.xlsx import render_xlsx

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Render = Callable[..., Iterator[bytes]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Renderer:
    """One format: how it is written, and how its files are named and declared.

    ``render(definition, snapshot, spreadsheet=…)`` yields the file in pieces. ``layout`` is the
    layout a table is written in where none is asked for.
    """

    name: str
    media_type: str
    render: Render
    layout: str = FULL

    def whole(
        self, definition: ReportDefinition, snapshot: Snapshot, *, spreadsheet: bool = False
    ) -> bytes:
        """Return the file in one piece."""
        return b"".join(self.render(definition, snapshot, spreadsheet=spreadsheet))


ALL_RENDERERS = (
    Renderer(name="csv", media_type="text/csv; charset=utf-8; header=present", render=render_csv),
    Renderer(name="xlsx", media_type=_EXCEL, render=render_xlsx),
    Renderer(name="json", media_type="application/json", render=render_json),
    Renderer(name="ris", media_type="application/x-research-info-systems", render=render_ris),
    Renderer(name="html", media_type="text/html; charset=utf-8", render=render_html),
    Renderer(name="docx", media_type=_WORD, render=render_docx, layout=JOURNAL),
    Renderer(
        name="md",
        media_type="text/markdown; charset=utf-8",
        render=render_markdown,
        layout=JOURNAL,
    ),
    Renderer(name="svg", media_type="image/svg+xml", render=render_svg),
    Renderer(name="png", media_type="image/png", render=render_png),
)
RENDERERS: dict[str, Renderer] = {renderer.name: renderer for renderer in ALL_RENDERERS}
