"""Duplicates: groups side by side, merged or parted by a person."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from reviews.access import review_view
from reviews.http import ReviewRequest
from reviews.models import Membership
from reviews.roles import Capability
from screening.choices import DuplicateStanding
from screening.differences import ComparedField, compared
from screening.forms import KeptForm
from screening.models import DuplicateGroup, DuplicateMember
from screening.services import find_duplicates, merge_group, separate_group
from screening.views.records import page_or_404
from screening.views.stage_door import ILL_FORMED, REFUSED

GROUPS_A_PAGE = 20


@dataclass(frozen=True)
class ComparedMember:
    """One record of a group, its fields marked against the record kept."""

    member: DuplicateMember
    fields: list[ComparedField]


@require_safe
@review_view(Capability.IMPORT)
def duplicate_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Show groups of possible duplicates side by side, those that wait for a person first."""
    return render(request, "screening/duplicate_list.html", _groups(request, member))


@require_POST
@review_view(Capability.IMPORT)
def duplicate_find(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Look for duplicates among all records of the review."""
    found = find_duplicates(lead=member)
    messages.success(
        request,
        f"Looked through {found['records']:,} records: {found['merged']:,} duplicates merged, "
        f"{found['to_review']:,} groups need a look.",
    )
    return redirect("screening:duplicate-list", slug=member.review.slug)


@require_POST
@review_view(Capability.IMPORT)
def duplicate_merge(request: ReviewRequest, member: Membership, uid: str) -> HttpResponse:
    """Merge a group behind the record kept."""
    group = get_object_or_404(DuplicateGroup, review=member.review, uid=uid)
    form = KeptForm(request.POST, review=member.review)
    if not form.is_valid():
        return _refused(request, member, form.errors["kept"].as_data()[0], status=ILL_FORMED)
    try:
        merge_group(lead=member, group=group, kept=form.cleaned_data["kept"])
    except ValidationError as refusal:
        return _refused(request, member, refusal)
    messages.success(request, "Merged. “Merged” below keeps it, and it can be undone there.")
    return redirect("screening:duplicate-list", slug=member.review.slug)


@require_POST
@review_view(Capability.IMPORT)
def duplicate_separate(request: ReviewRequest, member: Membership, uid: str) -> HttpResponse:
    """Say that the records of a group are different papers, merged before or not."""
    group = get_object_or_404(DuplicateGroup, review=member.review, uid=uid)
    try:
        separate_group(lead=member, group=group)
    except ValidationError as refusal:
        return _refused(request, member, refusal)
    messages.success(request, "Kept apart: each of these records is screened.")
    return redirect("screening:duplicate-list", slug=member.review.slug)


def _refused(
    request: ReviewRequest, member: Membership, refusal: ValidationError, *, status: int = REFUSED
) -> HttpResponse:
    context = {**_groups(request, member), "refusals": refusal.messages}
    return render(request, "screening/duplicate_list.html", context, status=status)


def _groups(request: ReviewRequest, member: Membership) -> dict[str, Any]:
    groups = DuplicateGroup.objects.filter(review=member.review)
    standings = [
        (standing, groups.of_standing(standing).order_by().count())
        for standing in (
            DuplicateStanding.WAITING,
            DuplicateStanding.MERGED,
            DuplicateStanding.SEPARATE,
        )
    ]
    chosen = request.GET.get("show", "")
    if chosen not in DuplicateStanding.values:
        chosen = DuplicateStanding.WAITING.value
    shown = groups.of_standing(chosen).with_members()
    page = page_or_404(shown, request, by="recorded_at", size=GROUPS_A_PAGE)
    return {
        "standings": standings,
        "chosen": chosen,
        "page": page,
        "groups": [(group, _compared(group, chosen)) for group in page.rows],
    }


def _compared(group: DuplicateGroup, standing: str) -> list[ComparedMember]:
    members = [m for m in group.current_members if m.standing == standing]  # type: ignore[attr-defined]
    first = members[0].record
    second = members[1].record if len(members) > 1 else first
    return [
        ComparedMember(m, compared(m.record, second if m.record == first else first))
        for m in members
    ]
