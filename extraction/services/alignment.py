"""Which parts of two extractions are one thing: proposed, corrected and confirmed."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from extraction.choices import CopySeat, CopyStanding
from extraction.compared import ComparedStudy, later_form, read_compared
from extraction.models import (
    Alignment,
    CopyState,
    Element,
    Extraction,
    Study,
    studies_to_adjudicate,
)
from extraction.services.drafts import elements_of
from extraction.services.elements import remove
from extraction.services.pairing import (
    Pair,
    alive_elements,
    alone,
    apply_pairs,
    forget_removed,
    pair_row,
    propose_missing,
    repair,
    sides_of,
)
from extraction.services.studies import lock_study
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.audit import Act
from reviews.models import Membership
from reviews.roles import Capability


def begin_comparison(adjudicator: Membership, study: Study) -> tuple[Act, ComparedStudy]:
    """Lock a study and begin an act on its comparison, if this member may compare it.

    Raises:
        ValidationError: the member holds or held a seat in it, or a copy is still a draft (code
            ``not_to_compare``), or the study is final (code ``final``).
    """
    study = lock_study(adjudicator, study)
    act = audit.begin_as(member=adjudicator, capability=Capability.ADJUDICATE)
    if not studies_to_adjudicate(adjudicator).filter(pk=study.pk).exists():
        raise ValidationError(
            "A study is compared when both extractions are submitted, by somebody who never "
            "extracted it.",
            code="not_to_compare",
        )
    compared = read_compared(study)
    if compared.is_final:
        raise ValidationError("This study is final. The lead can open it again.", code="final")
    return act, compared


@all_or_nothing
def propose_alignment(*, adjudicator: Membership, study: Study) -> list[Alignment]:
    """Let the machine pair what stands in no pair yet; what is paired stays as it is.

    Returns the proposed rows, which a person confirms or corrects.

    Raises:
        ValidationError: see ``begin_comparison``.
    """
    act, compared = begin_comparison(adjudicator, study)
    forgotten = forget_removed(act, compared)
    proposed = propose_missing(act, compared)
    if proposed or forgotten:
        act.log("extraction.alignment_proposed", subject=study, pairs=len(proposed))
    return proposed


@all_or_nothing
def settle_alignment(
    *, adjudicator: Membership, study: Study, pairs: Sequence[Pair]
) -> list[Alignment]:
    """Put these pairs in force; every element that is not named stands alone.

    Raises:
        ValidationError: see ``begin_comparison`` and ``pair_elements``.
    """
    act, compared = begin_comparison(adjudicator, study)
    elements = alive_elements(compared)
    wanted = [(a, b) for a, b in pairs if a is not None or b is not None]
    named = {element.pk for pair in wanted for element in pair if element is not None}
    wanted += [alone(compared, e) for e in elements.values() if e.pk not in named]
    apply_pairs(act, compared, wanted, elements)
    act.log("extraction.alignment_settled", subject=study, pairs=len(pairs))
    return _rows(study)


@all_or_nothing
def pair_elements(
    *, adjudicator: Membership, study: Study, element_a: Element, element_b: Element
) -> list[Alignment]:
    """Say that an element of A and one of B are the same; their former partners stand alone.

    What belongs to them is proposed anew.

    Raises:
        ValidationError: see ``begin_comparison``; the two are of different groups, copies or
            parents (code ``no_pair``), or a cell of theirs is settled already (code ``frozen``).
    """
    act, compared = begin_comparison(adjudicator, study)
    repair(act, compared, {element_a.pk, element_b.pk}, [(element_a, element_b)])
    act.log("extraction.elements_paired", subject=element_a, with_element=element_b.uid)
    return _rows(study)


@all_or_nothing
def unpair(*, adjudicator: Membership, study: Study, element: Element) -> list[Alignment]:
    """Part a pair: both of its elements stand alone from now on.

    Raises:
        ValidationError: see ``begin_comparison`` and ``pair_elements``.
    """
    act, compared = begin_comparison(adjudicator, study)
    repair(act, compared, {element.pk}, [])
    act.log("extraction.elements_parted", subject=element)
    return _rows(study)


@all_or_nothing
def confirm_alignment(*, adjudicator: Membership, study: Study) -> Extraction:
    """Confirm all pairs, and make the consensus copy's elements from them.

    Raises:
        ValidationError: see ``begin_comparison``; an element stands in no pair (code
            ``unaligned``).
    """
    act, compared = begin_comparison(adjudicator, study)
    if forget_removed(act, compared):
        compared = read_compared(compared.study)
    if compared.unaligned:
        one = len(compared.unaligned) == 1
        stand = "part stands" if one else "parts stand"
        raise ValidationError(
            f"{len(compared.unaligned)} {stand} in no pair yet. Let them be proposed first.",
            code="unaligned",
        )
    if compared.is_aligned and compared.consensus is not None:
        return compared.consensus.extraction
    copy = compared.consensus.extraction if compared.consensus else _new_consensus(act, compared)
    confirmed = _confirm(act, copy, compared)
    act.log("extraction.alignment_confirmed", subject=study, pairs=confirmed)
    return copy


def _new_consensus(act: Act, compared: ComparedStudy) -> Extraction:
    version = later_form(compared.a.extraction, compared.b.extraction)
    copy = act.insert(
        Extraction(
            study=compared.study,
            form=version.form,
            seat=CopySeat.CONSENSUS,
            form_version=version,
        )
    )
    act.insert(CopyState(extraction=copy, standing=CopyStanding.DRAFT))
    return copy


def _confirm(act: Act, copy: Extraction, compared: ComparedStudy) -> int:
    """Write each open pair anew with its consensus element, below what it belongs to."""
    made: dict[int | None, Element | None] = {
        side.pk: row.consensus
        for row in compared.alignments
        if row.consensus is not None
        for side in (row.element_a, row.element_b)
        if side is not None
    }
    last: dict[str, int] = {}
    for element in Element.objects.filter(extraction=copy):
        last[element.group] = max(last.get(element.group, 0), element.position)
    order = {group.key: place for place, group in enumerate(compared.form.element_groups)}
    for row in sorted(compared.to_confirm, key=lambda row: (order[row.group], _place(row))):
        consensus = row.consensus
        side = row.element_a or row.element_b
        if consensus is None and side is not None:
            last[row.group] = last.get(row.group, 0) + 1
            consensus = act.insert(
                Element(
                    extraction=copy,
                    group=row.group,
                    position=last[row.group],
                    parent=made.get(side.parent_id),
                    across=made.get(side.across_id),
                )
            )
        made |= dict.fromkeys(sides_of(row), consensus)
        new = pair_row(compared, row.element_a, row.element_b, score=row.score, why=row.why)
        new.consensus, new.settled_by = consensus, act.actor
        act.replace(row, new)
    _leave_out_orphans(act, copy)
    return len(compared.to_confirm)


def _leave_out_orphans(act: Act, copy: Extraction) -> None:
    """Leave out what was added to a part that was left out before."""
    alive = elements_of(copy)
    keys = {element.pk for element in alive}
    owners = [({e.parent_id, e.across_id} - {None}, e) for e in alive]
    orphans = [element for owned_by, element in owners if not owned_by <= keys]
    if orphans:
        remove(act, copy, orphans)


def _place(row: Alignment) -> tuple[int, int]:
    """Return where a pair stands: in A's order, then what only B has."""
    if row.element_a is not None:
        return (0, row.element_a.position)
    return (1, row.element_b.position if row.element_b else 0)


def _rows(study: Study) -> list[Alignment]:
    return list(Alignment.objects.current().filter(study=study))
