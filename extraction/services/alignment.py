"""Which parts of two extractions are one thing: proposed, corrected and confirmed."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from extraction.alignment import propose, propose_results
from extraction.choices import CopySeat, CopyStanding, Level
from extraction.compared import ELEMENT_ORDER, ComparedStudy, later_form, read_compared
from extraction.models import Alignment, CellResolution, CopyState, Element, Extraction, Study
from extraction.querysets import studies_to_adjudicate
from extraction.schema import CopyAnswers
from extraction.services.drafts import elements_of
from extraction.services.elements import remove
from extraction.services.studies import lock_study
from reviews import audit
from reviews.audit import Act
from reviews.models import Membership

Pair = tuple[Element | None, Element | None]


def begin_comparison(adjudicator: Membership, study: Study) -> tuple[Act, ComparedStudy]:
    """Lock a study and begin an act on its comparison, if this member may compare it.

    Raises:
        ValidationError: the member holds a seat in it, or a copy is still a draft (code
            ``not_to_compare``), or the study is final (code ``final``).
    """
    study = lock_study(adjudicator, study)
    act = audit.begin(member=adjudicator)
    if not studies_to_adjudicate(adjudicator).filter(pk=study.pk).exists():
        raise ValidationError(
            "A study is compared when both extractions are submitted, by somebody who made "
            "neither of them.",
            code="not_to_compare",
        )
    compared = read_compared(study)
    if compared.is_final:
        raise ValidationError("This study is final. The lead can open it again.", code="final")
    return act, compared


@transaction.atomic
def propose_alignment(*, adjudicator: Membership, study: Study) -> list[Alignment]:
    """Let the machine pair what stands in no pair yet; what is paired stays as it is.

    Returns the proposed rows, which a person confirms or corrects.

    Raises:
        ValidationError: see ``begin_comparison``.
    """
    act, compared = begin_comparison(adjudicator, study)
    forgotten = _forget_removed(act, compared)
    proposed = _propose(act, compared)
    if proposed or forgotten:
        act.log("extraction.alignment_proposed", subject=study, pairs=len(proposed))
    return proposed


@transaction.atomic
def settle_alignment(
    *, adjudicator: Membership, study: Study, pairs: Sequence[Pair]
) -> list[Alignment]:
    """Put these pairs in force; every element that is not named stands alone.

    Raises:
        ValidationError: see ``begin_comparison`` and ``pair_elements``.
    """
    act, compared = begin_comparison(adjudicator, study)
    elements = _alive(compared)
    wanted = [(a, b) for a, b in pairs if a is not None or b is not None]
    named = {element.pk for pair in wanted for element in pair if element is not None}
    wanted += [_alone(compared, e) for e in elements.values() if e.pk not in named]
    _apply(act, compared, wanted, elements)
    act.log("extraction.alignment_settled", subject=study, pairs=len(pairs))
    return _rows(study)


@transaction.atomic
def pair_elements(
    *, adjudicator: Membership, study: Study, element_a: Element, element_b: Element
) -> list[Alignment]:
    """Say that an element of A and one of B are the same; their former partners stand alone.

    The results of paired cohorts and outcomes are proposed anew.

    Raises:
        ValidationError: see ``begin_comparison``; the two are of different levels, copies or
            parents (code ``no_pair``), or a cell of theirs is settled already (code ``frozen``).
    """
    act, compared = begin_comparison(adjudicator, study)
    _repair(act, compared, {element_a.pk, element_b.pk}, [(element_a, element_b)])
    act.log("extraction.elements_paired", subject=element_a, with_element=element_b.uid)
    return _rows(study)


@transaction.atomic
def unpair(*, adjudicator: Membership, study: Study, element: Element) -> list[Alignment]:
    """Part a pair: both of its elements stand alone from now on.

    Raises:
        ValidationError: see ``begin_comparison`` and ``pair_elements``.
    """
    act, compared = begin_comparison(adjudicator, study)
    _repair(act, compared, {element.pk}, [])
    act.log("extraction.elements_parted", subject=element)
    return _rows(study)


@transaction.atomic
def confirm_alignment(*, adjudicator: Membership, study: Study) -> Extraction:
    """Confirm all pairs, and make the consensus copy's elements from them.

    Raises:
        ValidationError: see ``begin_comparison``; an element stands in no pair (code
            ``unaligned``).
    """
    act, compared = begin_comparison(adjudicator, study)
    if _forget_removed(act, compared):
        compared = read_compared(compared.study)
    if compared.unaligned:
        raise ValidationError(
            f"{len(compared.unaligned)} parts stand in no pair yet. Let them be proposed first.",
            code="unaligned",
        )
    if compared.is_aligned and compared.consensus is not None:
        return compared.consensus.extraction
    copy = compared.consensus.extraction if compared.consensus else _new_consensus(act, compared)
    confirmed = _confirm(act, copy, compared)
    act.log("extraction.alignment_confirmed", subject=study, pairs=confirmed)
    return copy


def _new_consensus(act: Act, compared: ComparedStudy) -> Extraction:
    copy = act.insert(
        Extraction(
            study=compared.study,
            seat=CopySeat.CONSENSUS,
            form_version=later_form(compared.a.extraction, compared.b.extraction),
        )
    )
    act.insert(CopyState(extraction=copy, standing=CopyStanding.DRAFT))
    return copy


def _confirm(act: Act, copy: Extraction, compared: ComparedStudy) -> int:
    """Write each open pair anew with its consensus element; parents before results."""
    made: dict[int | None, Element | None] = {
        side.pk: row.consensus
        for row in compared.alignments
        if row.consensus is not None
        for side in (row.element_a, row.element_b)
        if side is not None
    }
    last: dict[str, int] = {}
    for element in Element.objects.filter(extraction=copy):
        last[element.level] = max(last.get(element.level, 0), element.position)
    order = {level.value: place for place, level in enumerate(ELEMENT_ORDER)}
    for row in sorted(compared.to_confirm, key=lambda row: (order[row.level], _place(row))):
        consensus = row.consensus
        side = row.element_a or row.element_b
        if consensus is None and side is not None:
            last[row.level] = last.get(row.level, 0) + 1
            consensus = act.insert(
                Element(
                    extraction=copy,
                    level=row.level,
                    position=last[row.level],
                    cohort=made.get(side.cohort_id),
                    outcome=made.get(side.outcome_id),
                )
            )
        made |= dict.fromkeys(_keys(row), consensus)
        new = _row(compared, row.element_a, row.element_b, score=row.score, why=row.why)
        new.consensus, new.settled_by = consensus, act.actor
        act.replace(row, new)
    return len(compared.to_confirm)


def _place(row: Alignment) -> tuple[int, int]:
    """Return where a pair stands: in A's order, then what only B has."""
    if row.element_a is not None:
        return (0, row.element_a.position)
    return (1, row.element_b.position if row.element_b else 0)


