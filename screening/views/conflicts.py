"""Settling: conflicts for a third person, and discussions between the two."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from records.models import Record, RecordQuerySet
from reviews.access import review_view
from reviews.choices import SettlingRule
from reviews.http import ILL_FORMED, REFUSED, ReviewRequest, page_or_404, posted
from reviews.models import Membership
from reviews.roles import Capability
from screening.choices import Settled, Stage
from screening.forms import DiscussionForm, VerdictForm
from screening.models import DiscussionEntry, Resolution, ScreeningDecision
from screening.querysets.conflicts import judgeable, to_adjudicate, to_discuss
from screening.services import adjudicate_conflict, record_discussion
from screening.views.reading import reading
from screening.views.stage_door import stage_view
from screening.views.waiting import waits_of


@require_safe
@review_view(Capability.ADJUDICATE)
def conflict_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """List the conflicts that this member may settle, by stage."""
    stage = _chosen_stage(request)
    conflicts = to_adjudicate(Record.objects.all(), member, stage)
    context = {
        "stages": [
            (each, to_adjudicate(Record.objects.all(), member, each).order_by().count())
            for each in Stage
        ],
        "stage": stage,
        "page": page_or_404(conflicts, request),
        "discussed_first": member.review.settings.settling_rule == SettlingRule.DISCUSSION,
    }
    return render(request, "screening/conflict_list.html", context)


@require_http_methods(["GET", "POST"])
@stage_view(Capability.ADJUDICATE)
def conflict_adjudicate(
    request: ReviewRequest, member: Membership, stage: Stage, uid: str
) -> HttpResponse:
    """Show one conflict and take the third person's answer."""
    record = get_object_or_404(judgeable(Record.objects.all(), member, stage), uid=uid)
    conflicts = to_adjudicate(Record.objects.all(), member, stage)
    if not conflicts.filter(pk=record.pk).exists():
        return _settled_meanwhile(request, member, stage, record)
    form = VerdictForm(posted(request), review=member.review, stage=stage)
    status = ILL_FORMED if request.method == "POST" else 200
    if form.is_valid():
        try:
            adjudicate_conflict(adjudicator=member, record=record, stage=stage, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            status = REFUSED
        else:
            messages.success(request, f"Settled: “{record}”.")
            return _to_next_conflict(member, stage, record)
    votes = ScreeningDecision.objects.on_paper(record).filter(stage=stage).standing()
    context = {
        **reading(member, stage, record),
        "form": form,
        "reasons": form.reasons,
        "left": conflicts.order_by().count(),
        **_beside(conflicts, record),
        # In the order of their random uids, so that the place tells no seat.
        "votes": votes.visible_to(member).select_related("member__user", "reason").order_by("uid"),
        "entries": _entries(record, stage),
        "contested": _contested(record, stage),
    }
    return render(request, "screening/conflict_adjudicate.html", context, status=status)


@require_safe
@review_view(Capability.SCREEN)
def discussion_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """List the released conflicts on which this member voted, by stage."""
    stage = _chosen_stage(request)
    page = page_or_404(to_discuss(Record.objects.all(), member, stage), request)
    waits = waits_of(member, stage, page.rows)
    rows = [(record, waits[record.pk]) for record in page.rows]
    context = {
        "stages": [
            (each, to_discuss(Record.objects.all(), member, each).order_by().count())
            for each in Stage
        ],
        "stage": stage,
        "page": page,
        "rows": rows,
        "next": next((record for record, who in rows if who.for_me), None),
        "discussed": member.review.settings.settling_rule == SettlingRule.DISCUSSION,
    }
    return render(request, "screening/discussion_list.html", context)


@require_http_methods(["GET", "POST"])
@stage_view(Capability.SCREEN)
def discussion(request: ReviewRequest, member: Membership, stage: Stage, uid: str) -> HttpResponse:
    """Show both answers on one released conflict, and take what this member holds to be agreed."""
    record = get_object_or_404(to_discuss(Record.objects.all(), member, stage), uid=uid)
    form = DiscussionForm(posted(request), review=member.review, stage=stage)
    status = ILL_FORMED if request.method == "POST" else 200
    if form.is_valid():
        try:
            entry = record_discussion(
                reviewer=member, record=record, stage=stage, **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
            status = REFUSED
        else:
            return _after_discussion(request, member, entry)
    votes = ScreeningDecision.objects.on_paper(record).filter(stage=stage).standing()
    discussions = to_discuss(Record.objects.all(), member, stage)
    context = {
        **reading(member, stage, record),
        "form": form,
        "reasons": form.reasons,
        "votes": votes.visible_to(member).select_related("member__user", "reason").order_by("uid"),
        "entries": _entries(record, stage),
        "waits": waits_of(member, stage, [record])[record.pk],
        "left": discussions.order_by().count(),
        **_beside(discussions, record),
        "discussed": member.review.settings.settling_rule == SettlingRule.DISCUSSION,
    }
    return render(request, "screening/discussion.html", context, status=status)


def _chosen_stage(request: ReviewRequest) -> Stage:
    chosen = request.GET.get("stage", "")
    return Stage(chosen) if chosen in Stage.values else Stage.TITLE_ABSTRACT


def _entries(record: Record, stage: Stage) -> Any:
    entries = DiscussionEntry.objects.current().filter(record=record, stage=stage)
    return entries.select_related("member__user", "reason").order_by("recorded_at", "pk")


def _contested(record: Record, stage: Stage) -> Resolution | None:
    """Return the settlement that a vote contests since, where there is one."""
    rows = Resolution.objects.current().filter(record=record, stage=stage, contested=True)
    return rows.select_related("member__user").first()


def _settled_meanwhile(
    request: ReviewRequest, member: Membership, stage: Stage, record: Record
) -> HttpResponse:
    """Say that a record waits for no third person, and what another one or a release made known."""
    current = Resolution.objects.current().filter(record=record, stage=stage)
    now = current.visible_to(member) | current.filter(how=Settled.ADJUDICATION)
    context = {"stage": stage, "record": record, "resolution": now.select_related("reason").first()}
    status = REFUSED if request.method == "POST" else 404
    return render(request, "screening/conflict_settled.html", context, status=status)


def _to_next_conflict(member: Membership, stage: Stage, record: Record) -> HttpResponse:
    conflicts = to_adjudicate(Record.objects.all(), member, stage)
    following = conflicts.filter(number__gt=record.number).first() or conflicts.first()
    slug = member.review.slug
    if following is None:
        return redirect("screening:conflict-list", slug=slug)
    return redirect("screening:conflict-adjudicate", slug=slug, stage=stage, uid=following.uid)


def _beside(records: RecordQuerySet, record: Record) -> dict[str, Record | None]:
    """Return what the keys of the walk lead to: the records before and after this one."""
    return {
        "next": records.filter(number__gt=record.number).first(),
        "previous": records.filter(number__lt=record.number).order_by("-number", "-pk").first(),
    }


def _after_discussion(
    request: ReviewRequest, member: Membership, entry: DiscussionEntry
) -> HttpResponse:
    """Say what was stored, and go to the next on which this member has entered nothing yet."""
    slug, record, stage = member.review.slug, entry.record, entry.stage
    stands = Resolution.objects.current().get(record=record, stage=stage)
    if entry.hand_over:
        messages.success(request, f"Handed over to a third person: “{record}”.")
    elif stands.how == Settled.DISCUSSION:
        messages.success(request, f"Both of you agree, so it is settled: “{record}”.")
    else:
        messages.success(request, f"Your answer is recorded. “{record}” waits for the other.")
    own = DiscussionEntry.objects.current().filter(record=OuterRef("pk"), stage=stage)
    discussions = to_discuss(Record.objects.all(), member, stage)
    open_ones = discussions.filter(~Exists(own.filter(member=member)))
    following = open_ones.filter(number__gt=record.number).first() or open_ones.first()
    if following is None:
        address = redirect("screening:discussion-list", slug=slug).url
        return redirect(f"{address}?stage={stage}")
    return redirect("screening:discussion", slug=slug, stage=stage, uid=following.uid)
