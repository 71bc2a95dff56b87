"""A draft in hand: locked, checked to be one's own, and read for writing."""

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef

from extraction.choices import CopySeat, CopyStanding
from extraction.models import CopyState, Element, ElementRemoval, Extraction
from reviews import audit
from reviews.audit import Act
from reviews.models import Membership
from reviews.roles import Capability


def begin_draft(extractor: Membership, extraction: Extraction) -> tuple[Act, Extraction]:
    """Lock a copy and begin an act on it, if it is the extractor's own draft.

    Raises:
        Extraction.DoesNotExist: the copy is not this extractor's, or not any more; a service
            refuses it with the code ``gone``.
        ValidationError: it was submitted already (code ``submitted``).
    """
    copy = lock_copy(extractor, extraction, member_id=extractor.pk)
    act = audit.begin_as(member=extractor, capability=Capability.EXTRACT)
    if standing_of(copy).standing != CopyStanding.DRAFT:
        raise ValidationError(
            "This extraction was submitted. The lead can open it again.", code="submitted"
        )
    return act, copy


def lock_copy(member: Membership, extraction: Extraction, **conditions: object) -> Extraction:
    """Lock a current copy of the member's review that a person extracts, and return it."""
    copies = Extraction.objects.current().select_for_update(no_key=True, of=("self",))
    return (
        copies.exclude(seat=CopySeat.CONSENSUS)
        .select_related("study", "form_version__form")
        .get(pk=extraction.pk, review=member.review_id, **conditions)
    )


def standing_of(extraction: Extraction) -> CopyState:
    """Return the current state of a copy."""
    return CopyState.objects.current().get(extraction=extraction)


def elements_of(extraction: Extraction) -> list[Element]:
    """Return the elements of a copy that were not removed, in their order."""
    removed = ElementRemoval.objects.current().filter(element=OuterRef("pk"))
    rows = Element.objects.filter(~Exists(removed), extraction=extraction)
    return list(rows.order_by("group", "position", "pk"))
