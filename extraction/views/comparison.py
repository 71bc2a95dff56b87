"""The two extractions of a study cell by cell, and what the third person makes of them."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from extraction.choices import ErrorType, Missing
from extraction.compared import ComparedCell, ComparedStudy, read_compared
from extraction.copies import Cell
from extraction.forms import MISSING_TYPED, PART, ReasonForm, ResolveForm, prefix_of, typed_text
from extraction.models import Element, Study
from extraction.schema import FieldSpec, FieldType, GroupSpec
from extraction.services import (
    blanks_of,
    bring_back,
    finalise_study,
    finding_name,
    findings_of,
    leave_out,
    reopen_study,
    resolve_cell,
    resolve_element,
    take_agreed,
    unresolve_cell,
)
from extraction.views.alignment import comparable
from extraction.views.studies import visible_study
from extraction.views.submission import noted, reasons
from extraction.wording import Names, part_label
from reviews.access import review_view
from reviews.http import REFUSED, ReviewRequest, posted
from reviews.models import Membership
from reviews.roles import Capability
from reviews.work import counted

GIVEN = ("choice", "reason", "error_type", "text", "page", "quote")
TAKES = [("A", "Take A"), ("B", "Take B"), ("other", "A third value")]


@dataclass(frozen=True)
class ComparedSide:
    """One person's answer in words, with the cell that says where it was read."""

    text: str
    cell: Cell | None
    report: str


@dataclass(frozen=True)
class ThirdPart:
    """A control for one part of a third value."""

    name: str
    label: str
    key: str
    typed: str
    given: str
    options: list[tuple[str, str]]


@dataclass(frozen=True)
class ComparedRow:
    """One question as the page shows it; ``parts`` are those of a summary statistic."""

    cell: ComparedCell
    anchor: str
    question: str
    a: ComparedSide
    b: ComparedSide
    final: str
    typed: str
    options: list[tuple[str, str]]
    parts: list[ThirdPart]
    refused: list[str]
    given: dict[str, str]

    @property
    def is_typed(self) -> bool:
        """Return whether anything of a third value was typed before it was refused."""
        third = [self.given.get(name) for name in ("text", "page", "quote")]
        retyped = any(part.given != part.typed for part in self.parts)
        return self.given.get("choice") == "other" or retyped or any(third)


@dataclass(frozen=True)
class ComparedPart:
    """One part of the study with the rows shown of it."""

    uid: UUID | None
    anchor: str
    title: str
    group: GroupSpec | None
    sides: str
    rows: list[ComparedRow]
    open: int


