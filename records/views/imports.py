"""Imports: search files in, their progress and their ledger, and undoing one."""

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from records import uploads, uses
from records.choices import BatchStanding, DuplicateStanding, JobStanding
from records.forms import ImportForm
from records.forms.imports import FIELD_LABELS, FORMAT_NAMES
from records.models import (
    BatchState,
    DuplicateGroup,
    DuplicateMember,
    ImportBatch,
    ImportProblem,
    Record,
    SourceDetails,
)
from records.problem_kinds import kinds_in
from records.services import cancel_import, find_or_add_source, receive_file, undo_import
from records.tasks import enqueue_import, is_searching, is_still, job_standing
from reviews.access import review_view
from reviews.http import ILL_FORMED, REFUSED, ReviewRequest, page_or_404
from reviews.models import Membership
from reviews.roles import Capability

RECORDS_SHOWN = 5
STUCK = (JobStanding.BROKEN, JobStanding.ABSENT)
SHOWN = {"": None, "rejected": True, "guesses": False}


@require_safe
@review_view(Capability.IMPORT)
def import_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """List the imports with their ledgers, newest first, and how far the running ones are."""
    states = BatchState.objects.current().filter(review=member.review)
    shown = states.select_related("review", "batch__source", "batch__member__user")
    page = page_or_404(shown, request, by="batch_id", descending=True)
    running = [state for state in page.rows if state.standing == BatchStanding.STAGING]
    context = {
        "page": page,
        "waiting": states.filter(standing=BatchStanding.RECEIVED).count(),
        "running": running,
        "job": _job(running[-1]) if running else None,
    }
    return render(request, "records/import_list.html", context)


