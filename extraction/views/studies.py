"""Studies: the list, one study, who extracts it, and how it is named."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from extraction.choices import CopySeat, CopyStanding
from extraction.copies import read_copy
from extraction.doubts import doubts_about
from extraction.forms import AssignAllForm, AssignForm, LinkReportForm, PlainForm, RenameForm
from extraction.models import Extraction, FormVersion, Report, Study, final_consensus
from extraction.querysets.reports import companion_studies, included_reports, reports_to_open
from extraction.services import (
    assign_all,
    assign_extractors,
    link_report,
    open_studies,
    rename_study,
)
from extraction.views.reading import released_study
from records.models import Record
from reviews.access import review_view
from reviews.http import REFUSED, ReviewRequest, posted
from reviews.models import Membership
from reviews.paging import BadCursor, keyset_page
from reviews.roles import Capability
from reviews.work import counted


@require_safe
@review_view(Capability.READ)
def study_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """List the studies this member may know of, and where they stand for who may see that."""
    reports = Count("reports", filter=Q(reports__superseded_at__isnull=True))
    studies = Study.objects.visible_to(member).named().annotate(report_count=reports)
    try:
        page = keyset_page(studies, request.GET)
    except BadCursor as unknown:
        raise Http404(str(unknown)) from unknown
    leads = member.can(Capability.MANAGE)
    offers = _offers(member) if leads else []
    context = {
        "page": page,
        "standings": _standings(member, page.rows),
        "waiting": reports_to_open(member.review).order_by().count() if leads else 0,
        "offers": offers,
        "unassigned": _unassigned(member) if leads else 0,
        "has_form": leads and FormVersion.objects.filter(review=member.review).exists(),
    }
    return render(request, "extraction/study_list.html", context)


@require_POST
@review_view(Capability.MANAGE)
def study_open(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Make studies of the included reports that have none."""
    studies = open_studies(lead=member)
    if studies:
        messages.success(request, f"{counted(len(studies), 'study', 'studies')} created.")
    else:
        messages.info(request, "Every included report belongs to a study already.")
    return redirect("extraction:study-list", slug=member.review.slug)