def _row(compared: ComparedStudy, a: Element | None, b: Element | None, **more: Any) -> Alignment:
    side = a or b
    if side is None:
        raise ValueError("a pair without a side")
    return Alignment(study=compared.study, level=side.level, element_a=a, element_b=b, **more)


def _rows(study: Study) -> list[Alignment]:
    return list(Alignment.objects.current().filter(study=study))


def _alive(compared: ComparedStudy) -> dict[int, Element]:
    copies = (compared.a.extraction, compared.b.extraction)
    return {element.pk: element for copy in copies for element in elements_of(copy)}


def _alone(compared: ComparedStudy, element: Element) -> Pair:
    if element.extraction_id == compared.a.extraction.pk:
        return (element, None)
    return (None, element)


def _repair(act: Act, compared: ComparedStudy, touched: set[int], new: Sequence[Pair]) -> None:
    """Take some elements out of their pairs and put the new pairs in force."""
    elements = _alive(compared)
    rows = {row.pk: row for row in compared.alignments}
    broken = [row for row in rows.values() if _keys(row) & touched]
    loose = {key for row in broken for key in _keys(row)} | touched
    dependent = {
        key
        for key, element in elements.items()
        if element.cohort_id in loose or element.outcome_id in loose
    }
    kept = [
        (row.element_a, row.element_b)
        for row in rows.values()
        if not _keys(row) & (loose | dependent)
    ]
    named = {element.pk for pair in new for element in pair if element is not None}
    parted = [_alone(compared, elements[key]) for key in loose - named if key in elements]
    _apply(act, compared, [*kept, *new, *parted], elements)
    _propose(act, read_compared(compared.study))


