"""An extraction sheet in two steps: looked at, then imported."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from extraction.services import SheetInput, SheetOutcome, import_sheet, preview_sheet
from extraction.services.sheets import FINAL
from extraction.sheet_forms import SheetForm, carried, taken_up
from reviews.access import review_view
from reviews.http import ILL_FORMED, REFUSED, ReviewRequest
from reviews.models import Membership
from reviews.roles import Capability
from reviews.work import counted

WARNINGS_SHOWN = 200
STUDIES_SHOWN = 100


@require_http_methods(["GET", "POST"])
@review_view(Capability.MANAGE)
def sheet_preview(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Take a sheet and show what it holds; nothing of it is kept."""
    posted = request.method == "POST"
    form = SheetForm(
        request.POST if posted else None, request.FILES if posted else None, review=member.review
    )
    if not form.is_valid():
        return _ask(request, form, status=ILL_FORMED if posted else 200)
    given = form.given
    try:
        outcome = preview_sheet(member=member, given=given)
        text = carried(member, given)
    except ValidationError as refusal:
        return _ask(request, form, refusal, status=REFUSED)
    context = {**_told(outcome), "given": given, "carried": text, "is_final": given.way == FINAL}
    return render(request, "extraction/sheet_preview.html", context)


@require_POST
@review_view(Capability.MANAGE)
def sheet_import(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Import a sheet that was looked at."""
    form = SheetForm(review=member.review)
    try:
        given = taken_up(member, request.POST.get("sheet", ""))
    except ValidationError as refusal:
        return _ask(request, form, refusal, status=ILL_FORMED)
    try:
        outcome = import_sheet(member=member, given=given)
    except ValidationError as refusal:
        return _ask(request, form, refusal, status=REFUSED)
    _say(request, given, outcome)
    return redirect("extraction:study-list", slug=member.review.slug)


def _ask(
    request: ReviewRequest,
    form: SheetForm,
    refusal: ValidationError | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Show the form, with what keeps the sheet out line by line."""
    problems = getattr(refusal, "problems", [])
    context = {
        "form": form,
        "problems": problems,
        "refusals": refusal.messages if refusal is not None and not problems else [],
    }
    return render(request, "extraction/sheet_create.html", context, status=status)


def _told(outcome: SheetOutcome) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "labels": outcome.labels[:STUDIES_SHOWN],
        "more_labels": max(0, len(outcome.labels) - STUDIES_SHOWN),
        "warnings": outcome.warnings[:WARNINGS_SHOWN],
        "more_warnings": max(0, len(outcome.warnings) - WARNINGS_SHOWN),
    }


def _say(request: ReviewRequest, given: SheetInput, outcome: SheetOutcome) -> None:
    studies = counted(outcome.studies, "study", "studies")
    if not outcome.changed:
        messages.info(
            request, f"{given.file_name} says what is there already; nothing was changed."
        )
        return
    made = f", {len(outcome.created)} of them new" if outcome.created else ""
    as_what = "final" if given.way == FINAL else f"your copy, seat {given.way}"
    messages.success(
        request,
        f"{counted(outcome.values, 'value', 'values')} of {studies}{made} imported as {as_what}.",
    )
