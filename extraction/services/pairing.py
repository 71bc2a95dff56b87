"""Pairs of elements: put in force, taken apart, proposed; the services in ``alignment`` log it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from extraction.alignment import propose
from extraction.compared import ComparedStudy, read_compared
from extraction.models import Alignment, CellResolution, Element
from extraction.services.drafts import elements_of
from extraction.services.elements import below, remove
from reviews.audit import Act

Pair = tuple[Element | None, Element | None]


def repair(act: Act, compared: ComparedStudy, touched: set[int], new: Sequence[Pair]) -> None:
    """Take some elements out of their pairs and put the new pairs in force."""
    elements = alive_elements(compared)
    rows = {row.pk: row for row in compared.alignments}
    broken = [row for row in rows.values() if sides_of(row) & touched]
    loose = {key for row in broken for key in sides_of(row)} | touched
    dependent = below(elements.values(), loose) - loose
    kept = [
        (row.element_a, row.element_b)
        for row in rows.values()
        if not sides_of(row) & (loose | dependent)
    ]
    named = {element.pk for pair in new for element in pair if element is not None}
    parted = [alone(compared, elements[key]) for key in loose - named if key in elements]
    apply_pairs(act, compared, [*kept, *new, *parted], elements)
    propose_missing(act, read_compared(compared.study))


def apply_pairs(
    act: Act, compared: ComparedStudy, wanted: Sequence[Pair], elements: dict[int, Element]
) -> None:
    """Make the wanted pairs the current ones; rows that stay are not touched."""
    _check_pairs(compared, wanted, elements)
    keys = {(a.pk if a else None, b.pk if b else None) for a, b in wanted}
    gone = [row for row in compared.alignments if (row.element_a_id, row.element_b_id) not in keys]
    lost = _lost_elements(compared, gone)
    gone += [row for row in compared.alignments if row.consensus_id in lost and row not in gone]
    _not_settled(lost)
    act.supersede(*gone)
    _drop(act, compared, gone)
    stays = {(r.element_a_id, r.element_b_id) for r in compared.alignments if r not in gone}
    for a, b in wanted:
        if (a.pk if a else None, b.pk if b else None) not in stays:
            why = "paired by hand" if a and b else "parted by hand"
            act.insert(pair_row(compared, a, b, why=why, settled_by=act.actor))


def propose_missing(act: Act, compared: ComparedStudy) -> list[Alignment]:
    """Write a proposed row for every element that stands in no pair."""
    if not compared.unaligned:
        return []
    pairs = propose(
        compared.form,
        compared.a.answers,
        compared.b.answers,
        free={str(element.uid) for _, element in compared.unaligned},
        partners=compared.b_of_a,
        vocabularies=compared.vocabularies,
    )
    elements = {str(element.uid): element for element in alive_elements(compared).values()}
    rows = [
        pair_row(
            compared,
            elements.get(pair.a_uid or ""),
            elements.get(pair.b_uid or ""),
            score=pair.score,
            why=pair.why[:200],
        )
        for pair in pairs
    ]
    return act.bulk_insert(rows)


def forget_removed(act: Act, compared: ComparedStudy) -> int:
    """Take elements that an extractor has removed since out of their pairs."""
    alive = alive_elements(compared)
    changed = 0
    for row in list(compared.alignments):
        if sides_of(row) <= alive.keys():
            continue
        changed += 1
        a = row.element_a if row.element_a_id in alive else None
        b = row.element_b if row.element_b_id in alive else None
        compared.alignments.remove(row)
        if a is None and b is None:
            act.supersede(row)
            _drop(act, compared, [row])
            continue
        new = pair_row(compared, a, b, why="removed from the other copy", consensus=row.consensus)
        compared.alignments.append(act.replace(row, new))
    return changed


def pair_row(
    compared: ComparedStudy, a: Element | None, b: Element | None, **more: Any
) -> Alignment:
    """Return an unsaved row for a pair, one side of which may be empty."""
    side = a or b
    if side is None:
        raise ValueError("a pair without a side")
    return Alignment(
        study=compared.study,
        form_id=compared.a.extraction.form_id,
        group=side.group,
        element_a=a,
        element_b=b,
        **more,
    )


def alive_elements(compared: ComparedStudy) -> dict[int, Element]:
    """Return the elements of both copies that were not removed, by key."""
    copies = (compared.a.extraction, compared.b.extraction)
    return {element.pk: element for copy in copies for element in elements_of(copy)}


def alone(compared: ComparedStudy, element: Element) -> Pair:
    """Return the pair of an element without a partner."""
    if element.extraction_id == compared.a.extraction.pk:
        return (element, None)
    return (None, element)


def sides_of(row: Alignment) -> set[int]:
    """Return the keys of the elements that a row pairs."""
    return {key for key in (row.element_a_id, row.element_b_id) if key is not None}


def _lost_elements(compared: ComparedStudy, gone: Iterable[Alignment]) -> set[int]:
    """Return the consensus elements of pairs that end, with all that belongs to them."""
    lost = {row.consensus_id for row in gone if row.consensus_id is not None}
    return below((row.consensus for row in compared.alignments if row.consensus), lost)


def _not_settled(lost: set[int]) -> None:
    if CellResolution.objects.current().filter(element__in=lost).exists():
        raise ValidationError(
            "Values of this part are settled already, so its pair stays. Take the settlements "
            "back first if the pair is wrong.",
            code="frozen",
        )


def _drop(act: Act, compared: ComparedStudy, gone: Iterable[Alignment]) -> None:
    if compared.consensus is None:
        return
    copy = compared.consensus.extraction
    alive = {element.pk for element in elements_of(copy)}
    remove(act, copy, [r.consensus for r in gone if r.consensus and r.consensus_id in alive])


def _check_pairs(
    compared: ComparedStudy, wanted: Sequence[Pair], elements: dict[int, Element]
) -> None:
    partner: dict[int, int | None] = {}
    for a, b in wanted:
        for element, copy in ((a, compared.a), (b, compared.b)):
            if element is None:
                continue
            known = elements.get(element.pk)
            if known is None or known.extraction_id != copy.extraction.pk:
                raise ValidationError("A pair has one part of each extraction.", code="no_pair")
            if element.pk in partner:
                raise ValidationError("A part stands in one pair only.", code="no_pair")
            other = b if element is a else a
            partner[element.pk] = other.pk if other else None
        if a is not None and b is not None and a.group != b.group:
            raise ValidationError("Two parts of one pair are of one kind.", code="no_pair")
    for a, b in wanted:
        if a is None or b is None:
            continue
        parents = ((a.parent_id, b.parent_id), (a.across_id, b.across_id))
        if any((partner.get(ours) if ours else None) != theirs for ours, theirs in parents):
            raise ValidationError(
                "Two parts can be paired once what they belong to is.", code="no_pair"
            )
