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

from reporting.behind import behind
from reporting.definitions import Cell, Column, ReportDefinition, Row, Snapshot
from reporting.forms import AsOfForm
from reporting.printed import printed
from reporting.renderers import RENDERERS
from reporting.reports import ALL_REPORTS, REPORTS
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
ON_PAGES = "html"


@require_safe
@review_view(Capability.READ)
def report_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Show the summary as a sentence, the flow in short, and every table."""
    asked = _asked(request, member)
    flow = {row.key: row for row in PRISMA.table(asked["snapshot"]).rows}
    context = {
        **asked,
        "sentence": sentence(asked["snapshot"]),
        "flow": [(words, flow[key]) for words, key in FLOW_FIELDS],
        "reports": ALL_REPORTS,
    }
    return render(request, "reporting/report_list.html", context)


@require_safe
@review_view(Capability.READ)
def report_detail(request: ReviewRequest, member: Membership, table: str) -> HttpResponse:
    """Show one table as it is printed; every number opens."""
    definition = _definition(table)
    asked = _asked(request, member)
    context = {
        **asked,
        "definition": definition,
        "reports": ALL_REPORTS,
        "table": printed(definition, asked["snapshot"]),
        "formats": [name for name in definition.formats if name != ON_PAGES],
        "address": reverse("reporting:report-detail", args=[member.review.slug, table]),
    }
    return render(request, "reporting/report_detail.html", context)


@require_safe
@review_view(Capability.READ)
def report_download(request: ReviewRequest, member: Membership, table: str) -> HttpResponseBase:
    """Send one table as a file; formulas in its texts are inert unless the raw file is wanted."""
    definition = _definition(table)
    renderer = RENDERERS.get(request.GET.get("format", "csv"))
    if renderer is None or renderer.name not in definition.formats:
        return _refused(f"There are these formats: {', '.join(definition.formats)}.")
    form = AsOfForm(request.GET)
    try:
        snapshot = _snapshot(member, form)
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
    name = f"{member.review.slug}-{definition.slug}.{renderer.name}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


@require_safe
@review_view(Capability.READ)
def cell_lineage(
    request: ReviewRequest, member: Membership, table: str, row: str, column: str
) -> HttpResponse:
    """Show what one printed cell was made from: values, studies or records."""
    definition = _definition(table)
    asked = _asked(request, member)
    snapshot = asked["snapshot"]
    found = definition.row(snapshot, row)
    if found is None or column not in definition.keys:
        raise Http404("This table has no such cell.")
    cell = found.cell(column)
    context = {
        **asked,
        "definition": definition,
        "column": _named(definition, snapshot, column),
        "name": definition.row_name(found) or found.key,
        "heading": _heading(definition, snapshot, found, column),
        "cell": cell,
        "behind": _behind(snapshot, cell, request.GET),
    }
    return render(request, "reporting/cell_lineage.html", context)


def _refused(sentence: str) -> HttpResponse:
    return HttpResponseBadRequest(sentence, content_type="text/plain; charset=utf-8")


def _definition(slug: str) -> ReportDefinition:
    if slug not in REPORTS:
        raise Http404("There is no such table.")
    return REPORTS[slug]


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
    if first.names and key == definition.columns[1].key:
        named = [key for key in (first.key, "category") if key in definition.keys]
        name = ", ".join(text for key in named if (text := row.cell(key).text)).replace("_", " ")
        return f"{name[:1].upper()}{name[1:]}"
    return _named(definition, snapshot, key).heading
