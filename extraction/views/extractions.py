"""One's own extractions: the list, the form of one, and its cells.

Nothing here reads what the other extractor of a study did.
"""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import CharField, Count, F, Q
from django.db.models import Value as Constant
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from extraction.choices import CopyStanding, Obtained
from extraction.copies import RemovedPart, read_copy, removed_parts
from extraction.forms import prefix_of, words_of
from extraction.models import CopyState, Extraction, Value, study_label
from extraction.querysets.vocabularies import vocabularies_of
from extraction.schema import question_key
from extraction.services import CellInput, SavedCells, save_cells
from extraction.views.answers import posted_cells, question_of, refused_words, status_of
from extraction.views.cells import Refusals
from extraction.views.sheet import Part, Sheet
from extraction.views.suggestions import suggestion
from extraction.vocabularies import Vocabularies
from records.links import links
from reviews.access import review_view
from reviews.http import ILL_FORMED, ReviewRequest, wants_json
from reviews.models import Membership
from reviews.paging import BadCursor, keyset_page
from reviews.roles import Capability

# One question of one element: a summary statistic is answered once, whatever its parts.
QUESTION = Concat(
    Coalesce(Cast("values__element", CharField()), Constant("")),
    Constant("-"),
    Cast("values__field", CharField()),
)


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
            answered=Count(QUESTION, filter=answers, distinct=True),
        )
    )
    try:
        page = keyset_page(copies, request.GET)
    except BadCursor as unknown:
        raise Http404(str(unknown)) from unknown
    drafts = (copy for copy in page.rows if copy.standing == CopyStanding.DRAFT)
    context = {"page": page, "next": next(drafts, None)}
    return render(request, "extraction/extraction_list.html", context)


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
        return _cell_json(request, member, copy, cells, saved)
    part = request.POST.get("part", "")
    said = refused_words(saved.refused, copy.form_version.spec)
    refusals = {name: said[cell] for name, cell in cells.items() if cell in said}
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
    values = Value.objects.current().filter(extraction=copy).select_related("element")
    return Sheet(read_copy(copy), member.review, values)


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
    standing = CopyState.objects.current().get(extraction=copy)
    panel = sheet.panel(part, request.POST if refusals else None, refusals or {})
    removed = removed_parts(copy)
    vocabularies = vocabularies_of(member.review)
    context = {
        "copy": copy,
        "sheet": sheet,
        "part": part,
        "panel": panel,
        "additions": [(group, _listed(sheet, group.key)) for group in sheet.tops],
        "refusals": _by_question(refusals or {}),
        "is_draft": standing.standing == CopyStanding.DRAFT,
        "standing": standing,
        "obtained": Obtained.choices,
        "reports": _reports(sheet),
        "vocabularies": _words(sheet, part, vocabularies),
        "suggestion": suggestion(sheet, part, vocabularies),
        "removed": _removed(sheet, part, removed),
        "links": [link for report in sheet.copy.reports for link in links(report.record)],
        "unit_label": sheet.names.unit_label,
    }
    status = ILL_FORMED if refusals else 200
    return render(request, "extraction/extraction_edit.html", context, status=status)


def _listed(sheet: Sheet, group: str) -> bool:
    return bool(sheet.copy.in_group(group))


def _by_question(refusals: Refusals) -> dict[str, list[str]]:
    """Return why answers were refused by the name of their question, each reason once."""
    found: dict[str, list[str]] = {}
    for name, said in refusals.items():
        known = found.setdefault(question_key(name), [])
        known += [words for words in said if words not in known]
    return found


def _reports(sheet: Sheet) -> list[tuple[str, str]]:
    """Return the reports an answer can have been read in, where the study has several."""
    reports = sheet.copy.reports if len(sheet.copy.reports) > 1 else []
    return [(str(one.uid), f"{one.get_kind_display()}: {one.record.short_name}") for one in reports]


def _words(sheet: Sheet, part: Part, vocabularies: Vocabularies) -> list[tuple[str, list[str]]]:
    """Return the words that are offered while typing on one page, by the id of their list."""
    form = sheet.copy.form
    shown = frozenset({part.group.key}) if part.group else form.study_groups
    shown |= {one.group for one in part.below}
    named = {spec.vocabulary for spec in form.fields if spec.group in shown and spec.vocabulary}
    return [(words_of(name), getattr(vocabularies, name).names) for name in sorted(named)]


def _removed(sheet: Sheet, part: Part, removed: list[RemovedPart]) -> list[tuple[str, RemovedPart]]:
    """Return what was removed and can be brought back on this page, with its group's name."""
    alive = {element.uid for element in sheet.copy.elements}
    found = []
    for one in removed:
        root = sheet.root_of(one.parents[-1]) if one.parents else None
        here = prefix_of(root.uid) == part.key if root else not (one.parents or part.element)
        group = sheet.copy.form.group(one.group)
        if here and alive.issuperset(one.parents):
            found.append((group.name if group else one.group, one))
    return found


def _refused_json(refusal: ValidationError) -> JsonResponse:
    answer = {"state": "refused", "message": " ".join(refusal.messages)}
    for error in refusal.error_list:
        answer |= error.params or {}
    return JsonResponse(answer, status=status_of(refusal))


def _cells_refused(
    cells: dict[str, CellInput], saved: SavedCells, copy: Extraction
) -> JsonResponse:
    """Answer a script that sent something refused: why, and at which controls."""
    said = refused_words(saved.refused, copy.form_version.spec)
    messages_ = list(dict.fromkeys(words for each in said.values() for words in each))
    answer: dict[str, object] = {"state": "refused", "message": " ".join(messages_)}
    errors = [error for refusal in saved.refused.values() for error in refusal.error_list]
    for error in errors:
        answer |= error.params or {}
    answer["controls"] = [name for name, cell in cells.items() if cell in said]
    return JsonResponse(answer, status=status_of(ValidationError(errors)))


def _cell_json(
    request: ReviewRequest,
    member: Membership,
    copy: Extraction,
    cells: dict[str, CellInput],
    saved: SavedCells,
) -> JsonResponse:
    """Answer a script: when it was stored, what does not fit, and how far the copy has come."""
    if saved.refused:
        return _cells_refused(cells, saved, copy)
    sheet = sheet_of(member, copy)
    changed = question_of(request.POST.get("changed", ""))
    values = [
        saved.values[cell]
        for name, cell in cells.items()
        if cell in saved.values and changed in ("", question_key(name))
    ]
    newest = max(values, key=lambda value: (value.recorded_at, value.pk), default=None)
    findings = {
        name: [finding.message for finding in found]
        for name, found in sheet.findings_by_name.items()
    }
    said = [words for name in findings if question_key(name) == changed for words in findings[name]]
    return JsonResponse(
        {
            "state": "saved",
            "at": f"{timezone.localtime(newest.recorded_at if newest else None):%H:%M}",
            "message": ". ".join(said),
            "seen": str(newest.uid) if newest else "",
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
