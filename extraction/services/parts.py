"""Which parts of the two extractions stay in the consensus."""

from django.core.exceptions import ValidationError

from extraction.compared import ComparedStudy
from extraction.models import Alignment, Element, Study
from extraction.services.alignment import begin_comparison
from extraction.services.elements import remove, restore
from reviews.acts import all_or_nothing
from reviews.audit import Act
from reviews.models import Membership

LONGEST_REASON = 180


@all_or_nothing
def leave_out(*, adjudicator: Membership, study: Study, element: Element, reason: str) -> Alignment:
    """Leave a part out of the consensus, for example a cohort that only one person listed.

    Raises:
        ValidationError: see ``alignment.begin_comparison``; no reason (code ``reason_missing``)
            or one too long (code ``too_long``), or the part is not in the consensus (code
            ``element_removed``).
    """
    act, compared = begin_comparison(adjudicator, study)
    reason = " ".join(reason.split())
    if not reason:
        raise ValidationError("Say why this part is left out.", code="reason_missing")
    if len(reason) > LONGEST_REASON:
        raise ValidationError(f"At most {LONGEST_REASON} characters are kept.", code="too_long")
    row = _row_of(compared, element)
    if compared.consensus is not None:
        remove(act, compared.consensus.extraction, [element])
    new = _noted(act, compared, row, f"left out: {reason}")
    act.log("extraction.part_left_out", subject=element)
    return new


@all_or_nothing
def bring_back(*, adjudicator: Membership, study: Study, element: Element) -> Alignment:
    """Bring a part that was left out back into the consensus, with its results.

    Raises:
        ValidationError: see ``leave_out``; it was not left out (code ``not_removed``).
    """
    act, compared = begin_comparison(adjudicator, study)
    row = _row_of(compared, element)
    if compared.consensus is not None:
        restore(act, compared.consensus.extraction, element)
    new = _noted(act, compared, row, "brought back")
    act.log("extraction.part_brought_back", subject=element)
    return new


def _row_of(compared: ComparedStudy, element: Element) -> Alignment:
    row = compared.rows_by_consensus.get(element.uid)
    if row is None:
        raise ValidationError("The consensus has no such part.", code="element_removed")
    return row


def _noted(act: Act, compared: ComparedStudy, row: Alignment, why: str) -> Alignment:
    return act.replace(
        row,
        Alignment(
            study=compared.study,
            form=row.form,
            group=row.group,
            element_a=row.element_a,
            element_b=row.element_b,
            consensus=row.consensus,
            score=row.score,
            why=why,
            settled_by=act.actor,
        ),
    )
