"""One's own extractions: the list, the form of one, and its cells.

Nothing here reads what the other extractor of a study did.
"""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from extraction import groups
from extraction.choices import CopyStanding, Missing, Obtained
from extraction.copies import RemovedPart, read_copy, removed_parts
from extraction.forms import instrument_names
from extraction.models import CopyState, Extraction, Value, study_label
from extraction.schema import shipped_instruments
from extraction.services import SavedCells, save_cells
from extraction.views.answers import posted_cells, status_of
from extraction.views.sheet import Part, Refusals, Sheet
from records.links import links
from reviews.access import review_view
from reviews.http import ILL_FORMED, ReviewRequest, wants_json
from reviews.models import Membership
from reviews.paging import BadCursor, keyset_page
from reviews.roles import Capability

SUGGESTED = ("unit", "domain", "range_min", "range_max", "direction")


@require_safe
@review_view(Capability.EXTRACT)
def extraction_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """List the member's own copies with how far each has come."""
    answers = Q(values__superseded_at__isnull=True) & ~Q(values__text="", values__missing="")
    copies = (
        Extraction.objects.filter(review=member.review)
        .of_member(member)
        .with_standing()
        .annotate(
            number=F("study__number"),
            label=study_label("study"),
            answered=Count("values", filter=answers),
        )
    )
    try:
        page = keyset_page(copies, request.GET)
    except BadCursor as unknown:
        raise Http404(str(unknown)) from unknown
    return render(request, "extraction/extraction_list.html", {"page": page})


@require_safe
@review_view(Capability.EXTRACT)
def extraction_edit(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Show one part of the member's own copy as a form."""
    copy = own_copy(member, uid)
    return edit_page(request, member, copy, request.GET.get("part", ""))


@require_POST
@review_view(Capability.EXTRACT)
def cell_save(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Store the cells that a page sent: the good ones, and the others refused by name."""
    copy = own_copy(member, uid)
    cells = posted_cells(request.POST, copy)
    try:
        saved = save_cells(
            extractor=member, extraction=copy, cells=list(cells.values()), keep_good=True
        )
    except ValidationError as refusal:
        if wants_json(request):
            return _refused_json(refusal)
        messages.error(request, " ".join(refusal.messages))
        return redirect(address(member, copy))
    if wants_json(request):
        return _cell_json(request, member, copy, saved)
    part = request.POST.get("part", "")
    refusals = {name: saved.refused[c].messages for name, c in cells.items() if c in saved.refused}
    if refusals:
        return edit_page(request, member, copy, part, refusals)
    return redirect(f"{address(member, copy)}?part={part}#{request.POST.get('section', '')}")


def own_copy(member: Membership, uid: UUID) -> Extraction:
    """Return a copy of this member's; nobody else's is found."""
    copies = Extraction.objects.filter(review=member.review).of_member(member)
    related = ("study", "form_version__form")
    return get_object_or_404(copies.select_related(*related), uid=uid)


def address(member: Membership, copy: Extraction, name: str = "extraction-edit") -> str:
    """Return the address of a page of one copy."""
    return reverse(f"extraction:{name}", kwargs={"slug": member.review.slug, "uid": copy.uid})


def sheet_of(member: Membership, copy: Extraction) -> Sheet:
    """Return a copy as its pages show it."""
    cleared = Value.objects.current().filter(extraction=copy, text="", missing="")
    return Sheet(read_copy(copy), member.review, list(cleared.select_related("element")))


def edit_page(
    request: ReviewRequest,
    member: Membership,
    copy: Extraction,
    key: str,
    refusals: Refusals | None = None,
) -> HttpResponse:
    """Return the page of one part; ``refusals`` stand beside the fields they are about."""
    sheet = sheet_of(member, copy)
    part = sheet.part(key)
    if part is None:
        raise Http404("This extraction has no such part.")
    posted = request.POST if refusals else None
    standing = CopyState.objects.current().get(extraction=copy)
    context = {
        "copy": copy,
        "sheet": sheet,
        "part": part,
        "sections": list(sheet.sections(part, posted, refusals or {})),
        "columns": list(sheet.columns(part, posted, refusals or {})),
        "result_specs": sheet.copy.form.in_group(groups.RESULT),
        "refusals": refusals,
        "is_draft": standing.standing == CopyStanding.DRAFT,
        "standing": standing,
        "obtained": Obtained.choices,
        "missing": Missing.choices,
        "instruments": instrument_names() if part.level == groups.OUTCOME else [],
        "suggestion": suggestion(sheet, part),
        "removed": _removed(copy, part),
        "links": [link for report in sheet.copy.reports for link in links(report.record)],
        "unit_label": sheet.names.unit_label,
    }
    status = ILL_FORMED if refusals else 200
    return render(request, "extraction/extraction_edit.html", context, status=status)


def suggestion(sheet: Sheet, part: Part) -> list[tuple[str, str]]:
    """Return what the library says of an outcome's instrument, for the fields still blank."""
    cell = part.element.cells.get("instrument") if part.element else None
    if part.level != groups.OUTCOME or part.element is None or cell is None:
        return []
    wanted = cell.text.casefold()
    known = [
        instrument
        for instrument in shipped_instruments()
        if wanted in {name.casefold() for name in (instrument.name, *instrument.aliases)}
    ]
    if not known:
        return []
    form, cells = sheet.copy.form, part.element.cells
    blank = [key for key in SUGGESTED if key in form.by_key and key not in cells]
    return [(key, getattr(known[0], key)) for key in blank if getattr(known[0], key)]


def _removed(copy: Extraction, part: Part) -> list[RemovedPart]:
    """Return what was removed and can be brought back on this page."""
    removed = removed_parts(copy)
    if part.element is None:
        return [one for one in removed if one.group != groups.RESULT]
    return [one for one in removed if one.outcome == part.element.uid]


def _refused_json(refusal: ValidationError) -> JsonResponse:
    answer = {"state": "refused", "message": " ".join(refusal.messages)}
    for error in refusal.error_list:
        answer |= error.params or {}
    return JsonResponse(answer, status=status_of(refusal))


def _cell_json(
    request: ReviewRequest, member: Membership, copy: Extraction, saved: SavedCells
) -> JsonResponse:
    """Answer a script: when it was stored, what does not fit, and how far the copy has come."""
    if saved.refused:
        return _refused_json(next(iter(saved.refused.values())))
    sheet = sheet_of(member, copy)
    changed = request.POST.get("changed", "")
    name = "-".join(changed.split("-")[:2])
    value = next(iter(saved.values.values()), None)
    at = value.recorded_at if value else timezone.now()
    findings = {
        name: [finding.message for finding in found]
        for name, found in sheet.findings_by_name.items()
    }
    return JsonResponse(
        {
            "state": "saved",
            "at": f"{timezone.localtime(at):%H:%M}",
            "message": ". ".join(findings.get(name, [])),
            "seen": str(value.uid) if value else "",
            "findings": findings,
            "progress": {
                "answered": sheet.answered,
                "asked": sheet.asked,
                "errors": sheet.errors,
                "warnings": sheet.warnings,
                **{f"of-{part.key}": f"{part.answered}/{part.asked}" for part in sheet.parts},
                **{f"found-{part.key}": str(part.findings or "") for part in sheet.parts},
            },
        }
    )
