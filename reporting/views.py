"""Pages of results: the list, a table, its file, and what stands behind a number."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import (
    Http404,
    HttpResponse,
    HttpResponseBadRequest,
    QueryDict,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from reporting.asked import default_layout, in_layout, renderer_of, with_part
from reporting.behind import behind
from reporting.catalogue import report_named, reports_of
from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot
from reporting.forms import AsOfForm
from reporting.layouts import laid_out, layouts_of
from reporting.menus import IN_LIST, files_of, layouts_offered, parts_offered, query_of
from reporting.printed import printed
from reporting.reports.prisma import PRISMA
from reporting.sentence import sentence
from reporting.snapshot import take_snapshot
from reviews.access import review_view
from reviews.http import ReviewRequest
from reviews.models import Membership
from reviews.paging import BadCursor
from reviews.roles import Capability

FLOW_FIELDS = (
    ("Records from databases", "database_results"),
    ("Duplicates removed", "duplicates"),
    ("Records screened", "records_screened"),
    ("Reports assessed", "dbr_assessed"),
    ("Reports included", "new_reports"),
    ("Studies included", "new_studies"),
)


@require_safe
@review_view(Capability.READ)
def report_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Show the summary as a sentence, the flow in short, and every table."""
    asked = _asked(request, member)
    snapshot, slug = asked["snapshot"], member.review.slug
    flow = {row.key: row for row in PRISMA.table(snapshot).rows}
    kept = {"as_of": asked["as_of"]}
    listed = [
        (report, [file for file in files_of(slug, report, kept) if file.name in IN_LIST])
        for report in reports_of(snapshot)
    ]
    context = {
        **asked,
        "sentence": sentence(snapshot),
        "flow": [(words, flow[key]) for words, key in FLOW_FIELDS],
        "listed": listed,
        "query": query_of(kept),
    }
    return render(request, "reporting/report_list.html", context)


@require_safe
@review_view(Capability.READ)
def report_detail(request: ReviewRequest, member: Membership, table: str) -> HttpResponse:
    """Show one table as it is printed, in the layout of a journal first; every number opens."""
    asked = _asked(request, member)
    snapshot = asked["snapshot"]
    definition = _definition(snapshot, table)
    shown = _shown(definition, snapshot, request.GET)
    kept = {
        "layout": shown.layout if shown.layout != layouts_of(definition)[0] else "",
        "part": shown.part,
        "as_of": asked["as_of"],
    }
    slug = member.review.slug
    context = {
        **asked,
        "definition": shown,
        "table": printed(shown, snapshot),
        "files": list(files_of(slug, shown, {**kept, "layout": shown.layout})),
        "layouts": layouts_offered(shown, kept),
        "beside": _beside(definition, snapshot),
        "parts": parts_offered(shown, snapshot, kept),
        "kept": {key: text for key, text in kept.items() if key != "as_of" and text},
        "address": reverse("reporting:report-detail", args=[slug, table]),
        "query": query_of(kept),
        "latest": query_of({**kept, "as_of": ""}),
        "back": query_of({"as_of": asked["as_of"]}),
    }
    return render(request, "reporting/report_detail.html", context)


@require_safe
@review_view(Capability.READ)
def report_download(request: ReviewRequest, member: Membership, table: str) -> HttpResponseBase:
    """Send one table as a file; formulas in its texts are inert unless the raw file is wanted."""
    form = AsOfForm(request.GET)
    try:
        snapshot = _snapshot(member, form)
        definition = _definition(snapshot, table)
        renderer = renderer_of(definition, request.GET.get("format", "csv"))
        usual = default_layout(definition, renderer)
        definition = in_layout(definition, request.GET.get("layout") or usual)
        definition = with_part(definition, snapshot, request.GET.get("part", ""))
    except ValidationError as refusal:
        return _refused(" ".join(refusal.messages))
    spreadsheet = renderer.name == "csv" and request.GET.get("raw") != "1"
    response: HttpResponseBase
    if definition.rows_on_page is None:
        content = renderer.whole(definition, snapshot, spreadsheet=spreadsheet)
        response = HttpResponse(content, content_type=renderer.media_type)
    else:
        pieces = renderer.render(definition, snapshot, spreadsheet=spreadsheet)
        response = StreamingHttpResponse(pieces, content_type=renderer.media_type)
    other = definition.layout if definition.layout != usual else ""
    parts = (member.review.slug, definition.slug, other, definition.part)
    name = f"{'-'.join(part for part in parts if part)}.{renderer.name}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


