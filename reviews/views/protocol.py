"""What the lead decides: settings, criteria and the reasons for exclusion."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from reviews.access import review_view
from reviews.choices import CriterionKind
from reviews.forms import CriteriaForm, ReasonsForm, ReviewSettingsForm
from reviews.http import ReviewRequest
from reviews.models import Membership
from reviews.roles import Capability
from reviews.services import replace_criteria, set_exclusion_reasons, update_settings


@require_http_methods(["GET", "POST"])
@review_view(Capability.MANAGE)
def review_settings(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Show and change question, unit of analysis, process and printed notes."""
    form = ReviewSettingsForm(request.POST or None, settings=member.review.settings)
    if form.is_valid():
        changes = dict(form.cleaned_data)
        why = changes.pop("why")
        try:
            update_settings(lead=member, changes=changes, why=why)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The settings are saved.")
            return redirect("reviews:review-settings", slug=member.review.slug)
    return render(request, "reviews/review_settings.html", {"form": form})


@require_http_methods(["GET", "POST"])
@review_view(Capability.MANAGE)
def criteria_edit(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Show and change the eligibility criteria."""
    now: dict[str, list[str]] = {kind: [] for kind in CriterionKind.values}
    for criterion in member.review.criteria():
        now[criterion.kind].append(criterion.text)
    form = CriteriaForm(request.POST or None, initial=now)
    if form.is_valid():
        try:
            replace_criteria(lead=member, **form.cleaned_data)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The criteria are saved.")
            return redirect("reviews:criteria-edit", slug=member.review.slug)
    return render(request, "reviews/criteria_edit.html", {"form": form})


@require_http_methods(["GET", "POST"])
@review_view(Capability.MANAGE)
def reason_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Show and change the reasons for exclusion and their order."""
    reasons = list(member.review.exclusion_reasons())
    labels = {"labels": [reason.label for reason in reasons]}
    form = ReasonsForm(request.POST or None, initial=labels)
    if form.is_valid():
        try:
            set_exclusion_reasons(lead=member, **form.cleaned_data)
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, "The reasons are saved.")
            return redirect("reviews:reason-list", slug=member.review.slug)
    return render(request, "reviews/reason_list.html", {"form": form, "reasons": reasons})
