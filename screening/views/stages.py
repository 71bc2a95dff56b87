"""Stages: who screens, how far they are, and the release of what both have decided."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST, require_safe

from records.models import Record
from reviews.access import review_view
from reviews.http import ILL_FORMED, REFUSED, ReviewRequest
from reviews.models import Membership, Review
from reviews.roles import Capability
from reviews.work import counted
from screening.choices import Retrieval, Stage, StageStanding
from screening.forms import ScreenersForm, TakersForm
from screening.models import Screener, StageState
from screening.querysets.conflicts import to_hand_over
from screening.querysets.full_texts import sought
from screening.querysets.queues import may_release, orphaned, progress_of
from screening.querysets.standing import awaiting_votes, dealt_at, released, to_release, unreleased
from screening.services import (
    close_stage,
    deal_seats_anew,
    hand_over_conflicts,
    open_stage,
    release_records,
    reopen_stage,
)
from screening.services.redealing import DealtAnew
from screening.views.stage_door import stage_view


@require_safe
@review_view(Capability.MANAGE)
def stage_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Show where each stage stands: people and progress, never a verdict."""
    return render(request, "screening/stage_list.html", {"stages": _stages(member)})


@require_POST
@stage_view(Capability.MANAGE)
def stage_open(request: ReviewRequest, member: Membership, stage: Stage) -> HttpResponse:
    """Open a stage and deal its records among the people ticked."""
    form = ScreenersForm(request.POST, members=_possible_screeners(member), prefix=stage.name)
    status = ILL_FORMED
    if form.is_valid():
        try:
            open_stage(lead=member, stage=stage, screeners=form.cleaned_data["screeners"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
            status = REFUSED
        else:
            messages.success(request, f"{stage.label} screening is open; the records are dealt.")
            return redirect("screening:stage-list", slug=member.review.slug)
    stages = _stages(member, forms={stage: form})
    return render(request, "screening/stage_list.html", {"stages": stages}, status=status)


@require_POST
@stage_view(Capability.MANAGE)
def stage_deal_anew(request: ReviewRequest, member: Membership, stage: Stage) -> HttpResponse:
    """Deal the seats of people who left anew, and let the people ticked join the stage."""
    form = TakersForm(request.POST, members=_possible_screeners(member), prefix=stage.name)
    status = ILL_FORMED
    if form.is_valid():
        people = list(form.cleaned_data["takers"])
        try:
            dealt = deal_seats_anew(lead=member, stage=stage, people=people)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            status = REFUSED
        else:
            messages.success(request, _dealt_anew(dealt, joined=bool(people)))
            return redirect("screening:stage-list", slug=member.review.slug)
    stages = _stages(member, anew={stage: form})
    return render(request, "screening/stage_list.html", {"stages": stages}, status=status)


@require_POST
@stage_view(Capability.MANAGE)
def stage_release(request: ReviewRequest, member: Membership, stage: Stage) -> HttpResponse:
    """Release every record that both have decided."""
    try:
        released = release_records(lead=member, stage=stage)
    except ValidationError as refusal:
        return _refused(request, member, stage, refusal)
    messages.success(request, f"{counted(released, 'record', 'records')} released.")
    return redirect("screening:stage-list", slug=member.review.slug)


@require_POST
@stage_view(Capability.MANAGE)
def stage_hand_over(request: ReviewRequest, member: Membership, stage: Stage) -> HttpResponse:
    """Hand the conflicts that the two have not settled to the adjudicators."""
    handed = hand_over_conflicts(lead=member, stage=stage)
    conflicts = counted(handed, "conflict", "conflicts")
    messages.success(request, f"{conflicts} handed to the adjudicators.")
    return redirect("screening:stage-list", slug=member.review.slug)


@require_POST
@stage_view(Capability.MANAGE)
def stage_close(request: ReviewRequest, member: Membership, stage: Stage) -> HttpResponse:
    """Close a stage to votes and release all its records."""
    try:
        released = close_stage(lead=member, stage=stage)
    except ValidationError as refusal:
        return _refused(request, member, stage, refusal)
    records = counted(released, "record", "records")
    messages.success(request, f"{stage.label} screening is closed; {records} released.")
    return redirect("screening:stage-list", slug=member.review.slug)


@require_POST
@stage_view(Capability.MANAGE)
def stage_reopen(request: ReviewRequest, member: Membership, stage: Stage) -> HttpResponse:
    """Open a closed stage again, for records that came later."""
    try:
        reopen_stage(lead=member, stage=stage)
    except ValidationError as refusal:
        return _refused(request, member, stage, refusal)
    messages.success(request, f"{stage.label} screening is open again.")
    return redirect("screening:stage-list", slug=member.review.slug)


def _refused(
    request: ReviewRequest, member: Membership, stage: Stage, refusal: ValidationError
) -> HttpResponse:
    if getattr(refusal, "code", "") == "right_lost":
        raise refusal  # Who is no lead any more is shown no page of a lead.
    stages = _stages(member, refusals={stage: refusal.messages})
    return render(request, "screening/stage_list.html", {"stages": stages}, status=REFUSED)


def _dealt_anew(dealt: DealtAnew, *, joined: bool) -> str:
    """Say what dealing anew came to, without what did not happen."""
    said = [
        f"{counted(dealt.seats, 'place', 'places')} dealt anew." if dealt.seats else "",
        f"{counted(dealt.records, 'record', 'records')} dealt." if dealt.records else "",
        "The people ticked screen at this stage now." if joined else "",
        f"{counted(dealt.left, 'place', 'places')} nobody may take yet." if dealt.left else "",
    ]
    return " ".join(filter(None, said)) or "There was nothing to deal."


def _possible_screeners(member: Membership) -> list[Membership]:
    members = Membership.objects.active().filter(review=member.review).select_related("user")
    return [m for m in members if m.can(Capability.SCREEN)]


def _stages(
    member: Membership,
    *,
    forms: dict[Stage, ScreenersForm] | None = None,
    anew: dict[Stage, TakersForm] | None = None,
    refusals: dict[Stage, list[str]] | None = None,
) -> list[dict[str, Any]]:
    review = member.review
    people = _possible_screeners(member)
    states = {state.stage: state for state in StageState.objects.current().filter(review=review)}
    progress = progress_of(review)
    screeners = Screener.objects.current().filter(review=review).select_related("member__user")
    named = {row.member_id: row.member for row in screeners} | {m.pk: m for m in people}
    missing = {row["member"] for row in progress} - named.keys()
    named |= {m.pk: m for m in Membership.objects.filter(pk__in=missing).select_related("user")}
    found: list[dict[str, Any]] = []
    for stage in Stage:
        rows = {row["member"]: row for row in progress if row["stage"] == stage}
        chosen = {row.member_id for row in screeners if row.stage == stage}
        # A lead who screens sees what is theirs: what is left of it, not how far the others are.
        screens = member.pk in rows
        state = states.get(stage)
        form = (forms or {}).get(stage) or ScreenersForm(members=people, prefix=stage.name)
        takers = (anew or {}).get(stage) or TakersForm(members=people, prefix=stage.name)
        is_open = state is not None and state.standing == StageStanding.OPEN
        records = Record.objects.filter(review=review).unmerged().order_by()
        found.append(
            {
                "stage": stage,
                # Before a stage is opened, what would be dealt; then what was: nothing of votes.
                "records": _to_deal(review, stage)
                if state is None
                else dealt_at(records, stage).count(),
                "standing": state.standing if state else "",
                "since": state.recorded_at if state else None,
                "people": [
                    {
                        "member": named[key],
                        "screens": key in chosen,
                        "dealt": rows.get(key, {}).get("dealt", 0),
                        "voted": rows.get(key, {}).get("voted", 0)
                        if key == member.pk or not screens
                        else None,
                    }
                    for key in sorted(chosen | rows.keys())
                ],
                "form": form if state is None else None,
                "is_open": is_open,
                "orphaned": orphaned(review, stage).order_by().count() if is_open else 0,
                "takers": takers if is_open else None,
                "screens": screens,
                "may_release": may_release(member, stage) if screens else True,
                "unreleased": None if screens else to_release(records, stage).order_by().count(),
                "released": released(records, stage).count(),
                "waiting": None if screens else awaiting_votes(records, stage).order_by().count(),
                "to_hand_over": to_hand_over(records, review, stage).order_by().count(),
                "refusals": (refusals or {}).get(stage, []),
            }
        )
    for each in found:
        each["seats"] = sum(person["dealt"] for person in each["people"])
        each["votes"] = None if each["screens"] else sum(p["voted"] for p in each["people"])
        each["may_close"] = each["is_open"] and each["may_release"] and not each["waiting"]
        each["releases"] = each["is_open"] and (
            each["may_release"] if each["screens"] else bool(each["unreleased"])
        )
        each["flow"] = _flow(each)
    _name_next(found)
    return found


def _flow(each: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return the four acts of a stage with how far each is, and that in words.

    A lead who screens reads of votes only their own: nothing here moves by what others voted.
    """
    records, opened, is_closed = each["records"], bool(each["standing"]), not each["is_open"]
    ready = f"{counted(records, 'record is', 'records are')} ready" if records else "nothing yet"
    dealt = f"{counted(records, 'record', 'records')} to {len(each['people'])} people"
    own = next((p for p in each["people"] if p["voted"] is not None), None)
    if each["screens"]:
        voted = f"yours: {own['voted']} of {own['dealt']}" if own else ""
        all_voted = is_closed
    else:
        voted = f"{each['votes']} of {counted(each['seats'], 'vote', 'votes')}"
        all_voted = opened and not each["waiting"]
    gone = each["released"] >= records
    since = timezone.localtime(each["since"]) if each["since"] else None
    closed = date_format(since, "j F Y") if since and is_closed else "once every vote is in"
    return [
        ("Deal", "done" if opened else "none", dealt if opened else ready),
        ("Vote", _state(is_done=all_voted, begun=opened), voted if opened else ""),
        (
            "Release",
            _state(is_done=opened and gone, begun=bool(each["released"])),
            f"{each['released']} of {counted(records, 'record', 'records')}" if opened else "",
        ),
        ("Close", _state(is_done=opened and is_closed), closed if opened else ""),
    ]


def _state(*, is_done: bool, begun: bool = False) -> str:
    if is_done:
        return "done"
    return "doing" if begun else "none"


def _to_deal(review: Review, stage: Stage) -> int:
    """Return how many records opening a stage would deal."""
    records = Record.objects.filter(review=review)
    if stage == Stage.FULL_TEXT:
        records = sought(records, Retrieval.RETRIEVED)
    # What an extraction sheet brought is released without a vote.
    return unreleased(records.unmerged(), stage).order_by().count()


def _name_next(stages: list[dict[str, Any]]) -> None:
    """Give one act of the page the filled button, as ``next``: what comes first and can be done."""
    acts: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
        ("release", lambda each: each["releases"]),
        ("deal anew", lambda each: each["orphaned"]),
        ("close", lambda each: each["may_close"]),
        ("hand over", lambda each: each["to_hand_over"]),
        ("open", lambda each: each["form"] and each["records"]),
    ]
    for act, can in acts:
        for each in stages:
            if can(each):
                each["next"] = act
                return
