"""The records of a review: the list and one record."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from reviews.access import review_view
from reviews.http import ReviewRequest
from reviews.models import Membership
from reviews.paging import BadCursor, Page, keyset_page
from reviews.roles import Capability
from screening.forms import RecordFilterForm
from screening.links import links
from screening.models import Record, Resolution, ScreeningDecision
from screening.querysets import RecordQuerySet
from screening.views.stage_door import ILL_FORMED


@require_safe
@review_view(Capability.READ)
def record_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """List the records that imports and merges leave, with the member's own votes."""
    screens = member.can(Capability.SCREEN)
    form = RecordFilterForm(request.GET, review=member.review, screens=screens)
    records = Record.objects.filter(review=member.review).unmerged()
    readable = form.is_valid()
    records = _narrowed(records, member, **form.cleaned_data) if readable else records.none()
    shown = records.select_related("batch__source").with_own_decisions(member)
    context = {
        "form": form,
        "screens": screens,
        "chips": [
            {"words": words, "without": _without(request, name)} for name, words in form.active()
        ],
        "page": page_or_404(shown, request),
        "total": records.order_by().count(),
    }
    status = 200 if readable else ILL_FORMED
    return render(request, "screening/record_list.html", context, status=status)


@require_safe
@review_view(Capability.READ)
def record_detail(request: ReviewRequest, member: Membership, uid: str) -> HttpResponse:
    """Show one record as its file gave it, where it was found, and the votes one may see."""
    records = Record.objects.filter(review=member.review).visible()
    record = get_object_or_404(records.select_related("batch__source", "batch__member"), uid=uid)
    decisions = (
        ScreeningDecision.objects.filter(record=record)
        .standing()
        .visible_to(member)
        .own_or_released(member)
        .select_related("member__user", "reason")
        .order_by("stage", "uid")
    )
    resolutions = (
        Resolution.objects.filter(record=record)
        .current()
        .visible_to(member)
        .select_related("member__user", "second_member__user", "reason")
        .order_by("stage", "pk")
    )
    context = {
        "record": record,
        "links": links(record),
        "duplicates": Record.objects.filter(review=member.review)
        .merged_with(record)
        .select_related("batch__source"),
        "decisions": decisions,
        "resolutions": resolutions,
    }
    return render(request, "screening/record_detail.html", context)


def page_or_404(rows: QuerySet[Any], request: ReviewRequest, **how: Any) -> Page:
    """Return the page that the address names; a cursor that is not of this list is not found."""
    try:
        return keyset_page(rows, request.GET, **how)
    except BadCursor as error:
        raise Http404(error.messages[0]) from error


def _without(request: ReviewRequest, name: str) -> str:
    """Return the address of the list without one filter, from its first page."""
    params = request.GET.copy()
    for gone in (name, "after", "before"):
        params.pop(gone, None)
    return f"?{params.urlencode()}"


def _narrowed(
    records: RecordQuerySet,
    member: Membership,
    *,
    q: str,
    source: Any,
    year: int | None,
    mine: str = "",
) -> RecordQuerySet:
    if q:
        records = records.matching(q)
    if source:
        records = records.found_by(source)
    if year:
        records = records.filter(year=year)
    if mine:
        stage, verdict = mine.split(":")
        if verdict == "none":
            return records.undecided_by(member, stage)
        return records.decided_by(member, stage, verdict)
    return records
