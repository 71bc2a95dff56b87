"""The cohorts, interventions, outcomes and results of a draft."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db.models import Max, Q

from extraction.choices import Level
from extraction.models import Element, ElementRemoval, Extraction
from extraction.services.drafts import begin_draft, elements_of
from reviews.acts import all_or_nothing
from reviews.audit import Act
from reviews.models import Membership

MOST_ELEMENTS = 500


@all_or_nothing
def add_element(
    *,
    extractor: Membership,
    extraction: Extraction,
    level: str,
    cohort: Element | None = None,
    outcome: Element | None = None,
) -> Element:
    """Add a cohort, intervention, outcome, or a result of one cohort and one outcome.

    Raises:
        ValidationError: the copy is not this extractor's, or not any more (code ``gone``);
            the copy was submitted (code ``submitted``), there is no such level (code
            ``unknown_level``), a result lacks its cohort or outcome (code ``result_of_what``), or
            the copy is full (code ``too_many``).
    """
    act, copy = begin_draft(extractor, extraction)
    element = new_element(act, copy, level, cohort=cohort, outcome=outcome)
    act.log("extraction.element_added", subject=element, extraction=copy.uid, level=level)
    return element


@all_or_nothing
def remove_element(*, extractor: Membership, element: Element) -> list[ElementRemoval]:
    """Take an element out of the draft, with the results of a cohort or outcome.

    Its answers are kept, and ``restore_element`` brings all of it back.

    Raises:
        ValidationError: the copy is not this extractor's, or not any more (code ``gone``);
            the copy was submitted (code ``submitted``), or the element is removed
            already (code ``element_removed``).
    """
    act, copy = begin_draft(extractor, element.extraction)
    removals = remove(act, copy, [element])
    act.log("extraction.element_removed", subject=element, elements=len(removals))
    return removals


@all_or_nothing
def restore_element(*, extractor: Membership, element: Element) -> Element:
    """Bring back an element, and the results that were removed together with it.

    Raises:
        ValidationError: the copy is not this extractor's, or not any more (code ``gone``);
            the copy was submitted (code ``submitted``), the element was not removed
            (code ``not_removed``), or what it belongs to is removed (code ``parent_removed``).
    """
    act, copy = begin_draft(extractor, element.extraction)
    restored = restore(act, copy, element)
    act.log("extraction.element_restored", subject=element, elements=restored)
    return element


def new_element(
    act: Act,
    copy: Extraction,
    level: str,
    *,
    cohort: Element | None = None,
    outcome: Element | None = None,
) -> Element:
    """Write an element at the end of its level; the caller logs it."""
    if level not in Level.values or level == Level.STUDY:
        raise ValidationError("There is nothing of this kind to add.", code="unknown_level")
    alive = {element.pk: element for element in elements_of(copy)}
    if len(alive) >= MOST_ELEMENTS:
        raise ValidationError(
            f"An extraction holds at most {MOST_ELEMENTS} cohorts, interventions, outcomes "
            "and results.",
            code="too_many",
        )
    for parent, wanted in ((cohort, Level.COHORT), (outcome, Level.OUTCOME)):
        fits = parent is not None and parent.pk in alive and parent.level == wanted
        if fits != (level == Level.RESULT):
            raise ValidationError(
                "A result belongs to one cohort and one outcome of this extraction.",
                code="result_of_what",
            )
    last = Element.objects.filter(extraction=copy, level=level).aggregate(last=Max("position"))
    return act.insert(
        Element(
            extraction=copy,
            level=level,
            position=(last["last"] or 0) + 1,
            cohort=cohort,
            outcome=outcome,
        )
    )


def remove(act: Act, copy: Extraction, elements: Sequence[Element]) -> list[ElementRemoval]:
    """Remove elements with the results that belong to them; the caller logs it."""
    alive = elements_of(copy)
    keys = {element.pk for element in elements}
    if not keys <= {element.pk for element in alive}:
        raise ValidationError("This was removed already.", code="element_removed")
    gone = [e for e in alive if e.pk in keys or e.cohort_id in keys or e.outcome_id in keys]
    return act.bulk_insert([ElementRemoval(element=element) for element in gone])


def restore(act: Act, copy: Extraction, element: Element) -> int:
    """Bring an element and its results back; the caller logs it. Returns how many."""
    removals = ElementRemoval.objects.current().filter(element__extraction=copy)
    removal = removals.filter(element=element).first()
    if removal is None:
        raise ValidationError("This was not removed.", code="not_removed")
    parents = [pk for pk in (element.cohort_id, element.outcome_id) if pk is not None]
    if removals.filter(element__in=parents).exists():
        raise ValidationError(
            "Bring back the cohort and the outcome of this result first.", code="parent_removed"
        )
    together = removals.filter(recorded_at=removal.recorded_at).filter(
        Q(element=element) | Q(element__cohort=element) | Q(element__outcome=element)
    )
    back = list(together)
    act.supersede(*back)
    return len(back)