def _keys(row: Alignment) -> set[int]:
    return {key for key in (row.element_a_id, row.element_b_id) if key is not None}


def _apply(
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
            act.insert(_row(compared, a, b, why=why, settled_by=act.actor))


def _lost_elements(compared: ComparedStudy, gone: Iterable[Alignment]) -> set[int]:
    """Return the consensus elements of pairs that end, with the results that hang on them."""
    lost = {row.consensus_id for row in gone if row.consensus_id is not None}
    return lost | {
        row.consensus.pk
        for row in compared.alignments
        if row.consensus is not None
        and (row.consensus.cohort_id in lost or row.consensus.outcome_id in lost)
    }


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
        if a is not None and b is not None and a.level != b.level:
            raise ValidationError(f"A {a.level} cannot be paired with a {b.level}.", code="no_pair")
    for a, b in wanted:
        if a is None or b is None or a.level != Level.RESULT:
            continue
        parents = ((a.cohort_id, b.cohort_id), (a.outcome_id, b.outcome_id))
        if any(partner.get(ours or 0) != theirs for ours, theirs in parents):
            raise ValidationError(
                "Two results can be paired once their cohorts and outcomes are.", code="no_pair"
            )


def _forget_removed(act: Act, compared: ComparedStudy) -> int:
    """Take elements that an extractor has removed since out of their pairs."""
    alive = _alive(compared)
    changed = 0
    for row in list(compared.alignments):
        if _keys(row) <= alive.keys():
            continue
        changed += 1
        a = row.element_a if row.element_a_id in alive else None
        b = row.element_b if row.element_b_id in alive else None
        compared.alignments.remove(row)
        if a is None and b is None:
            act.supersede(row)
            _drop(act, compared, [row])
            continue
        new = _row(compared, a, b, why="removed from the other copy", consensus=row.consensus)
        compared.alignments.append(act.replace(row, new))
    return changed


def _propose(act: Act, compared: ComparedStudy) -> list[Alignment]:
    """Write a proposed row for every element that stands in no pair."""
    if not compared.unaligned:
        return []
    free = {str(element.uid) for _, element in compared.unaligned}
    a, b = (_only(copy.answers, free) for copy in (compared.a, compared.b))
    pairs = propose(_parents(a), _parents(b))
    partners = {**compared.b_of_a, **{p.a_uid: p.b_uid for p in pairs if p.a_uid and p.b_uid}}
    pairs += propose_results(a, b, partners)
    elements = {str(element.uid): element for element in _alive(compared).values()}
    rows = [
        _row(
            compared,
            elements.get(pair.a_uid or ""),
            elements.get(pair.b_uid or ""),
            score=pair.score,
            why=pair.why[:200],
        )
        for pair in pairs
    ]
    return act.bulk_insert(rows)


def _only(answers: CopyAnswers, uids: set[str]) -> CopyAnswers:
    return CopyAnswers(answers.study, [e for e in answers.elements if e.uid in uids])


def _parents(answers: CopyAnswers) -> CopyAnswers:
    parents = [e for e in answers.elements if e.level != Level.RESULT]
    return CopyAnswers(answers.study, parents)