@require_safe
@review_view(Capability.ADJUDICATE)
def study_compare(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Show both extractions and the consensus, the differing cells alone unless asked."""
    return _compare_page(request, member, visible_study(member, uid))


@require_POST
@review_view(Capability.ADJUDICATE)
def cell_resolve(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Settle one cell, or all open cells of a part, or take a settlement back."""
    study = visible_study(member, uid)
    key, act = request.POST.get("key", ""), request.POST.get("act", "settle")
    element = _consensus_element(study, request.POST.get("element", ""))
    form = ResolveForm(request.POST)
    anchor = f"{prefix_of(element.uid if element else None)}-{key}"
    try:
        if act == "undo":
            unresolve_cell(adjudicator=member, study=study, key=key, element=element)
        elif not form.is_valid():
            said = form.non_field_errors() or ["Choose one of the answers offered."]
            raise ValidationError(list(said), code="unknown_choice")
        elif act == "part":
            settled = {k: form.cleaned_data[k] for k in ("choice", "reason", "error_type")}
            resolve_element(adjudicator=member, study=study, element=element, **settled)
        else:
            settled = dict(form.cleaned_data)
            if settled["choice"] != "other":
                settled = {k: settled[k] for k in ("choice", "reason", "error_type")}
            elif form.parts:
                settled |= {"parts": form.parts}
            resolve_cell(adjudicator=member, study=study, key=key, element=element, **settled)
    except ValidationError as refusal:
        return _compare_page(request, member, study, refused={anchor: refusal.messages})
    if act != "undo":
        anchor = _next_open(study, element, key)
    return _back(request, member, study, anchor)


@require_POST
@review_view(Capability.ADJUDICATE)
def study_take_agreed(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Take every cell in which both say the same."""
    study = visible_study(member, uid)

    def act() -> str:
        taken = take_agreed(adjudicator=member, study=study)
        return f"{counted(taken, 'agreed cell', 'agreed cells')} taken."

    return _done(request, member, study, act)


@require_POST
@review_view(Capability.ADJUDICATE)
def part_leave(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Leave a part out of the consensus, or bring it back."""
    study = visible_study(member, uid)
    element = _consensus_element(study, request.POST.get("element", ""))
    if element is None:
        raise Http404("There is no such part.")

    def act() -> str:
        if request.POST.get("act") == "back":
            bring_back(adjudicator=member, study=study, element=element)
            return "Brought back."
        reason = request.POST.get("reason", "")
        leave_out(adjudicator=member, study=study, element=element, reason=reason)
        return "Left out. It can be brought back at the end of the page."

    return _done(request, member, study, act)


@require_http_methods(["GET", "POST"])
@review_view(Capability.ADJUDICATE)
def study_finalise(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """List what does not fit in the consensus, and make it final."""
    study = visible_study(member, uid)
    refused: list[str] = []
    if request.method == "POST":
        try:
            finalise_study(adjudicator=member, study=study, overrides=reasons(request))
        except ValidationError as refusal:
            refused = refusal.messages
        else:
            messages.success(request, "The study is final and its data are released.")
            return redirect("extraction:study-detail", slug=member.review.slug, uid=uid)
    compared = comparable(request, member, study)
    if isinstance(compared, HttpResponse):
        return compared
    if compared.consensus is None or compared.is_final:
        return redirect("extraction:study-align", slug=member.review.slug, uid=uid)
    findings = findings_of(compared.consensus, member.review)
    given = reasons(request)
    rows = [
        (f, finding_name(f), given.get(finding_name(f)) or noted(compared.consensus, f))
        for f in findings
    ]
    context = {
        "study": study,
        "compared": compared,
        "refused": refused,
        "waiting": sum(cell.is_open for cell in compared.cells),
        "agreed": sum(cell.to_take for cell in compared.cells),
        "blank": blanks_of(compared.consensus, member.review),
        "blocking": [r for r in rows if r[0].severity == "error" and not r[0].overridable],
        "overridable": [r for r in rows if r[0].overridable],
        "warned": [r for r in rows if r[0].severity != "error"],
    }
    status = REFUSED if refused else 200
    return render(request, "extraction/study_finalise.html", context, status=status)


@require_http_methods(["GET", "POST"])
@review_view(Capability.MANAGE)
def study_reopen(request: ReviewRequest, member: Membership, uid: UUID) -> HttpResponse:
    """Take the release of a study back, with a reason."""
    study = visible_study(member, uid)
    form = ReasonForm(posted(request))
    back = redirect("extraction:study-detail", slug=member.review.slug, uid=uid)
    if form.is_valid():
        try:
            reopen_study(lead=member, study=study, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, "The study is open again; tables leave it out until final.")
            return back
    context = {
        "form": form,
        "heading": f"Open {study.label} again",
        "lead": "Its data leave the tables until an adjudicator makes it final again.",
        "button": "Open again",
        "back": back.url,
        "back_label": str(study),
    }
    status = REFUSED if form.errors else 200
    return render(request, "extraction/study_form.html", context, status=status)


def _compare_page(
    request: ReviewRequest,
    member: Membership,
    study: Study,
    refused: dict[str, list[str]] | None = None,
) -> HttpResponse:
    compared = comparable(request, member, study)
    if isinstance(compared, HttpResponse):
        return compared
    if not compared.is_aligned and not compared.is_final:
        return redirect("extraction:study-align", slug=member.review.slug, uid=study.uid)
    everything = request.GET.get("all") == "1" or request.POST.get("all") == "1"
    parts = _parts(request, compared, member, everything=everything, refused=refused or {})
    differing = [cell for cell in compared.cells if not cell.difference.agrees]
    said = [c for c in compared.cells if c.a or c.b]
    types = Counter(c.resolution.error_type for c in differing if c.resolution)
    context = {
        "study": study,
        "compared": compared,
        "parts": parts,
        "everything": everything,
        "left_out": _left_out(compared, member),
        "differing": len(differing),
        "settled": sum(cell.is_settled for cell in differing),
        "agreed": sum(cell.to_take for cell in compared.cells),
        "compared_cells": len(said),
        "same": len(said) - len(differing),
        "error_types": ErrorType.choices,
        "takes": TAKES,
        "missing": [(typed, Missing(code).label) for code, typed in MISSING_TYPED.items()],
        "tally": [(ErrorType(name).label, n) for name, n in types.most_common() if name],
        "refused": _refusals(parts, refused or {}),
    }
    status = REFUSED if refused else 200
    return render(request, "extraction/study_compare.html", context, status=status)


def _parts(
    request: ReviewRequest,
    compared: ComparedStudy,
    member: Membership,
    *,
    everything: bool,
    refused: dict[str, list[str]],
) -> list[ComparedPart]:
    label = member.review.settings.unit_plural
    names = [
        Names(copy, label) if copy else None
        for copy in (compared.a, compared.b, compared.consensus)
    ]
    parts = []
    for _, group in groupby(compared.cells, key=lambda cell: cell.place[0]):
        cells = list(group)
        element = cells[0].element
        shown = [c for c in cells if (everything and (c.a or c.b or c.final)) or _wanted(c)]
        row = compared.rows_by_consensus[element.uid] if element else None
        alone = row is not None and not (row.element_a and row.element_b)
        side = "" if not alone or row is None else ("A" if row.element_a else "B")
        if not shown and not side:
            continue
        source = (row.element_a or row.element_b) if row else None
        own = names[1] if side == "B" else names[0]
        parts.append(
            ComparedPart(
                uid=element.uid if element else None,
                anchor=f"{prefix_of(element.uid if element else None)}-",
                title=own.of(source.uid) if own and source else "Study",
                group=compared.form.group(element.group) if element else None,
                sides=side,
                rows=[_row(request, c, names, refused) for c in shown],
                open=sum(c.is_open for c in cells),
            )
        )
    return parts


def _refusals(parts: list[ComparedPart], refused: dict[str, list[str]]) -> dict[str, str]:
    """Return what is refused by the anchor of its row or part, with its name before it."""
    names = {row.anchor: f"{part.title}, {row.question}: " for part in parts for row in part.rows}
    names |= {part.anchor: f"{part.title}: " for part in parts}
    return {anchor: names.get(anchor, "") + " ".join(said) for anchor, said in refused.items()}


def _wanted(cell: ComparedCell) -> bool:
    overruled = cell.resolution is not None and cell.resolution.choice != "agreed"
    return not cell.difference.agrees or overruled or cell.stale


def _row(
    request: ReviewRequest,
    cell: ComparedCell,
    names: list[Names | None],
    refused: dict[str, list[str]],
) -> ComparedRow:
    spec, first, second, own = cell.spec, *names
    if first is None or second is None:
        raise ValueError("a comparison without copies")
    anchor = f"{prefix_of(cell.element.uid if cell.element else None)}-{spec.key}"
    wrong = refused.get(anchor, [])
    summary = spec.type is FieldType.SUMMARY
    return ComparedRow(
        cell=cell,
        anchor=anchor,
        question=spec.label(first.unit_label),
        a=_side(first, spec, cell.a),
        b=_side(second, spec, cell.b),
        final=own.said(spec, cell.final) if own else "",
        typed="" if summary else typed_text(cell.final.get(spec.key)),
        options=[] if summary else _options(spec, own),
        parts=[_third(request, one, cell, wrong) for one in spec.cells] if summary else [],
        refused=wrong,
        given={k: request.POST.get(k, "") for k in GIVEN} if wrong else {},
    )


def _side(names: Names, spec: FieldSpec, cells: Mapping[str, Cell]) -> ComparedSide:
    """Return one person's answer; of the parts the first that says where it was read stands."""
    told = (one for one in cells.values() if one.page or one.quote or one.formula or one.note)
    cell = next(told, None) or next(iter(cells.values()), None)
    reports = names.copy.reports if len(names.copy.reports) > 1 else []
    report = next((one for one in reports if cell and one.pk == cell.report), None)
    return ComparedSide(
        text=names.said(spec, cells),
        cell=cell,
        report=report.get_kind_display() if report else "",
    )


def _third(
    request: ReviewRequest, spec: FieldSpec, cell: ComparedCell, wrong: list[str]
) -> ThirdPart:
    name = f"{PART}{spec.key}"
    typed = typed_text(cell.final.get(spec.key))
    return ThirdPart(
        name=name,
        label=part_label(spec),
        key=spec.key,
        typed=typed,
        given=request.POST.get(name, typed) if wrong else typed,
        options=[(choice.key, choice.label) for choice in spec.choices],
    )


def _options(spec: FieldSpec, own: Names | None) -> list[tuple[str, str]]:
    if spec.type.is_reference and own:
        return [(str(e.uid), own.of(e.uid)) for e in own.copy.in_group(spec.refers_to)]
    return [(choice.key, choice.label) for choice in spec.choices]


def _left_out(compared: ComparedStudy, member: Membership) -> list[dict[str, Any]]:
    label = member.review.settings.unit_plural
    alive = {e.uid for e in compared.consensus.elements} if compared.consensus else set()
    found = []
    for row in compared.alignments:
        if row.consensus is None or row.consensus.uid in alive:
            continue
        if not row.why.startswith("left out"):
            continue
        copy = compared.a if row.element_a else compared.b
        source = row.element_a or row.element_b
        name = Names(copy, label).of(source.uid) if source else ""
        found.append({"row": row, "name": name, "uid": row.consensus.uid})
    return found


def _consensus_element(study: Study, uid: str) -> Element | None:
    if not uid:
        return None
    elements = Element.objects.filter(extraction__study=study, extraction__seat="consensus")
    try:
        return elements.select_related("extraction").get(uid=UUID(uid))
    except (ValueError, Element.DoesNotExist) as unknown:
        raise Http404("There is no such part.") from unknown


def _next_open(study: Study, element: Element | None, key: str) -> str:
    """Return the anchor of the next row to settle, from the top again; this one if it is none."""
    here = element.uid if element else None
    cells = read_compared(study).cells
    settled = [
        place
        for place, cell in enumerate(cells)
        if cell.place == (here, key) or (not key and cell.place[0] == here)
    ]
    at = max(settled, default=-1)
    open_cells = [cell for cell in [*cells[at + 1 :], *cells[: at + 1]] if cell.is_open]
    uid, name = open_cells[0].place if open_cells else (here, key)
    return f"{prefix_of(uid)}-{name}"


def _back(
    request: ReviewRequest, member: Membership, study: Study, anchor: str = ""
) -> HttpResponse:
    url = reverse("extraction:study-compare", kwargs={"slug": member.review.slug, "uid": study.uid})
    shown = "?all=1" if request.POST.get("all") == "1" else ""
    return redirect(f"{url}{shown}#settle-{anchor}" if anchor else f"{url}{shown}")


def _done(
    request: ReviewRequest, member: Membership, study: Study, act: Callable[[], str]
) -> HttpResponse:
    try:
        messages.success(request, act())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return _back(request, member, study)
