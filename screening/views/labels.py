"""Labels: the member's own and the shared ones, and putting them on many records at once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from reviews.access import review_view
from reviews.http import ReviewRequest
from reviews.models import Membership
from reviews.roles import Capability
from screening.forms import RecordFilterForm
from screening.forms.records import BulkLabelForm, LabelForm
from screening.listing import narrowed
from screening.models import Label, LabelDetails, Record, Seat
from screening.querysets.choices import choices_of
from screening.services import (
    create_label,
    label_records,
    remove_label,
    rename_label,
    restore_label,
    undo_labelling,
)
from screening.views.stage_door import ILL_FORMED, posted

MOST_AT_ONCE = 20_000


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
            return redirect("screening:label-list", slug=member.review.slug)
    return _label_page(request, member, form, may_share=may_share)


@require_POST
@review_view(Capability.READ)
def label_rename(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Give a label another name."""
    form = LabelForm(request.POST)
    name = form.cleaned_data["name"] if form.is_valid() else ""
    return _acted(request, member, rename_label, label=_label_or_404(member, uid), name=name)


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
    records = _chosen(request, member, everything=asked["everything"])
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
        return records.filter(uid__in=_uids(request.POST.getlist("record")))
    choices = choices_of(member)
    params = QueryDict(request.POST.get("query", ""))
    form = RecordFilterForm(params, choices=choices, screens=member.can(Capability.SCREEN))
    return narrowed(member, form.cleaned_data, choices) if form.is_valid() else records.none()


def _uids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


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


def _acted(request: ReviewRequest, member: Membership, act: Any, **what: Any) -> HttpResponse:
    try:
        act(member=member, **what)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("screening:label-list", slug=member.review.slug)


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
    return render(request, "screening/label_list.html", context, status=status)


def _label_or_404(member: Membership, uid: UUID) -> Label:
    label: Label = get_object_or_404(Label.objects.of(member), uid=uid)
    return label


def _may_share(member: Membership) -> bool:
    seats = Seat.objects.filter(review=member.review, member=member)
    return member.can(Capability.MANAGE) and not seats.exists()


def _to_list(request: ReviewRequest, member: Membership) -> HttpResponseRedirect:
    query = QueryDict(request.POST.get("query", "")).urlencode()
    url = reverse("screening:record-list", kwargs={"slug": member.review.slug})
    return redirect(f"{url}?{query}" if query else url)
