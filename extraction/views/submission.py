"""Handing one's own extraction in, and opening a submitted one again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from extraction.checks import Finding
from extraction.choices import CopySeat, CopyStanding
from extraction.copies import StudyCopy
from extraction.forms import ReasonForm
from extraction.models import CopyState, Extraction
from extraction.services import answer_beside, finding_name, reopen_extraction, submit_extraction
from extraction.views.extractions import address, own_copy, sheet_of
from extraction.views.sheet import Sheet
from reviews.access import review_view
from reviews.http import REFUSED, ReviewRequest, posted
from reviews.models import Membership
from reviews.roles import Capability


@require_http_methods(["GET", "POST"])
@review_view(Capability.EXTRACT)
def extraction_submit(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """List what is missing and what does not fit, and hand the extraction in."""
    copy = own_copy(member, uid)
    refused: list[str] = []
    if request.method == "POST":
        try:
            submit_extraction(extractor=member, extraction=copy, overrides=reasons(request))
        except ValidationError as refusal:
            refused = refusal.messages
        else:
            messages.success(request, "Submitted. The lead can open it again if need be.")
            return redirect("extraction:extraction-list", slug=member.review.slug)
    sheet = sheet_of(member, copy)
    standing = CopyState.objects.current().get(extraction=copy)
    context = {
        "copy": copy,
        "sheet": sheet,
        "refused": refused,
        "is_draft": standing.standing == CopyStanding.DRAFT,
        "edit_url": address(member, copy),
        **listed(sheet, reasons(request)),
    }
    status = REFUSED if refused else 200
    return render(request, "extraction/extraction_submit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@review_view(Capability.MANAGE)
def extraction_reopen(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Make a submitted copy a draft again, with a reason."""
    copies = Extraction.objects.current().filter(review=member.review)
    people = copies.exclude(seat=CopySeat.CONSENSUS).select_related("study", "member__user")
    copy = get_object_or_404(people, uid=uid)
    form = ReasonForm(posted(request))
    study_page = redirect("extraction:study-detail", slug=member.review.slug, uid=copy.study.uid)
    if form.is_valid():
        try:
            reopen_extraction(lead=member, extraction=copy, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"{copy.member} can change the extraction again.")
            return study_page
    context = {
        "form": form,
        "heading": f"Open the extraction of {copy.member} again",
        "lead": "It becomes a draft; what was settled from it stays until somebody looks again.",
        "button": "Open again",
        "back": study_page.url,
        "back_label": str(copy.study),
    }
    status = REFUSED if form.errors else 200
    return render(request, "extraction/study_form.html", context, status=status)


def reasons(request: ReviewRequest) -> dict[str, str]:
    """Return the reasons given for errors that may stand, by the name of the finding."""
    start = "reason-"
    return {
        name.removeprefix(start): str(text)
        for name, text in request.POST.items()
        if name.startswith(start)
    }


def listed(sheet: Sheet, given: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Return what is blank, wrong, or doubtful, each with where it is and the reason given."""
    rows: list[dict[str, Any]] = [
        {
            "finding": finding,
            "name": finding_name(finding),
            "part": sheet.part_of(finding),
            "anchor": f"id_{sheet.name_of(finding)}",
            "reason": given.get(finding_name(finding)) or noted(sheet.copy, finding),
        }
        for finding in [*sheet.blanks, *sheet.findings]
    ]
    blanks, others = rows[: len(sheet.blanks)], rows[len(sheet.blanks) :]
    errors = [row for row in others if row["finding"].severity == "error"]
    return {
        "blank": blanks,
        "blocking": [row for row in errors if not row["finding"].overridable],
        "overridable": [row for row in errors if row["finding"].overridable],
        "warned": [row for row in others if row not in errors],
    }


def noted(copy: StudyCopy, finding: Finding) -> str:
    """Return the note beside the value that a warning is about, which may answer it."""
    return "" if finding.severity == "error" else answer_beside(copy, finding)
