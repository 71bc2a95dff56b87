"""Imports: search files in, their ledger, and undoing one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews.access import review_view
from reviews.http import ReviewRequest
from reviews.models import Membership
from reviews.roles import Capability
from screening.choices import BatchStanding
from screening.forms import ImportForm
from screening.models import BatchState, ImportBatch, ImportProblem, Record, SourceDetails
from screening.services import add_source, find_duplicates, import_file, undo_import
from screening.views.records import page_or_404
from screening.views.stage_door import ILL_FORMED, REFUSED

RECORDS_SHOWN = 5


@require_safe
@review_view(Capability.IMPORT)
def import_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """List the imports with their ledgers, newest first."""
    states = BatchState.objects.current().filter(review=member.review)
    shown = states.select_related("batch__source", "batch__member__user")
    page = page_or_404(shown, request, by="recorded_at", descending=True)
    return render(request, "screening/import_list.html", {"page": page})


@require_http_methods(["GET", "POST"])
@review_view(Capability.IMPORT)
def import_create(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Take search files and the source they came from, then look for duplicates once."""
    posted = request.method == "POST"
    form = ImportForm(
        request.POST if posted else None, request.FILES if posted else None, review=member.review
    )
    status = ILL_FORMED if posted else 200
    if form.is_valid():
        try:
            batches = _import_all(member, form)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            status = REFUSED
        else:
            _tell(request, batches, find_duplicates(lead=member))
            if len(batches) > 1:
                return redirect("screening:import-list", slug=member.review.slug)
            return redirect("screening:import-detail", slug=member.review.slug, uid=batches[0].uid)
    return render(request, "screening/import_create.html", {"form": form}, status=status)


@require_safe
@review_view(Capability.IMPORT)
def import_detail(request: ReviewRequest, member: Membership, uid: str) -> HttpResponse:
    """Show the ledger of one import, its problems, and its first records as they are stored."""
    batches = ImportBatch.objects.filter(review=member.review).select_related("source")
    batch = get_object_or_404(batches.select_related("member__user"), uid=uid)
    return render(request, "screening/import_detail.html", _about(batch))


@require_POST
@review_view(Capability.IMPORT)
def import_undo(request: ReviewRequest, member: Membership, uid: str) -> HttpResponse:
    """Hide the records of an import that nobody has voted on."""
    batches = ImportBatch.objects.filter(review=member.review).select_related("source")
    batch = get_object_or_404(batches.select_related("member__user"), uid=uid)
    try:
        undo_import(lead=member, batch=batch)
    except ValidationError as refusal:
        context = {**_about(batch), "refusals": refusal.messages}
        return render(request, "screening/import_detail.html", context, status=REFUSED)
    messages.success(request, f"{batch.file_name} is undone: its records are hidden everywhere.")
    return redirect("screening:import-detail", slug=member.review.slug, uid=batch.uid)


def _import_all(member: Membership, form: ImportForm) -> list[ImportBatch]:
    given = form.cleaned_data
    source = given["source"] or add_source(lead=member, **form.source_details)
    return [
        import_file(
            lead=member,
            source=source,
            file_name=file.name,
            stream=file,
            format=given["format"] or "auto",
            mapping=given["mapping"] or None,
        )
        for file in given["uploads"]
    ]


def _tell(request: ReviewRequest, batches: list[ImportBatch], found: dict[str, int]) -> None:
    states = BatchState.objects.current().filter(batch__in=batches).select_related("batch")
    new = 0
    for state in states.order_by("recorded_at", "pk"):
        if state.standing == BatchStanding.REFUSED:
            name = state.batch.file_name
            messages.error(request, f"{name} was not imported. {state.refusal}")
        new += state.imported
    if any(state.standing == BatchStanding.PUBLISHED for state in states):
        messages.success(
            request,
            f"{new:,} new, {found['merged']:,} duplicates merged in the whole review, "
            f"{found['to_review']:,} need a look.",
        )


def _about(batch: ImportBatch) -> dict[str, Any]:
    state = BatchState.objects.current().get(batch=batch)
    records = Record.objects.filter(batch=batch)
    return {
        "batch": batch,
        "state": state,
        "problems": ImportProblem.objects.filter(batch=batch).order_by("line", "pk"),
        "records": records.visible()[:RECORDS_SHOWN],
        "source": SourceDetails.objects.current().get(source=batch.source),
        "may_undo": state.standing == BatchStanding.PUBLISHED and not records.voted_on().exists(),
    }
