"""Sources: what PRISMA-S asks about each search, and what each brought."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from records.choices import SourceKind
from records.forms import SourceForm
from records.forms.sources import LABELS
from records.models import BatchState, Record, SourceDetails
from records.services import add_source, update_source
from reviews.access import review_view
from reviews.http import ILL_FORMED, REFUSED, ReviewRequest, posted
from reviews.models import Membership, Review
from reviews.paging import BadCursor, page_by_uid
from reviews.roles import Capability

NOTHING = {"files": 0, "found": 0, "new": 0}
# What every search is asked for, and what only some kinds are.
ASKED = ("platform", "searched_on", "search_string")
ASKED_OF_CITATIONS = ("platform", "searched_on", "seed", "direction")


@require_safe
@review_view(Capability.IMPORT)
def source_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """List the sources by name, with what each brought and what is still to be said of it."""
    sources = member.review.sources.all()
    try:
        page = page_by_uid(sources, request.GET, by="name")
    except BadCursor as error:
        raise Http404(error.messages[0]) from error
    said = SourceDetails.objects.current().filter(source__in=page.rows)
    details = {row.source_id: row for row in said}
    brought = _brought(member.review)
    rows = [
        {
            "source": source,
            "details": details[source.pk],
            "missing": _missing(details[source.pk]),
            **brought.get(source.pk, NOTHING),
        }
        for source in page.rows
    ]
    return render(request, "records/source_list.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "POST"])
@review_view(Capability.IMPORT)
def source_create(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Name a source before there is a file of it, or where there never is one."""
    form = SourceForm(posted(request))
    status = 200 if request.method == "GET" else ILL_FORMED
    if form.is_valid():
        try:
            add_source(lead=member, name=form.cleaned_data["name"], **form.details)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            status = REFUSED
        else:
            return redirect("records:source-list", slug=member.review.slug)
    return render(request, "records/source_edit.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@review_view(Capability.IMPORT)
def source_edit(request: ReviewRequest, member: Membership, uid: str) -> HttpResponse:
    """Complete what PRISMA-S asks about a search; each earlier version is kept."""
    source = get_object_or_404(member.review.sources, uid=uid)
    details = SourceDetails.objects.current().get(source=source)
    form = SourceForm(posted(request), details=details)
    status = 200 if request.method == "GET" else ILL_FORMED
    if form.is_valid():
        seen = form.cleaned_data["seen"]
        try:
            update_source(lead=member, source=source, seen=seen, **form.details)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            # Whoever sends the form again has been shown what stands now.
            form.data = {**request.POST.dict(), "seen": str(details.uid)}
            status = REFUSED
        else:
            return redirect("records:source-list", slug=member.review.slug)
    context = {
        "form": form,
        "source": source,
        "details": details,
        "stands": _stands(form, details) if status == REFUSED else [],
        **_brought(member.review).get(source.pk, NOTHING),
    }
    return render(request, "records/source_edit.html", context, status=status)


def _brought(review: Review) -> dict[int, dict[str, int]]:
    """Return for each source its files in force, the records found, and those that stayed."""
    published = BatchState.objects.current().published().filter(review=review).order_by()
    ledgers = published.values("batch__source").annotate(files=Count("pk"), found=Sum("found"))
    kept = Record.objects.filter(review=review).unmerged().order_by()
    news = dict(kept.values_list("batch__source").annotate(Count("pk")))
    return {
        row["batch__source"]: {
            "files": row["files"],
            "found": row["found"],
            "new": news.get(row["batch__source"], 0),
        }
        for row in ledgers
    }


def _missing(details: SourceDetails) -> list[str]:
    """Return in words what PRISMA-S asks of this search and nobody has said."""
    asked = ASKED_OF_CITATIONS if details.kind == SourceKind.CITATION else ASKED
    return [LABELS[name].lower() for name in asked if not getattr(details, name)]


def _stands(form: SourceForm, details: SourceDetails) -> list[tuple[str, Any]]:
    """Return what stands now where it differs from what was typed."""
    return [
        (LABELS[name], getattr(details, name) or "nothing")
        for name, typed in form.details.items()
        if typed != getattr(details, name)
    ]
