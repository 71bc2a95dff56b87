"""Duplicates: groups side by side, one in focus, merged, told apart or companions."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from records.choices import DuplicateStanding
from records.differences import ComparedField, comparison
from records.forms import MergeForm, ShownForm
from records.models import DuplicateGroup, DuplicateMember
from records.services import (
    accept_sure_groups,
    duplicate_totals,
    merge_group,
    separate_group,
    tell_companions,
    undo_decision,
)
from records.services.merging import DECISIONS
from records.tasks import enqueue_search, search_of
from reviews.access import review_view
from reviews.http import ILL_FORMED, REFUSED, ReviewRequest, page_or_404
from reviews.models import AuditEvent, Membership
from reviews.roles import Capability
from reviews.work import counted

GROUPS_A_PAGE = 20
DECISIONS_SHOWN = 8
TABS = {
    DuplicateStanding.WAITING: "Waiting",
    DuplicateStanding.MERGED: "Merged",
    DuplicateStanding.SEPARATE: "Kept apart",
    DuplicateStanding.COMPANION: "Reports of one study",
}
SAID = {
    "records.duplicates_merged": "merged {records}",
    "records.duplicates_accepted": "merged {groups}",
    "records.duplicates_parted": "told {records} apart",
    "records.companions_told": "took {records} for reports of one study",
}


@dataclass(frozen=True)
class ComparedGroup:
    """A group as the page shows it: its records, the kept one first, and their fields."""

    group: DuplicateGroup
    members: list[DuplicateMember]
    fields: list[ComparedField]

    @property
    def head(self) -> DuplicateMember:
        """Return the row of the record that is kept, or proposed to be."""
        return self.members[0]

    @property
    def reasons(self) -> list[DuplicateMember]:
        """Return rows that say why records are in the group, one for each reason."""
        rows = [member for member in self.members if member.why and not member.kept]
        return list({(row.why, row.score): row for row in rows}.values())


@dataclass(frozen=True)
class Decision:
    """A decision on duplicates in the history of the page."""

    event: AuditEvent
    words: str
    stands: bool


@require_safe
@review_view(Capability.IMPORT)
def duplicate_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Show groups side by side: those that wait for a person, least doubtful first, or others."""
    return render(request, "records/duplicate_list.html", _groups(request, member))