@require_safe
@review_view(Capability.READ)
def study_detail(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Show a study: its reports, who extracts it, and its data once they are released."""
    study = visible_study(member, uid)
    reports = Report.objects.current().filter(study=study).select_related("record")
    copies = Extraction.objects.current().filter(study=study).with_standing()
    own = copies.filter(member=member).first()
    settles = member.can(Capability.ADJUDICATE)
    to_settle = settles and Study.objects.to_settle(member).filter(pk=study.pk).exists()
    leads = member.can(Capability.MANAGE)
    people = copies.exclude(seat=CopySeat.CONSENSUS).select_related("member__user")
    final = final_consensus().filter(study=study).select_related("study", "form_version__form")
    consensus = final.first()
    context = {
        "study": study,
        "reports": reports,
        "own": own,
        "to_settle": to_settle,
        "people": people if leads else [],
        "may_assign": leads and not study.alignments.current().exists(),
        "excluded": not included_reports(member.review).filter(reports__in=reports).exists(),
        "doubts": doubts_about(member, study),
        "released": released_study(read_copy(consensus), member.review) if consensus else None,
    }
    return render(request, "extraction/study_detail.html", context)


@require_http_methods(["GET", "POST"])
@review_view(Capability.MANAGE)
def study_assign(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Assign the two people who extract a study."""
    study = visible_study(member, uid)
    copies = {copy.seat: copy.member for copy in study.extractions.current()}
    form = AssignForm(
        posted(request),
        review=member.review,
        first=copies.get(CopySeat.A),
        second=copies.get(CopySeat.B),
    )
    return _study_form(
        request,
        member,
        study,
        form,
        act=lambda: assign_extractors(lead=member, study=study, **form.cleaned_data),
        done="The two extract this study independently from now on.",
        heading=f"Who extracts {study.label}",
        lead="Two different people; neither sees the other's answers before the study is final.",
        button="Assign",
    )


@require_http_methods(["GET", "POST"])
@review_view(Capability.MANAGE)
def study_assign_all(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Deal all studies without extractors among some people."""
    form = AssignAllForm(posted(request), review=member.review)
    if form.is_valid():
        try:
            studies = assign_all(lead=member, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            assigned = counted(len(studies), "study", "studies")
            messages.success(request, f"{assigned} assigned.")
            return redirect("extraction:study-list", slug=member.review.slug)
    back = redirect("extraction:study-list", slug=member.review.slug).url
    unassigned = _unassigned(member)
    have = "has" if unassigned == 1 else "have"
    context = {
        "form": form,
        "heading": "Assign all studies",
        "lead": f"{counted(unassigned, 'study', 'studies')} {have} no extractors yet.",
        "button": "Assign",
        "back": back,
        "back_label": "Studies",
    }
    status = REFUSED if form.errors else 200
    return render(request, "extraction/study_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@review_view(Capability.MANAGE)
def study_rename(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Give a study the name the tables print."""
    study = visible_study(member, uid)
    form = RenameForm(posted(request), initial={"label": study.label, "note": study.note})
    return _study_form(
        request,
        member,
        study,
        form,
        act=lambda: rename_study(lead=member, study=study, **form.cleaned_data),
        done="The study has its new name.",
        heading=f"Name of {study.label}",
        lead="Tables print the name, and the note beside it.",
        button="Save",
    )


@require_http_methods(["GET", "POST"])
@review_view(Capability.MANAGE)
def study_link(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Add a further report to a study."""
    study = visible_study(member, uid)
    records = included_reports(member.review).exclude(
        pk__in=study.reports.current().values("record")
    )
    form = LinkReportForm(posted(request), records=records)
    return _study_form(
        request,
        member,
        study,
        form,
        act=lambda: link_report(
            lead=member,
            study=study,
            record=form.records[form.cleaned_data["record"]],
            kind=form.cleaned_data["kind"],
        ),
        done="The report belongs to this study now.",
        heading=f"Add a report to {study.label}",
        lead="Reports of one investigation are one study, so that nobody is counted twice.",
        button="Add",
    )


def visible_study(member: Membership, uid: UUID) -> Any:
    """Return a study that this member may know of, with its ``label`` and ``note``."""
    return get_object_or_404(Study.objects.visible_to(member).named(), uid=uid)


def _study_form(
    request: ReviewRequest,
    member: Membership,
    study: Study,
    form: PlainForm,
    *,
    act: Callable[[], object],
    done: str,
    **words: Any,
) -> HttpResponse:
    back = redirect("extraction:study-detail", slug=member.review.slug, uid=study.uid)
    if form.is_valid():
        try:
            act()
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, done)
            return back
    context = {"form": form, "back": back.url, "back_label": str(study), **words}
    status = REFUSED if form.errors else 200
    return render(request, "extraction/study_form.html", context, status=status)


def _offers(member: Membership) -> list[tuple[Record, Study]]:
    """Return the reports that wait to join the study of another report, and that study."""
    found = companion_studies(member.review)
    records = Record.objects.filter(pk__in=found).order_by("number", "pk")
    studies = Study.objects.filter(pk__in=found.values()).named().in_bulk()
    return [(record, studies[found[record.pk]]) for record in records.defer("raw", "abstract")]


def _unassigned(member: Membership) -> int:
    return Study.objects.filter(review=member.review).without_extractors().order_by().count()


def _standings(member: Membership, studies: Sequence[Study]) -> dict[int, dict[str, Any]]:
    """Return where each study stands, as far as this member may know. One query.

    The lead and adjudicators see how far both copies have come, except an adjudicator who holds a
    seat in the study; everybody else sees their own copy, and that a study is final.
    """
    copies = Extraction.objects.current().filter(study__in=studies).with_standing()
    by_study: dict[int, list[Any]] = {}
    for copy in copies:
        by_study.setdefault(copy.study_id, []).append(copy)
    return {study.pk: _standing(member, by_study.get(study.pk, [])) for study in studies}


def _standing(member: Membership, copies: list[Any]) -> dict[str, Any]:
    own = next((copy for copy in copies if copy.member_id == member.pk), None)
    consensus = next((copy for copy in copies if copy.seat == CopySeat.CONSENSUS), None)
    people = [copy for copy in copies if copy is not consensus]
    sees_all = member.can(Capability.MANAGE) or (member.can(Capability.ADJUDICATE) and not own)
    submitted = sum(copy.standing != CopyStanding.DRAFT for copy in people)
    if consensus is not None and consensus.standing == CopyStanding.FINAL:
        state, words = "settled", "Final"
    elif not sees_all:
        state, words = ("", "")
    elif not people:
        state, words = "waiting", "Not assigned"
    elif consensus is not None:
        state, words = "some", "Being compared"
    elif submitted == len(people):
        state, words = "conflict", "To be compared"
    else:
        state, words = "waiting", f"{submitted} of {len(people)} submitted"
    return {"state": state, "words": words, "own": own}
