"""The parts of one's own draft: adding, removing, bringing back, and the library's suggestion."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from extraction.forms import prefix_of
from extraction.models import Element, Extraction
from extraction.querysets.vocabularies import vocabularies_of
from extraction.services import (
    CellInput,
    add_element,
    remove_element,
    restore_element,
    save_cells,
)
from extraction.views.extractions import address, own_copy, sheet_of
from extraction.views.suggestions import suggestion
from reviews.access import review_view
from reviews.http import ReviewRequest
from reviews.models import Membership
from reviews.roles import Capability
from reviews.work import counted


@require_POST
@review_view(Capability.EXTRACT)
def element_add(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Add an element of one of the form's groups to the member's own draft."""
    copy = own_copy(member, uid)
    belongs = {
        name: _element(copy, request.POST[name])
        for name in ("parent", "across")
        if request.POST.get(name)
    }
    try:
        element = add_element(
            extractor=member, extraction=copy, group=request.POST.get("group", ""), **belongs
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        home = belongs.get("across") or belongs.get("parent")
        return redirect(f"{address(member, copy)}?part={_page_of(home)}")
    return redirect(_place(member, copy, element))


@require_POST
@review_view(Capability.EXTRACT)
def element_remove(
    request: ReviewRequest, member: Membership, uid: UUID, element: UUID
) -> HttpResponse:
    """Remove a part of the member's own draft; the next page can bring it back."""
    copy = own_copy(member, uid)
    row = _element(copy, str(element))
    try:
        removed = remove_element(extractor=member, element=row)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        others = counted(len(removed) - 1, "part", "parts") if len(removed) > 1 else ""
        along = f" with {others} that belonged to it" if others else ""
        messages.success(request, f"Removed{along}. It can be brought back below.")
    return redirect(f"{address(member, copy)}?part={_page_of(row.across or row.parent)}")


@require_POST
@review_view(Capability.EXTRACT)
def element_restore(
    request: ReviewRequest, member: Membership, uid: UUID, element: UUID
) -> HttpResponse:
    """Bring a removed part of the member's own draft back."""
    copy = own_copy(member, uid)
    row = _element(copy, str(element))
    try:
        restore_element(extractor=member, element=row)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(f"{address(member, copy)}?part={_page_of(row.across or row.parent)}")
    return redirect(_place(member, copy, row))


@require_POST
@review_view(Capability.EXTRACT)
def element_fill(
    request: ReviewRequest, member: Membership, uid: UUID, element: UUID
) -> HttpResponse:
    """Take what the library says of an outcome's instrument into the fields still blank."""
    copy = own_copy(member, uid)
    row = _element(copy, str(element))
    sheet = sheet_of(member, copy)
    part = sheet.part(prefix_of(row.uid))
    cells = [
        CellInput(
            key=one.spec.key,
            text=one.text,
            element=row,
            obtained="",
            note="From the instrument library",
            seen="",
        )
        for one in (suggestion(sheet, part, vocabularies_of(member.review)) if part else [])
    ]
    try:
        save_cells(extractor=member, extraction=copy, cells=cells, keep_good=True)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect(f"{address(member, copy)}?part={prefix_of(row.uid)}")


def _element(copy: Extraction, uid: str) -> Element:
    elements = Element.objects.filter(extraction=copy).select_related("extraction")
    try:
        return get_object_or_404(elements, uid=UUID(uid))
    except ValueError:
        return get_object_or_404(elements.none())


def _page_of(element: Element | None) -> str:
    """Return the key of the page on which an element is shown."""
    while element is not None and (home := element.across or element.parent):
        element = home
    return prefix_of(element.uid if element else None)


def _place(member: Membership, copy: Extraction, element: Element) -> str:
    """Return the address of an element: its page, or its place on the page of another."""
    page, key = _page_of(element), prefix_of(element.uid)
    start = f"{address(member, copy)}?part={page}"
    return start if page == key else f"{start}#panel-{key}"