@require_POST
@review_view(Capability.IMPORT)
def duplicate_find(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Queue the search for duplicates among all records of the review."""
    enqueue_search(member)
    return redirect("records:duplicate-list", slug=member.review.slug)


@require_safe
@review_view(Capability.IMPORT)
def duplicate_search(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Show where the search for duplicates stands, for the page that asks while one runs."""
    if not request.htmx:
        return redirect("records:duplicate-list", slug=member.review.slug)
    search = search_of(member.review)
    context = {
        "search": search,
        "member": member,
        "totals": None if search.runs else duplicate_totals(member.review),
    }
    return render(request, "records/_duplicate_search.html", context)


@require_POST
@review_view(Capability.IMPORT)
def duplicate_accept(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Merge all waiting groups that the machine is sure of, as one step."""
    merged = accept_sure_groups(lead=member)
    if merged:
        messages.success(request, f"{counted(merged, 'group', 'groups')} merged.")
    else:
        messages.info(request, "No group that waits can be merged in one go.")
    return _back(request, member)


@require_POST
@review_view(Capability.IMPORT)
def duplicate_merge(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Merge a group, or some records of it, behind the record kept."""
    group = get_object_or_404(DuplicateGroup, review=member.review, uid=uid)
    form = MergeForm(request.POST, review=member.review)
    if not form.is_valid():
        problem = next(iter(form.errors.as_data().values()))[0]
        return _refused(request, member, group, problem, status=ILL_FORMED)
    answer = form.cleaned_data
    return _decide(
        request,
        member,
        group,
        lambda: merge_group(
            lead=member,
            group=group,
            kept=answer["kept"],
            records=answer["record"] or None,
            shown=answer["shown"],
        ),
        done="Merged.",
    )


@require_POST
@review_view(Capability.IMPORT)
def duplicate_separate(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Say that the records of a group are different papers, merged before or not."""
    done = "Kept apart: each of these records is screened."
    return _part(request, member, uid, separate_group, done=done)


@require_POST
@review_view(Capability.IMPORT)
def duplicate_relate(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Say that the records of a group are different reports of one study."""
    done = "Reports of one study: each is screened, and they meet again as one study."
    return _part(request, member, uid, tell_companions, done=done)


@require_POST
@review_view(Capability.IMPORT)
def duplicate_undo(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Take a decision on duplicates back."""
    event = get_object_or_404(AuditEvent, review=member.review, uid=uid)
    try:
        groups = undo_decision(lead=member, event=event)
    except ValidationError as refusal:
        return _refused(request, member, None, refusal)
    messages.success(
        request, f"Taken back: {groups:,} {'group is' if groups == 1 else 'groups are'} as before."
    )
    return _back(request, member)


def _part(
    request: ReviewRequest, member: Membership, uid: UUID, service: Callable[..., Any], *, done: str
) -> HttpResponse:
    group = get_object_or_404(DuplicateGroup, review=member.review, uid=uid)
    part = partial(service, lead=member, group=group, shown=_shown(request))
    return _decide(request, member, group, part, done=done)


def _decide(
    request: ReviewRequest,
    member: Membership,
    group: DuplicateGroup,
    decide: Callable[[], object],
    *,
    done: str,
) -> HttpResponse:
    """Decide, and answer with the page, or with the decided group alone where htmx asked."""
    try:
        decide()
    except ValidationError as refusal:
        return _refused(request, member, group, refusal)
    if request.htmx:
        context = {"group": group, "done": done, "oob": True, **_state(request, member)}
        return render(request, "records/_duplicate_decided.html", context)
    messages.success(request, done)
    return _back(request, member)


def _refused(
    request: ReviewRequest,
    member: Membership,
    group: DuplicateGroup | None,
    refusal: ValidationError,
    *,
    status: int = REFUSED,
) -> HttpResponse:
    if request.htmx and group is not None:
        shown = DuplicateGroup.objects.filter(pk=group.pk).with_members().get()
        context = {"each": _compared(shown), "refusals": refusal.messages, "member": member}
        context["chosen"] = _chosen(request)
        return render(request, "records/_duplicate_group.html", context, status=status)
    context = {**_groups(request, member), "refusals": refusal.messages}
    return render(request, "records/duplicate_list.html", context, status=status)


def _back(request: ReviewRequest, member: Membership) -> HttpResponseRedirect:
    """Go back to the part of the list that the form was sent from."""
    kept = request.GET.copy()
    for name in set(kept) - {"show", "after", "before"}:
        del kept[name]
    address = redirect("records:duplicate-list", slug=member.review.slug).url
    return redirect(f"{address}?{kept.urlencode()}" if kept else address)


def _shown(request: ReviewRequest) -> str:
    form = ShownForm(request.POST)
    return form.cleaned_data["shown"] if form.is_valid() else ""


def _chosen(request: ReviewRequest) -> str:
    chosen = request.GET.get("show", "")
    return chosen if chosen in TABS else DuplicateStanding.WAITING.value


def _groups(request: ReviewRequest, member: Membership) -> dict[str, Any]:
    chosen = _chosen(request)
    groups = DuplicateGroup.objects.filter(review=member.review).of_standing(chosen).with_members()
    waits = chosen == DuplicateStanding.WAITING
    order = {"by": "doubt"} if waits else {"by": "recorded_at", "descending": True}
    page = page_or_404(groups, request, size=GROUPS_A_PAGE, **order)
    return {
        "page": page,
        "search": search_of(member.review),
        "groups": [_compared(group) for group in page.rows],
        **_state(request, member),
    }


def _state(request: ReviewRequest, member: Membership) -> dict[str, Any]:
    """Return what stands beside the groups: the tabs, what is sure, and the latest decisions."""
    heads = DuplicateMember.objects.current().filter(review=member.review, kept=True).order_by()
    counts = dict(heads.values_list("standing").annotate(groups=Count("pk")))
    sure = DuplicateGroup.objects.filter(review=member.review).to_accept().order_by().count()
    decisions = _decisions(member)
    own = (d for d in decisions if d.stands and d.event.actor_id == member.pk)
    return {
        "chosen": _chosen(request),
        "tabs": [(value, label, counts.get(value, 0)) for value, label in TABS.items()],
        "sure": sure,
        "decisions": decisions,
        "last": next(own, None),
        "place": request.GET.urlencode(),
    }


def _decisions(member: Membership) -> list[Decision]:
    """Return the latest decisions on duplicates, newest first, and whether each stands."""
    events = AuditEvent.objects.filter(review=member.review, verb__in=DECISIONS)
    latest = list(events.select_related("actor__user").order_by("-position")[:DECISIONS_SHOWN])
    rows = DuplicateMember.objects.current().filter(review=member.review, decided_by__isnull=False)
    standing = set(
        rows.filter(recorded_at__in=[event.at for event in latest])
        .order_by()
        .values_list("recorded_at", flat=True)
    )
    return [Decision(event, _said(event), event.at in standing) for event in latest]


def _said(event: AuditEvent) -> str:
    facts = json.loads(event.facts)
    return SAID[event.verb].format(
        records=counted(facts.get("records", 0), "record", "records"),
        groups=counted(facts.get("groups", 0), "sure group", "sure groups"),
    )


def _compared(group: DuplicateGroup) -> ComparedGroup:
    members = group.current_members  # type: ignore[attr-defined]
    return ComparedGroup(group, members, comparison([m.record for m in members]))
