"""Voting: a reviewer's own queue, one record at a time, and their own history.

Nothing here reads what anybody else did: a page is the seats dealt to this member, less their own
votes, in their own order.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reviews.choices import CriterionKind
from reviews.http import ReviewRequest
from reviews.models import Criterion, Membership
from reviews.roles import Capability
from screening.choices import Stage, StageStanding, Verdict
from screening.forms import DecisionForm
from screening.links import links
from screening.models import Record, ScreeningDecision, Seat, StageState
from screening.services import submit_decision, withdraw_decision
from screening.views.records import page_or_404
from screening.views.stage_door import ILL_FORMED, REFUSED, stage_view


@require_safe
@stage_view(Capability.SCREEN)
def record_next(request: ReviewRequest, member: Membership, stage: Stage) -> HttpResponse:
    """Go to the first record of the member's own queue, or say that it is done."""
    seat = Seat.objects.queue(member, stage).select_related("record").first()
    if seat is not None:
        return _to_record(member, stage, seat.record)
    own = ScreeningDecision.objects.own(member, stage)
    context = {
        "stage": stage,
        "dealt": Seat.objects.dealt(member, stage).count(),
        "unsure": own.filter(verdict=Verdict.UNSURE).select_related("record")[:200],
        "is_open": _is_open(member, stage),
    }
    return render(request, "screening/record_next.html", context)


@require_http_methods(["GET", "POST"])
@stage_view(Capability.SCREEN)
def record_screen(
    request: ReviewRequest, member: Membership, stage: Stage, uid: str
) -> HttpResponse:
    """Show one record dealt to the member and take their vote on it."""
    seats = Seat.objects.dealt(member, stage).select_related("record__batch__source")
    seat = get_object_or_404(seats, record__uid=uid)
    own = ScreeningDecision.objects.own(member, stage).filter(record=seat.record)
    vote = own.select_related("reason").with_release().first()
    form = DecisionForm(request.POST or None, review=member.review, stage=stage)
    status = ILL_FORMED if request.method == "POST" else 200
    other_tab = False
    if form.is_valid():
        answer = dict(form.cleaned_data)
        other_tab = _differs(vote, seen=answer.pop("seen"), answer=answer)
        if not other_tab:
            try:
                submit_decision(reviewer=member, record=seat.record, stage=stage, **answer)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                return _to_next(member, stage, seat)
        status = REFUSED
    context = {
        **reading(member, stage, seat.record),
        **_place(member, stage, seat),
        "vote": vote,
        "form": form,
        "reasons": form.fields["reason"].queryset,
        "other_tab": other_tab,
    }
    return render(request, "screening/record_screen.html", context, status=status)


@require_POST
@stage_view(Capability.SCREEN)
def decision_withdraw(
    request: ReviewRequest, member: Membership, stage: Stage, uid: str
) -> HttpResponse:
    """Take the member's own vote back and show the record again."""
    seats = Seat.objects.dealt(member, stage).select_related("record__batch__source")
    seat = get_object_or_404(seats, record__uid=uid)
    try:
        withdraw_decision(reviewer=member, record=seat.record, stage=stage)
    except ValidationError as refusal:
        own = ScreeningDecision.objects.own(member, stage).filter(record=seat.record)
        form = DecisionForm(review=member.review, stage=stage)
        context = {
            **reading(member, stage, seat.record),
            **_place(member, stage, seat),
            "vote": own.select_related("reason").with_release().first(),
            "form": form,
            "reasons": form.fields["reason"].queryset,
            "refusals": refusal.messages,
        }
        return render(request, "screening/record_screen.html", context, status=REFUSED)
    return _to_record(member, stage, seat.record)


@require_safe
@stage_view(Capability.SCREEN)
def decision_list(request: ReviewRequest, member: Membership, stage: Stage) -> HttpResponse:
    """List the member's own votes at a stage, newest first, each with a way to change it."""
    own = ScreeningDecision.objects.own(member, stage).select_related("record", "reason")
    page = page_or_404(own.with_release(), request, by="recorded_at", descending=True)
    return render(request, "screening/decision_list.html", {"stage": stage, "page": page})


@dataclass(frozen=True)
class CriteriaOfKind:
    """The criteria of one kind, for the panel beside a record."""

    label: str
    texts: list[str]


def reading(member: Membership, stage: Stage, record: Record) -> dict[str, Any]:
    """Return what every page shows on which one record is judged."""
    criteria = Criterion.objects.current().filter(review=member.review).order_by("position", "pk")
    texts = [(criterion.kind, criterion.text) for criterion in criteria]
    return {
        "stage": stage,
        "record": record,
        "links": links(record),
        "reason_required": stage == Stage.FULL_TEXT,
        "criteria": [
            CriteriaOfKind(kind.label, [text for of, text in texts if of == kind])
            for kind in CriterionKind
            if any(of == kind for of, _ in texts)
        ],
    }


def _place(member: Membership, stage: Stage, seat: Seat) -> dict[str, Any]:
    """Return how far the member is, the records beside this one, and their last vote."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    own = ScreeningDecision.objects.own(member, stage)
    dealt = Seat.objects.dealt(member, stage).select_related("record")
    queue = Seat.objects.queue(member, stage).select_related("record")
    return {
        "left": queue.count(),
        "today": own.filter(recorded_at__gte=today).count(),
        "next": dealt.beyond(seat).first(),
        "previous": dealt.before(seat).first(),
        "next_undecided": queue.beyond(seat).first(),
        "last": own.with_release().select_related("record", "reason").first(),
        "is_open": _is_open(member, stage),
    }


def _differs(vote: ScreeningDecision | None, *, seen: Any, answer: dict[str, Any]) -> bool:
    """Return whether the member voted otherwise in another tab since this page was shown."""
    if vote is None or vote.uid == seen:
        return False
    return (vote.verdict, vote.reason) != (answer["verdict"], answer["reason"])


def _to_next(member: Membership, stage: Stage, seat: Seat) -> HttpResponseRedirect:
    queue = Seat.objects.queue(member, stage).select_related("record")
    following = queue.beyond(seat).first()
    if following is None:
        return redirect("screening:record-next", slug=member.review.slug, stage=stage)
    return _to_record(member, stage, following.record)


def _to_record(member: Membership, stage: Stage, record: Record) -> HttpResponseRedirect:
    keys = {"slug": member.review.slug, "stage": stage.value, "uid": record.uid}
    return redirect(reverse("screening:record-screen", kwargs=keys))


def _is_open(member: Membership, stage: Stage) -> bool:
    states = StageState.objects.current().filter(review=member.review, stage=stage)
    return states.filter(standing=StageStanding.OPEN).exists()