@require_http_methods(["GET", "POST"])
@review_view(Capability.IMPORT)
def import_create(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Take search files and the source they came from; nothing is imported yet."""
    posted = request.method == "POST"
    form = ImportForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        review=member.review,
        initial={"source": request.GET.get("source")},
    )
    status = ILL_FORMED if posted else 200
    if form.is_valid():
        try:
            batches = _receive_all(member, form)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            status = REFUSED
        else:
            return _to_look_at(request, batches)
    return render(request, "records/import_create.html", {"form": form}, status=status)


@require_safe
@review_view(Capability.IMPORT)
def import_detail(request: ReviewRequest, member: Membership, uid: str) -> HttpResponse:
    """Show where one import stands: its progress, or its ledger, problems and first records."""
    context = _about(_batch(member, uid), request)
    response = render(request, "records/import_detail.html", context)
    asked_as = request.GET.get("as", "")
    if request.htmx and (not context["moves"] or asked_as != context["shown_as"]):
        # More has changed than the progress that the page asked for.
        response.headers["HX-Refresh"] = "true"
    return response


@require_safe
@review_view(Capability.IMPORT)
def import_download(request: ReviewRequest, member: Membership, uid: str) -> FileResponse:
    """Hand out the file of an import as it was given."""
    batch = _batch(member, uid)
    try:
        stream = uploads.reopen(batch.file_sha256, batch.file_size)
    except uploads.FileLost as lost:
        raise Http404(str(lost)) from lost
    return FileResponse(
        stream,
        as_attachment=True,
        filename=uploads.download_name(batch.file_name),
        content_type="application/octet-stream",
    )


@require_POST
@review_view(Capability.IMPORT)
def import_undo(request: ReviewRequest, member: Membership, uid: str) -> HttpResponse:
    """Hide the records of an import that nobody has worked on."""
    batch = _batch(member, uid)
    try:
        undo_import(lead=member, batch=batch)
    except ValidationError as refusal:
        return _refused(request, batch, refusal)
    messages.success(request, f"{batch.file_name} is undone: its records are hidden everywhere.")
    return redirect("records:import-detail", slug=member.review.slug, uid=batch.uid)


@require_POST
@review_view(Capability.IMPORT)
def import_cancel(request: ReviewRequest, member: Membership, uid: str) -> HttpResponse:
    """Give up an import that has not ended."""
    batch = _batch(member, uid)
    try:
        cancel_import(lead=member, batch=batch)
    except ValidationError as refusal:
        return _refused(request, batch, refusal)
    messages.success(request, f"{batch.file_name} is cancelled: nothing of it was imported.")
    states = BatchState.objects.current().filter(review=member.review)
    if states.filter(standing=BatchStanding.RECEIVED).exists():
        return redirect("records:import-check", slug=member.review.slug)
    return redirect("records:import-list", slug=member.review.slug)


@require_POST
@review_view(Capability.IMPORT)
def import_resume(request: ReviewRequest, member: Membership, uid: str) -> HttpResponse:
    """Queue the job of an import that was broken off."""
    batch = _batch(member, uid)
    state = BatchState.objects.current().get(batch=batch)
    if state.standing != BatchStanding.STAGING:
        refusal = ValidationError("This import does not run, so it cannot go on.")
        return _refused(request, batch, refusal)
    enqueue_import(member.review)
    return redirect("records:import-detail", slug=member.review.slug, uid=batch.uid)


def _batch(member: Membership, uid: str) -> ImportBatch:
    batches = ImportBatch.objects.filter(review=member.review)
    return get_object_or_404(batches.select_related("review", "source", "member__user"), uid=uid)


def _receive_all(member: Membership, form: ImportForm) -> list[ImportBatch]:
    given = form.cleaned_data
    source = given["source"] or find_or_add_source(lead=member, **form.source_details)
    return [
        receive_file(
            lead=member,
            source=source,
            file_name=file.name,
            stream=file,
            format=given["format"] or "auto",
            request_key=str(given["key"]),
        )
        for file in given["uploads"]
    ]


def _to_look_at(request: ReviewRequest, batches: list[ImportBatch]) -> HttpResponse:
    """Lead to the cards of the received files; say of the others why they were refused."""
    slug = request.member.review.slug
    states = BatchState.objects.current().filter(batch__in=batches).select_related("batch")
    refused = [state for state in states if state.standing == BatchStanding.REFUSED]
    if len(refused) == len(batches) == 1:
        return redirect("records:import-detail", slug=slug, uid=batches[0].uid)
    for state in refused:
        messages.error(request, f"{state.batch.file_name} was not imported. {state.refusal}")
    if len(refused) == len(batches):
        return redirect("records:import-list", slug=slug)
    return redirect("records:import-check", slug=slug)


def _refused(request: ReviewRequest, batch: ImportBatch, refusal: ValidationError) -> HttpResponse:
    context = {**_about(batch, request), "refusals": refusal.messages}
    return render(request, "records/import_detail.html", context, status=REFUSED)


def _job(state: BatchState) -> dict[str, Any]:
    return {"standing": job_standing(state), "still": is_still(state)}


def _about(batch: ImportBatch, request: ReviewRequest) -> dict[str, Any]:
    state = BatchState.objects.current().select_related("review", "batch").get(batch=batch)
    records = Record.objects.filter(batch=batch)
    running = state.standing == BatchStanding.STAGING
    published = state.standing == BatchStanding.PUBLISHED
    unsearched = BatchState.objects.unsearched().filter(pk=state.pk).exists()
    searching = unsearched and is_searching(batch.review)
    objection = uses.objection(batch) if published else None
    job = _job(state) if running else None
    stuck = job["standing"] if job and job["standing"] in STUCK else ""
    return {
        "batch": batch,
        "state": state,
        "job": job,
        "shown_as": f"{state.standing}{stuck}",
        "unsearched": unsearched,
        "searching": searching,
        "moves": running or searching,
        "records": records.visible()[:RECORDS_SHOWN],
        "source": SourceDetails.objects.current().get(source=batch.source),
        "format_name": FORMAT_NAMES.get(state.format, state.format),
        "mapping": _said_columns(state),
        "objection": objection,
        "may_undo": published and objection is None,
        "kinds": [] if running else kinds_in(batch, read_as=state.format),
        **_problems(batch, request),
        **(_duplicates(state) if published and state.imported else {}),
    }


def _said_columns(state: BatchState) -> list[tuple[str, str]]:
    said = json.loads(state.mapping) if state.mapping else {}
    return [(FIELD_LABELS.get(field, field), column) for field, column in said.items()]


def _problems(batch: ImportBatch, request: ReviewRequest) -> dict[str, Any]:
    problems = ImportProblem.objects.filter(batch=batch)
    counted = problems.order_by().values_list("rejected").annotate(Count("pk"))
    counts = dict(counted)
    show = request.GET.get("show", "")
    wanted = SHOWN.get(show)
    if wanted is not None:
        problems = problems.filter(rejected=wanted)
    return {
        "problem_count": sum(counts.values()),
        "problem_tabs": [
            ("", "All", sum(counts.values())),
            ("rejected", "Rejected", counts.get(True, 0)),
            ("guesses", "Kept, with a guess", counts.get(False, 0)),
        ],
        "show": show if show in SHOWN else "",
        "page": page_or_404(problems, request, by="line"),
    }


def _duplicates(state: BatchState) -> dict[str, Any]:
    """Return what the last search for duplicates made of the records of an import."""
    new = Record.objects.filter(batch=state.batch_id).unmerged().order_by().count()
    waits = DuplicateMember.objects.current().filter(
        group=OuterRef("pk"), record__batch=state.batch_id, standing=DuplicateStanding.WAITING
    )
    groups = DuplicateGroup.objects.filter(review=state.review_id)
    waiting = groups.of_standing(DuplicateStanding.WAITING).filter(Exists(waits))
    return {
        "new": new,
        "behind": state.imported - new,
        "groups": waiting.order_by().count(),
    }
