"""Putting labels on many references at once, and undoing that."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from records.forms import BulkLabelForm
from records.listing import narrowed
from records.models import Label, LabelDetails, Record
from records.querysets.choices import choices_of
from records.services import label_records, undo_labelling
from reviews.access import review_view
from reviews.http import ReviewRequest
from reviews.models import Membership
from reviews.roles import Capability
from screening.forms import ReferenceFilterForm
from screening.references import rows_about

MOST_AT_ONCE = 20_000


@require_POST
@review_view(Capability.READ)
def record_label(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Put a label on the records that were selected, or on all that the filters leave."""
    form = BulkLabelForm(request.POST)
    if not form.is_valid():
        for refusals in form.errors.values():
            messages.error(request, " ".join(str(words) for words in refusals))
        return _to_list(request, member)
    asked = form.cleaned_data
    label = get_object_or_404(Label.objects.visible_to(member), uid=asked["label"])
    try:
        records = _chosen(request, member, everything=asked["everything"])
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return _to_list(request, member)
    if asked["everything"] and not asked["sure"]:
        return _ask(request, member, label, records.count(), act=asked["act"])
    keys = list(records.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if not keys or len(keys) > MOST_AT_ONCE:
        words = "Select at least one record first."
        if keys:
            words = f"A label goes on at most {MOST_AT_ONCE:,} records at once: narrow the list."
        messages.error(request, words)
        return _to_list(request, member)
    on = asked["act"] == "on"
    try:
        changed, instants = label_records(member=member, label=label, records=keys, on=on)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        _remember(request, member, label, changed, instants, on=on)
    return _to_list(request, member)


@require_POST
@review_view(Capability.READ)
def record_label_undo(request: ReviewRequest, member: Membership) -> HttpResponse:
    """Undo the last labelling in one step."""
    undo = request.session.pop("label_undo", None)
    if not undo or undo["review"] != str(member.review.uid):
        messages.error(request, "There is no labelling to undo any more.")
        return _to_list(request, member)
    label = get_object_or_404(Label, review=member.review, uid=undo["label"])
    instants = [datetime.fromisoformat(instant) for instant in undo["instants"]]
    try:
        changed = undo_labelling(member=member, label=label, instants=instants)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, f"Undone on {_counted(changed)}.")
    return _to_list(request, member)


def _chosen(request: ReviewRequest, member: Membership, *, everything: bool) -> Any:
    """Return the records that were selected, or those the filters of the address leave."""
    records = Record.objects.in_list(member)
    if not everything:
        uids = _uids(request.POST.getlist("record"))
        chosen = records.filter(uid__in=uids)
        if chosen.order_by().count() != len(uids):
            raise ValidationError(
                "Some of the records you selected are not in this list any more. No label was "
                "changed; load the list again and select them anew.",
                code="not_in_review",
            )
        return chosen
    choices = choices_of(member)
    params = QueryDict(request.POST.get("query", ""))
    form = ReferenceFilterForm(params, choices=choices, screens=member.can(Capability.SCREEN))
    if not form.is_valid():
        return records.none()
    about = rows_about(member, form.cleaned_data)
    return narrowed(member, form.cleaned_data, choices, about=about)


def _uids(texts: list[str]) -> set[UUID]:
    try:
        return {UUID(text) for text in texts}
    except ValueError as wrong:
        raise ValidationError("This names no record.", code="not_in_review") from wrong


def _ask(
    request: ReviewRequest, member: Membership, label: Label, number: int, *, act: str
) -> HttpResponse:
    """Name the number of records before an act on all of them."""
    context = {
        "label": LabelDetails.objects.current().get(label=label),
        "number": number,
        "words": _counted(number),
        "too_many": number > MOST_AT_ONCE,
        "most_words": f"{MOST_AT_ONCE:,}",
        "act": act,
        "label_uid": label.uid,
        "query": request.POST.get("query", ""),
    }
    return render(request, "screening/record_label.html", context)


def _remember(
    request: ReviewRequest,
    member: Membership,
    label: Label,
    changed: int,
    instants: list[datetime],
    *,
    on: bool,
) -> None:
    """Keep by which acts a labelling was done, so that one step undoes it."""
    if not instants:
        words = "All of them bear this label already." if on else "None of them bears this label."
        messages.info(request, words)
        return
    name = LabelDetails.objects.current().get(label=label).name
    request.session["label_undo"] = {
        "review": str(member.review.uid),
        "label": str(label.uid),
        "instants": [instant.isoformat() for instant in instants],
        "words": f"“{name}” {'put on' if on else 'taken off'} {_counted(changed)}.",
    }


def _counted(number: int) -> str:
    return f"{number:,} {'record' if number == 1 else 'records'}"


def _to_list(request: ReviewRequest, member: Membership) -> HttpResponseRedirect:
    query = QueryDict(request.POST.get("query", "")).urlencode()
    url = reverse("screening:record-list", kwargs={"slug": member.review.slug})
    return redirect(f"{url}?{query}" if query else url)
