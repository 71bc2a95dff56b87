"""Labels: the member's own and the shared ones."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from records import uses
from records.forms import LabelForm
from records.models import Label, LabelDetails
from records.services import create_label, remove_label, rename_label, restore_label
from reviews.access import review_view
from reviews.http import ILL_FORMED, ReviewRequest, posted
from reviews.models import Membership
from reviews.roles import Capability


@require_http_methods(["GET", "HEAD", "POST"])
@review_view(Capability.READ)
def label_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """List the labels the member sees, and make new ones."""
    may_share = _may_share(member)
    form = LabelForm(posted(request), may_share=may_share)
    if request.method == "POST" and form.is_valid():
        try:
            create_label(member=member, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect("records:label-list", slug=member.review.slug)
    return _label_page(request, member, form, may_share=may_share)


@require_POST
@review_view(Capability.READ)
def label_rename(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Give a label another name."""
    label, form = _label_or_404(member, uid), LabelForm(request.POST)
    if form.is_valid():
        return _acted(request, member, rename_label, label=label, name=form.cleaned_data["name"])
    messages.error(request, f"The label was not renamed. {form.errors['name'][0]}")
    return redirect("records:label-list", slug=member.review.slug)


@require_POST
@review_view(Capability.READ)
def label_remove(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Take a label out of use."""
    return _acted(request, member, remove_label, label=_label_or_404(member, uid))


@require_POST
@review_view(Capability.READ)
def label_restore(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Take a label into use again."""
    return _acted(request, member, restore_label, label=_label_or_404(member, uid))


def _acted(request: ReviewRequest, member: Membership, act: Any, **what: Any) -> HttpResponse:
    try:
        act(member=member, **what)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("records:label-list", slug=member.review.slug)


def _label_page(
    request: ReviewRequest, member: Membership, form: LabelForm, *, may_share: bool
) -> HttpResponse:
    seen = Label.objects.of(member)
    current = LabelDetails.objects.current().filter(label__in=seen).select_related("label")
    labels = list(current.with_numbers().order_by("name", "pk"))
    for details in labels:
        details.may_change = may_share if details.label.shared else True
    context = {
        "form": form,
        "labels": [details for details in labels if not details.removed],
        "removed": [details for details in labels if details.removed and details.may_change],
    }
    status = ILL_FORMED if form.is_bound else 200
    return render(request, "records/label_list.html", context, status=status)


def _label_or_404(member: Membership, uid: UUID) -> Label:
    label: Label = get_object_or_404(Label.objects.of(member), uid=uid)
    return label


def _may_share(member: Membership) -> bool:
    return member.can(Capability.MANAGE) and not uses.works_unseen(member)
