"""The parts of one's own draft: adding, removing, bringing back, and the library's suggestion."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from extraction import groups
from extraction.forms import STUDY_PREFIX, prefix_of
from extraction.models import Element, Extraction
from extraction.services import (
    CellInput,
    add_element,
    remove_element,
    restore_element,
    save_cells,
)
from extraction.views.extractions import address, own_copy, sheet_of, suggestion
from reviews.access import review_view
from reviews.http import ReviewRequest
from reviews.models import Membership
from reviews.roles import Capability


@require_POST
@review_view(Capability.EXTRACT)
def element_add(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Add a cohort, intervention, outcome or result to the member's own draft."""
    copy = own_copy(member, uid)
    level = request.POST.get("level", "")
    parents = {
        name: _element(copy, request.POST[name])
        for name in ("cohort", "outcome")
        if level == groups.RESULT and request.POST.get(name)
    }
    part = request.POST.get("part", "")
    try:
        element = add_element(extractor=member, extraction=copy, level=level, **parents)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(f"{address(member, copy)}?part={part}")
    if level == groups.RESULT:
        return redirect(f"{address(member, copy)}?part={part}#results")
    return redirect(f"{address(member, copy)}?part={prefix_of(element.uid)}")


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
        along = f" with {len(removed) - 1} of its results" if len(removed) > 1 else ""
        messages.success(request, f"Removed{along}. It can be brought back below.")
    part = prefix_of(row.outcome.uid) if row.outcome else STUDY_PREFIX
    return redirect(f"{address(member, copy)}?part={part}")


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
    part = prefix_of(row.outcome.uid if row.outcome else row.uid)
    return redirect(f"{address(member, copy)}?part={part}")


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
            key=key,
            text=text,
            element=row,
            obtained="",
            note="From the instrument library",
            seen="",
        )
        for key, text in (suggestion(sheet, part) if part else [])
    ]
    try:
        save_cells(extractor=member, extraction=copy, cells=cells, keep_good=True)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect(f"{address(member, copy)}?part={prefix_of(row.uid)}")


def _element(copy: Extraction, uid: str) -> Element:
    elements = Element.objects.filter(extraction=copy).select_related("extraction", "outcome")
    try:
        return get_object_or_404(elements, uid=UUID(uid))
    except ValueError:
        return get_object_or_404(elements.none())
