"""Voting: a reviewer's own queue, one record at a time, and their own history.

Nothing here reads what anybody else did: a page is the seats dealt to this member, less their own
votes, in their own order.
"""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from records.models import Record
from reviews.http import ILL_FORMED, REFUSED, ReviewRequest, page_or_404, wants_json
from reviews.models import Membership
from reviews.roles import Capability
from screening.choices import Stage, Verdict
from screening.forms import DecisionForm
from screening.models import ScreeningDecision, Seat
from screening.querysets.queues import queue_of
from screening.services import submit_decision, withdraw_decision
from screening.views.reading import is_open, place, reading
from screening.views.stage_door import stage_view


@require_safe
@stage_view(Capability.SCREEN)
def record_next(request: ReviewRequest, member: Membership, stage: Stage) -> HttpResponse:
    """Go to the first record of the member's own queue, or say that it is done."""
    seat = queue_of(member, stage).select_related("record").first()
    if seat is not None:
        return _to_record(member, stage, seat.record)
    own = ScreeningDecision.objects.own(member, stage)
    context = {
        "stage": stage,
        "dealt": Seat.objects.dealt(member, stage).count(),
        "unsure": own.filter(verdict=Verdict.UNSURE).select_related("record")[:200],
        "is_open": is_open(member, stage),
    }
    return render(request, "screening/record_next.html", context)


@require_http_methods(["GET", "POST"])
@stage_view(Capability.SCREEN)
def record_screen(
    request: ReviewRequest, member: Membership, stage: Stage, uid: str
) -> HttpResponse:
    """Show one record dealt to the member and take their vote on it."""
    seat = _seat_or_404(member, stage, uid)
    if request.method != "POST":
        form = DecisionForm(review=member.review, stage=stage)
        return _screening_page(request, member, seat, form)
    form = DecisionForm(request.POST, review=member.review, stage=stage)
    status, standing = ILL_FORMED, None
    if form.is_valid():
        answer = dict(form.cleaned_data)
        standing = _cast_elsewhere(member, seat, seen=answer.pop("seen"), answer=answer)
        status = REFUSED
        if standing is not None:
            form.add_error(None, _said_elsewhere(standing))
        else:
            try:
                submit_decision(reviewer=member, record=seat.record, stage=stage, **answer)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                return _accepted(request, member, seat)
    if wants_json(request):
        words = " ".join(str(message) for errors in form.errors.values() for message in errors)
        return JsonResponse({"state": "refused", "message": words}, status=status)
    return _screening_page(request, member, seat, form, status=status, other_tab=bool(standing))


@require_POST
@stage_view(Capability.SCREEN)
def decision_withdraw(
    request: ReviewRequest, member: Membership, stage: Stage, uid: str
) -> HttpResponse:
    """Take the member's own vote back and show the record again."""
    seat = _seat_or_404(member, stage, uid)
    try:
        withdraw_decision(reviewer=member, record=seat.record, stage=stage)
    except ValidationError as refusal:
        form = DecisionForm(review=member.review, stage=stage)
        return _screening_page(
            request, member, seat, form, status=REFUSED, refusals=refusal.messages
        )
    return _to_record(member, stage, seat.record)


@require_safe
@stage_view(Capability.SCREEN)
def decision_list(request: ReviewRequest, member: Membership, stage: Stage) -> HttpResponse:
    """List the member's own votes at a stage, newest first, each with a way to change it."""
    own = ScreeningDecision.objects.own(member, stage).select_related("record", "reason")
    page = page_or_404(own.with_release(), request, by="recorded_at", descending=True)
    return render(request, "screening/decision_list.html", {"stage": stage, "page": page})


def _seat_or_404(member: Membership, stage: Stage, uid: str) -> Seat:
    seats = Seat.objects.dealt(member, stage).select_related("record__batch__source")
    return get_object_or_404(seats, record__uid=uid)


def _screening_page(
    request: ReviewRequest,
    member: Membership,
    seat: Seat,
    form: DecisionForm,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    stage = Stage(seat.stage)
    own = ScreeningDecision.objects.own(member, stage).filter(record=seat.record)
    context |= {
        **reading(member, stage, seat.record),
        **place(member, seat),
        "vote": own.select_related("reason").with_release().first(),
        "form": form,
        "reasons": form.reasons,
    }
    return render(request, "screening/record_screen.html", context, status=status)


def _cast_elsewhere(
    member: Membership, seat: Seat, *, seen: UUID | None, answer: dict[str, Any]
) -> ScreeningDecision | None:
    """Return the member's own vote where it differs from the answer and the page did not show it.

    They cast it in another tab since; the same answer twice is no difference.
    """
    own = ScreeningDecision.objects.own(member, seat.stage).filter(record=seat.record)
    vote = own.select_related("reason").first()
    if vote is None or vote.uid == seen:
        return None
    same = (vote.verdict, vote.reason) == (answer["verdict"], answer["reason"])
    return None if same else vote


def _said_elsewhere(vote: ScreeningDecision) -> str:
    at = timezone.localtime(vote.recorded_at)
    answer = vote.get_verdict_display()
    return f"You decided this in another tab at {at:%H:%M}: {answer}. Answer again to change it."


def _accepted(request: ReviewRequest, member: Membership, seat: Seat) -> HttpResponse:
    """Answer a vote that was taken, the same whatever anybody else did."""
    if wants_json(request):
        return JsonResponse({"state": "saved"})
    stage = Stage(seat.stage)
    queue = queue_of(member, stage).select_related("record")
    following = queue.beyond(seat).first()
    if following is None:
        return redirect("screening:record-next", slug=member.review.slug, stage=stage)
    return _to_record(member, stage, following.record)


def _to_record(member: Membership, stage: Stage, record: Record) -> HttpResponseRedirect:
    keys = {"slug": member.review.slug, "stage": stage.value, "uid": record.uid}
    return redirect(reverse("screening:record-screen", kwargs=keys))