@require_safe
@review_view(Capability.READ)
def cell_lineage(
    request: ReviewRequest, member: Membership, table: str, row: str, column: str
) -> HttpResponse:
    """Show what one printed cell was made from: values, studies or records."""
    asked = _asked(request, member)
    snapshot = asked["snapshot"]
    report, as_of = _definition(snapshot, table), {"as_of": asked["as_of"]}
    layout = request.GET.get("layout", "")
    definition, found = _with_cell(report, snapshot, layout, row, column)
    cell = found.cell(column)
    kept = {"layout": layout if layout in layouts_of(report)[1:] else "", **as_of}
    context = {
        **asked,
        "definition": definition,
        "column": _named(definition, snapshot, column),
        "name": definition.row_name(found) or found.key,
        "heading": _heading(definition, snapshot, found, column),
        "cell": cell,
        "behind": _behind(snapshot, cell, request.GET),
        "query": query_of(kept),
        "back": query_of(as_of),
    }
    return render(request, "reporting/cell_lineage.html", context)


def _refused(sentence: str) -> HttpResponse:
    return HttpResponseBadRequest(sentence, content_type="text/plain; charset=utf-8")


def _definition(snapshot: Snapshot, slug: str) -> ReportDefinition:
    definition = report_named(snapshot, slug)
    if definition is None:
        raise Http404("There is no such table.")
    return definition


def _shown(definition: ReportDefinition, snapshot: Snapshot, params: QueryDict) -> ReportDefinition:
    """Return a report as its page shows it; what it has not is as if it were not asked for."""
    layouts, layout = layouts_of(definition), params.get("layout", "")
    shown = laid_out(definition, layout if layout in layouts else layouts[0])
    try:
        return with_part(shown, snapshot, params.get("part", ""))
    except ValidationError:
        return shown


def _beside(definition: ReportDefinition, snapshot: Snapshot) -> dict[str, Any] | None:
    """Return what is shown with the figure, and the template that shows it."""
    if definition.beside is None:
        return None
    usual = {"template": f"reporting/_beside_{definition.slug}.html", "instead": ""}
    return {**usual, **definition.beside(snapshot)}


def _with_cell(
    report: ReportDefinition, snapshot: Snapshot, layout: str, row: str, column: str
) -> tuple[ReportDefinition, Row]:
    """Return a report in a layout that has this cell, the one asked for first, and its row."""
    for name in sorted(layouts_of(report), key=lambda name: name != layout):
        definition = laid_out(report, name)
        found = definition.row(snapshot, row) if column in definition.keys else None
        if found is not None:
            return definition, found
    raise Http404("This table has no such cell.")


def _asked(request: ReviewRequest, member: Membership) -> dict[str, Any]:
    """Return the snapshot asked for, with the form; the last event where the form has errors."""
    form = AsOfForm(request.GET)
    try:
        snapshot = _snapshot(member, form)
    except ValidationError as refusal:
        if "as_of" not in form.errors:
            form.add_error("as_of", refusal)
        snapshot = take_snapshot(member.review, reader=member)
    chosen = not form.errors and bool(form.cleaned_data["as_of"])
    return {"form": form, "snapshot": snapshot, "as_of": snapshot.as_text if chosen else ""}


def _snapshot(member: Membership, form: AsOfForm) -> Snapshot:
    if not form.is_valid():
        raise ValidationError(form.errors.as_data()["as_of"])
    return take_snapshot(member.review, form.cleaned_data["as_of"], member)


def _behind(snapshot: Snapshot, cell: Cell, params: QueryDict) -> Any:
    try:
        return behind(snapshot, cell, params)
    except BadCursor as error:
        raise Http404("There is no such page.") from error


def _named(definition: ReportDefinition, snapshot: Snapshot, key: str) -> Column:
    return next(column for column in definition.columns_for(snapshot) if column.key == key)


def _heading(definition: ReportDefinition, snapshot: Snapshot, row: Row, key: str) -> str:
    """Return what the cell is of: its column, or its row where the column says nothing."""
    first = definition.columns[0]
    if first.names and key in [column.key for column in definition.columns[1:2]]:
        named = [key for key in (first.key, "category") if key in definition.keys]
        name = ", ".join(text for key in named if (text := row.cell(key).text)).replace("_", " ")
        return f"{name[:1].upper()}{name[1:]}"
    return _named(definition, snapshot, key).heading
