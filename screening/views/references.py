"""The references of a review: the list, the panel beside it, and the page of one record."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from records.forms import NoticeForm, RecordDetailsForm
from records.listing import Place, Size, listed
from records.models import Record
from records.querysets.choices import Choices, choices_of
from reviews.access import review_view
from reviews.http import ILL_FORMED, ReviewRequest
from reviews.models import Membership
from reviews.paging import BadCursor, Page
from reviews.roles import Capability
from screening.forms import ReferenceFilterForm
from screening.judged_record import JudgedRecord
from screening.references import marks_of, rows_about

# What an address of the list says beside its filters.
PLACES = ("after", "before", "at", "open", "count")
# The filters that have a chip of their own in the toolbar, and the chip.
OWN_CHIPS = {
    "q": "",
    "mine": "mine",
    "year_from": "years",
    "year_to": "years",
    "source": "source",
    "label": "label",
}
NOTHING = (Page(rows=(), next_cursor="", previous_cursor=""), Size(0))


@require_safe
@review_view(Capability.READ)
def record_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """List the records that imports and merges leave, with the member's own marks."""
    choices = choices_of(member)
    form = ReferenceFilterForm(request.GET, choices=choices, screens=member.can(Capability.SCREEN))
    readable = form.is_valid()
    asked = form.cleaned_data if readable else {}
    try:
        page, size = _listed(request, member, asked, choices) if readable else NOTHING
    except BadCursor as error:
        raise Http404(error.messages[0]) from error
    marks = marks_of(page.rows, member)
    for record in page.rows:
        record.marks = marks[record.pk]
    chips = form.active() if readable else []
    context = {
        "form": form,
        "choices": choices,
        "columns": form.shown_columns,
        "chips": [{"words": words, "without": _without(request, name)} for name, words in chips],
        "on": _by_field(request, chips),
        "place": Place.of(request.GET, page, size),
        "page": page,
        "size": size,
        "query": kept_query(request),
        "view": _view_in_force(request, choices),
        "undo": _kept(request, member, "label_undo"),
        "view_undo": _kept(request, member, "view_undo"),
        **_opened(request, member),
    }
    status = 200 if readable else ILL_FORMED
    return render(request, "screening/record_list.html", context, status=status)


@require_safe
@review_view(Capability.READ)
def record_panel(request: ReviewRequest, member: Membership, uid: str) -> HttpResponse:
    """Show one record beside the list; without a script its own page."""
    context = _opened_record(member, uid)
    if not request.htmx:
        return redirect("screening:record-detail", slug=member.review.slug, uid=uid)
    return render(request, "screening/_panel.html", context)


@require_safe
@review_view(Capability.READ)
def record_detail(request: ReviewRequest, member: Membership, uid: str) -> HttpResponse:
    """Show one record as its file gave it, where it was found, and what one may see of it."""
    return render(request, "screening/record_detail.html", detail_of(member, uid))


def detail_of(
    member: Membership,
    uid: str,
    *,
    details_form: RecordDetailsForm | None = None,
    notice_form: NoticeForm | None = None,
) -> dict[str, Any]:
    """Return what the page of one record shows, with forms of it that were refused."""
    context = _opened_record(member, uid)
    if member.can(Capability.IMPORT):
        suggested = context["whole"].suggested_notice
        context |= {
            "details_form": details_form or RecordDetailsForm(instance=context["whole"].details),
            "notice_form": notice_form or NoticeForm(initial=suggested),
        }
    return context


def record_or_404(member: Membership, uid: str) -> Record:
    """Return a visible record of the member's review."""
    records = Record.objects.filter(review=member.review).visible()
    record: Record = get_object_or_404(
        records.select_related("batch__source", "batch__member"), uid=uid
    )
    return record


def kept_query(request: ReviewRequest) -> str:
    """Return the filters and columns of an address, without its place in the list."""
    params = request.GET.copy()
    for gone in PLACES:
        params.pop(gone, None)
    for name in [name for name, values in params.lists() if not any(values)]:
        del params[name]
    return params.urlencode()


def _listed(
    request: ReviewRequest, member: Membership, asked: dict[str, Any], choices: Choices
) -> tuple[Page, Size]:
    return listed(member, asked, choices, request.GET, about=rows_about(member, asked))


def _opened(request: ReviewRequest, member: Membership) -> dict[str, Any]:
    """Return the record that the address opens beside the list, if it opens one."""
    try:
        return _opened_record(member, str(UUID(request.GET.get("open", ""))))
    except (Http404, ValueError):
        return {}


def _opened_record(member: Membership, uid: str) -> dict[str, Any]:
    record = record_or_404(member, uid)
    return {"record": record, "whole": JudgedRecord(record, member)}


def _kept(request: ReviewRequest, member: Membership, name: str) -> dict[str, Any] | None:
    """Return what the session keeps of the last act in this review that can be undone."""
    undo = request.session.get(name)
    return undo if undo and undo["review"] == str(member.review.uid) else None


def _by_field(request: ReviewRequest, chips: list[tuple[str, str]]) -> dict[str, Any]:
    """Return what the list is narrowed to, by the chips of the toolbar; the others in a row."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, words in chips:
        found.setdefault(OWN_CHIPS.get(name, name), []).append((name, words))
    shown = {
        own: {
            "words": ", ".join(words for _, words in parts),
            "without": _without(request, *(name for name, _ in parts)),
        }
        for own, parts in found.items()
        if own
    }
    others = [chip for own, chip in shown.items() if own not in OWN_CHIPS.values()]
    return {**shown, "others": others}


def _view_in_force(request: ReviewRequest, choices: Choices) -> str:
    query = kept_query(request)
    return next((view.words for view in choices.view if query and view.more == query), "")


def _without(request: ReviewRequest, *names: str) -> str:
    """Return the address of the list without these filters, from its first page."""
    params = request.GET.copy()
    for gone in (*names, *PLACES):
        params.pop(gone, None)
    return f"?{params.urlencode()}"
