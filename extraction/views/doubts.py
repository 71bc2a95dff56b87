"""Doubts about the reports of a study: raised, taken back, and settled by a second person."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from extraction.doubt_forms import AnswerForm, DoubtForm
from extraction.models import Report, Study, study_label
from extraction.querysets.late import (
    doubts_shown,
    doubts_to_settle,
    excluded_late_of,
    included_of,
)
from extraction.views.studies import visible_study
from records.models import RecordQuerySet
from reviews.access import review_view
from reviews.http import REFUSED, ReviewRequest, page_or_404, posted
from reviews.models import Membership
from reviews.roles import Capability
from screening.choices import DoubtStanding, Verdict
from screening.models import EligibilityDoubt
from screening.services import raise_doubt, settle_doubt, withdraw_doubt

WORDS = {
    Verdict.EXCLUDE: {
        "heading": "Report as ineligible",
        "lead": "The report stays included until a second person agrees. Its extraction stays in "
        "any case.",
        "button": "Report as ineligible",
    },
    Verdict.INCLUDE: {
        "heading": "Include a report again",
        "lead": "The report stays excluded until a second person agrees.",
        "button": "Ask for it to be included again",
    },
}


@require_http_methods(["GET", "POST"])
@review_view(Capability.EXTRACT)
def study_ineligible(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Take that an included report of a study is not eligible."""
    study = visible_study(member, uid)
    return _doubt(request, member, study, Verdict.EXCLUDE, included_of(study))


@require_http_methods(["GET", "POST"])
@review_view(Capability.EXTRACT)
def study_include_again(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Take that a report of a study that was excluded late is eligible after all."""
    study = visible_study(member, uid)
    return _doubt(request, member, study, Verdict.INCLUDE, excluded_late_of(study))


@require_safe
@review_view(Capability.ADJUDICATE)
def doubt_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """List the doubts that this member may settle as the second person."""
    doubts = doubts_to_settle(member).select_related("record", "member__user", "reason")
    context = {"page": page_or_404(doubts, request, by="recorded_at")}
    return render(request, "extraction/doubt_list.html", context)


@require_http_methods(["GET", "POST"])
@review_view(Capability.ADJUDICATE)
def doubt_settle(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Show a doubt of another person, and take whether the report is settled anew."""
    shown = doubts_shown(member).exclude(member=member)
    doubt = get_object_or_404(shown.select_related("record", "member__user", "reason"), uid=uid)
    form = AnswerForm(posted(request), review=member.review, reason=doubt.reason)
    if form.is_valid():
        try:
            settled = settle_doubt(settler=member, doubt=doubt, **form.said)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _settled(settled))
            return _back(member, doubt)
    waits = doubts_to_settle(member).filter(pk=doubt.pk).exists()
    context = {
        "doubt": doubt,
        "form": form,
        "waits": waits,
        "study": _study_of(member, doubt),
        "excludes": doubt.verdict == Verdict.EXCLUDE,
    }
    status = REFUSED if form.errors else 200
    return render(request, "extraction/doubt_settle.html", context, status=status)


@require_POST
@review_view(Capability.EXTRACT)
def doubt_withdraw(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Take one's own doubt back."""
    doubt = get_object_or_404(EligibilityDoubt, review=member.review, member=member, uid=uid)
    try:
        withdraw_doubt(member=member, doubt=doubt)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, "Taken back. The report stays as it was.")
    return _back(member, doubt)


def _doubt(
    request: ReviewRequest, member: Membership, study: Any, verdict: str, reports: RecordQuerySet
) -> HttpResponse:
    form = DoubtForm(posted(request), review=member.review, reports=reports, verdict=verdict)
    back = redirect("extraction:study-detail", slug=member.review.slug, uid=study.uid)
    if form.is_valid():
        try:
            raise_doubt(member=member, verdict=verdict, **form.said)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, "Recorded. It waits for a second person.")
            return back
    context = {"form": form, "back": back.url, "back_label": study.label, **WORDS[Verdict(verdict)]}
    status = REFUSED if form.errors else 200
    return render(request, "extraction/study_form.html", context, status=status)


def _settled(doubt: EligibilityDoubt) -> str:
    if doubt.standing == DoubtStanding.DISMISSED:
        return "Kept as it was."
    if doubt.verdict == Verdict.EXCLUDE:
        return "Excluded. Its extraction stays; the flow diagram and every table are recomputed."
    return "Included again."


def _study_of(member: Membership, doubt: EligibilityDoubt) -> Study | None:
    report = Report.objects.current().filter(record=doubt.record_id)
    studies = Study.objects.visible_to(member).filter(pk__in=report.values("study"))
    found: Study | None = studies.annotate(label=study_label()).first()
    return found


def _back(member: Membership, doubt: EligibilityDoubt) -> HttpResponse:
    study = _study_of(member, doubt)
    slug = member.review.slug
    if study is None:
        return redirect("extraction:study-list", slug=slug)
    return redirect("extraction:study-detail", slug=slug, uid=study.uid)
