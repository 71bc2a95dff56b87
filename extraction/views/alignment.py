"""Which parts of two extractions are the same: the proposal, corrections, and confirming it."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from extraction.choices import CopySeat
from extraction.compared import ComparedStudy, read_compared
from extraction.copies import StudyCopy
from extraction.models import Alignment, Element, Extraction, Study, studies_to_adjudicate
from extraction.services import (
    confirm_alignment,
    pair_elements,
    propose_alignment,
    unpair,
)
from extraction.views.studies import visible_study
from extraction.wording import Names
from reviews.access import review_view
from reviews.http import ReviewRequest
from reviews.models import Membership
from reviews.roles import Capability
from reviews.work import counted


@dataclass(frozen=True)
class PairRow:
    """One pair as the page shows it."""

    row: Alignment
    a: str
    b: str
    details_a: list[tuple[str, str]]
    details_b: list[tuple[str, str]]
    partners: list[tuple[str, str]]


@require_safe
@review_view(Capability.ADJUDICATE)
def adjudication_list(request: ReviewRequest, member: Membership) -> HttpResponse:
    """List the studies whose two extractions this member may settle."""
    studies = list(Study.objects.to_settle(member).named())
    consensus = Extraction.objects.current().filter(study__in=studies, seat=CopySeat.CONSENSUS)
    begun = set(consensus.values_list("study", flat=True))
    context = {"studies": [(study, study.pk in begun) for study in studies]}
    return render(request, "extraction/adjudication_list.html", context)


@require_http_methods(["GET", "POST"])
@review_view(Capability.ADJUDICATE)
def study_align(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Show the pairs of a study, and take corrections and the confirmation."""
    study = visible_study(member, uid)
    here = redirect("extraction:study-align", slug=member.review.slug, uid=uid)
    if request.method == "POST":
        try:
            done = _act(request, member, study)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return here
        messages.success(request, done)
        if request.POST.get("act") == "confirm":
            return redirect("extraction:study-compare", slug=member.review.slug, uid=uid)
        return here
    compared = comparable(request, member, study)
    if isinstance(compared, HttpResponse):
        return compared
    groups = compared.form.element_groups
    listed = [(group, _rows(compared, group.key, member)) for group in groups]
    context = {
        "study": study,
        "compared": compared,
        "listed": [(group, rows) for group, rows in listed if rows],
        "open": len(compared.to_confirm),
        "unaligned": len(compared.unaligned),
    }
    return render(request, "extraction/study_align.html", context)


def comparable(
    request: ReviewRequest, member: Membership, study: Study
) -> ComparedStudy | HttpResponse:
    """Return the two copies side by side, or the way back where this member may not see them."""
    if not studies_to_adjudicate(member).filter(pk=study.pk).exists():
        messages.info(
            request,
            "This study is compared when both extractions are submitted, "
            "by somebody who never extracted it.",
        )
        return redirect("extraction:study-detail", slug=member.review.slug, uid=study.uid)
    return read_compared(study)


def _act(request: ReviewRequest, member: Membership, study: Study) -> str:
    act = request.POST.get("act", "")
    if act == "confirm":
        confirm_alignment(adjudicator=member, study=study)
        return "Confirmed. Now their values can be compared."
    if act == "propose":
        rows = propose_alignment(adjudicator=member, study=study)
        proposed = counted(len(rows), "pair", "pairs")
        return f"{proposed} proposed. Correct what is wrong, then confirm."
    element = _element(study, request.POST.get("element", ""))
    if act == "part":
        unpair(adjudicator=member, study=study, element=element)
        return "Parted."
    other = _element(study, request.POST.get("partner", ""))
    first, second = (element, other) if element.extraction.seat == CopySeat.A else (other, element)
    pair_elements(adjudicator=member, study=study, element_a=first, element_b=second)
    return "Paired."


def _element(study: Study, uid: str) -> Element:
    elements = Element.objects.filter(extraction__study=study).select_related("extraction")
    try:
        return get_object_or_404(elements, uid=UUID(uid))
    except ValueError as wrong:
        raise ValidationError("Choose what it is paired with.", code="no_pair") from wrong


def _rows(compared: ComparedStudy, group: str, member: Membership) -> list[PairRow]:
    label = member.review.settings.unit_plural
    names_a, names_b = Names(compared.a, label), Names(compared.b, label)
    found = []
    for row in compared.alignments:
        if row.group != group:
            continue
        a = row.element_a.uid if row.element_a else None
        b = row.element_b.uid if row.element_b else None
        other = names_b if row.element_a else names_a
        current = b if row.element_a else a
        found.append(
            PairRow(
                row=row,
                a=names_a.of(a),
                b=names_b.of(b),
                details_a=_details(compared.a, names_a, a),
                details_b=_details(compared.b, names_b, b),
                partners=[
                    (str(e.uid), other.of(e.uid))
                    for e in other.copy.in_group(group)
                    if e.uid != current
                ],
            )
        )
    return found


def _details(copy: StudyCopy, names: Names, uid: UUID | None) -> list[tuple[str, str]]:
    """Return the first answers of an element, by which a person recognises it."""
    element = next((e for e in copy.elements if e.uid == uid), None)
    if element is None:
        return []
    said = (
        (spec.label(names.unit_label), names.said(spec, element.cells))
        for spec in copy.form.in_group(element.group)
    )
    return [(question, text) for question, text in said if text][:6]
