"""What people add to a record: its language and translator, and notices about the paper."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from records.choices import NoticeKind
from records.forms import NoticeForm, RecordDetailsForm
from records.services import remove_notice, set_notice, set_record_details
from reviews.access import review_view
from reviews.http import ILL_FORMED, ReviewRequest
from reviews.models import Membership
from reviews.roles import Capability
from screening.views.references import detail_of, record_or_404


@require_POST
@review_view(Capability.IMPORT)
def record_details_edit(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Keep the language of a paper and who translated it."""
    record = record_or_404(member, str(uid))
    form = RecordDetailsForm(request.POST)
    if form.is_valid():
        set_record_details(lead=member, record=record, **form.cleaned_data)
        return redirect("screening:record-detail", slug=member.review.slug, uid=uid)
    context = detail_of(member, str(uid), details_form=form)
    return render(request, "screening/record_detail.html", context, status=ILL_FORMED)


@require_POST
@review_view(Capability.IMPORT)
def notice_set(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Keep a notice published about a paper."""
    record = record_or_404(member, str(uid))
    form = NoticeForm(request.POST)
    if form.is_valid():
        set_notice(lead=member, record=record, **form.cleaned_data)
        return redirect("screening:record-detail", slug=member.review.slug, uid=uid)
    context = detail_of(member, str(uid), notice_form=form)
    return render(request, "screening/record_detail.html", context, status=ILL_FORMED)


@require_POST
@review_view(Capability.IMPORT)
def notice_remove(request: ReviewRequest, member: Membership, uid: UUID, kind: str) -> HttpResponse:
    """Take a notice back that was entered by mistake."""
    if kind not in NoticeKind.values:
        raise Http404("There is no such kind of notice.")
    record = record_or_404(member, str(uid))
    try:
        remove_notice(lead=member, record=record, kind=kind)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("screening:record-detail", slug=member.review.slug, uid=uid)
