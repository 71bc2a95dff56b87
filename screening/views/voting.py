"""Voting: a reviewer's own queue, one record at a time, and their own history.

Nothing here reads what anybody else did: a page is the seats dealt to this member, less their own
votes, in their own order.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from records.models import Record
from reviews.http import ILL_FORMED, REFUSED, ReviewRequest, data_answer, page_or_404, wants_json
from reviews.models import Membership
from reviews.roles import Capability
from screening.choices import Stage, Verdict
from screening.forms import DecisionForm, SentForm
from screening.models import ScreeningDecision, Seat
from screening.querysets.queues import queue_of
from screening.services import submit_decision, withdraw_decision
from screening.services.seats import is_open
from screening.views.reading import place, reading
from screening.views.stage_door import stage_view

OF_ANOTHER = (
    "Nothing was recorded: this page was opened by another account than the one signed in now. "
    "Reload it, or sign in as the other one."
)


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
        "is_open": is_open(member.review, stage),
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
    status, elsewhere = ILL_FORMED, False
    if form.is_valid():
        answer = dict(form.cleaned_data)
        whose, seen = answer.pop("member"), answer.pop("seen")
        if whose not in {None, member.uid}:
            return _of_another(request, member, seat)
        shown = set() if seen is None else {seen}
        try:
            submit_decision(reviewer=member, record=seat.record, stage=stage, seen=shown, **answer)
        except ValidationError as refusal:
            status, elsewhere = REFUSED, refusal.code == "cast_elsewhere"
            form.add_error(None, refusal)
        else:
            return _accepted(request, member, seat)
    elif _is_known(member, form):
        return _accepted(request, member, seat)
    if wants_json(request):
        return _refused(request, *_words(form), status=status)
    return _screening_page(request, member, seat, form, status=status, other_tab=elsewhere)


@require_POST
@stage_view(Capability.SCREEN)
def decision_withdraw(
    request: ReviewRequest, member: Membership, stage: Stage, uid: str
) -> HttpResponse:
    """Take the member's own vote back and show the record again."""
    seat = _seat_or_404(member, stage, uid)
    sent = SentForm(request.POST)
    if not sent.is_valid():
        return _not_taken(request, member, seat, _words(sent), status=ILL_FORMED)
    whose, seen = sent.cleaned_data["member"], sent.cleaned_data["seen"]
    if whose not in {None, member.uid}:
        return _of_another(request, member, seat)
    try:
        withdraw_decision(
            reviewer=member,
            record=seat.record,
            stage=stage,
            request_id=sent.cleaned_data["request_id"],
            seen=None if seen is None else {seen},
        )
    except ValidationError as refusal:
        return _not_taken(request, member, seat, refusal.messages, status=REFUSED)
    if wants_json(request):
        return data_answer(request, state="saved")
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


def _is_known(member: Membership, form: DecisionForm) -> bool:
    """Say whether the very same request was taken before.

    It is then answered as it was, even where it can no longer be read: its reason may be gone.
    """
    if form.cleaned_data.get("member") not in {None, member.uid}:
        return False
    sent = ScreeningDecision.objects.sent_as(member, form.cleaned_data.get("request_id"))
    return sent.exists()


def _of_another(request: ReviewRequest, member: Membership, seat: Seat) -> HttpResponse:
    """Refuse what was sent from another account's page: the session is not theirs."""
    if wants_json(request):
        return _refused(request, OF_ANOTHER, status=REFUSED, code="other_member")
    return _not_taken(request, member, seat, [OF_ANOTHER], status=REFUSED)


def _not_taken(
    request: ReviewRequest, member: Membership, seat: Seat, words: list[str], *, status: int
) -> HttpResponse:
    if wants_json(request):
        return _refused(request, *words, status=status)
    form = DecisionForm(review=member.review, stage=Stage(seat.stage))
    return _screening_page(request, member, seat, form, status=status, refusals=words)


def _refused(request: ReviewRequest, *words: str, status: int, code: str = "") -> HttpResponse:
    """Say to a script why an act was not taken."""
    return data_answer(request, state="refused", message=" ".join(words), code=code, status=status)


def _words(form: SentForm) -> list[str]:
    return [str(message) for errors in form.errors.values() for message in errors]


def _accepted(request: ReviewRequest, member: Membership, seat: Seat) -> HttpResponse:
    """Answer a vote that was taken, the same whatever anybody else did."""
    if wants_json(request):
        return data_answer(request, state="saved")
    stage = Stage(seat.stage)
    queue = queue_of(member, stage).select_related("record")
    following = queue.beyond(seat).first()
    if following is None:
        return redirect("screening:record-next", slug=member.review.slug, stage=stage)
    return _to_record(member, stage, following.record)


def _to_record(member: Membership, stage: Stage, record: Record) -> HttpResponseRedirect:
    keys = {"slug": member.review.slug, "stage": stage.value, "uid": record.uid}
    return redirect(reverse("screening:record-screen", kwargs=keys))
