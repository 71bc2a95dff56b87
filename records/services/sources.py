"""Sources: where records come from, and what PRISMA-S asks about each search."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from records.models import Source, SourceDetails
from reviews import audit
from reviews.acts import all_or_nothing
from reviews.models import Membership
from reviews.roles import Capability

KEPT = (
    "kind", "platform", "search_string", "searched_on", "limits", "filters", "prior_work",
    "updates", "peer_review", "seed", "direction",
)  # fmt: skip


@all_or_nothing
def add_source(*, lead: Membership, name: str, **details: Any) -> Source:
    """Name a place where records come from: database, register or other method.

    Raises:
        ValidationError: the name is blank or taken (code ``source_taken``).
    """
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    name = name.strip()
    if Source.objects.filter(review=act.review, name=name).exists():
        raise ValidationError("The review has a source of this name.", code="source_taken")
    source = act.insert(Source(name=name))
    act.insert(SourceDetails(source=source, **details))
    act.log("records.source_added", subject=source, name=name)
    return source


def find_or_add_source(*, lead: Membership, name: str, **details: Any) -> Source:
    """Name a source, unless the review has it with the very same details: a request sent twice.

    Raises:
        ValidationError: the name is blank, or taken by a source of which something else is said
            (code ``source_taken``).
    """
    try:
        return add_source(lead=lead, name=name, **details)
    except ValidationError:
        said = SourceDetails.objects.current().select_related("source")
        same = said.filter(review=lead.review_id, source__name=name.strip(), **details).first()
        if same is None:
            raise
        return same.source


@all_or_nothing
def update_source(
    *, lead: Membership, source: Source, seen: UUID | None = None, **details: Any
) -> SourceDetails:
    """Complete what PRISMA-S asks about a search; what is not named stays.

    Raises:
        ValidationError: somebody has changed what the page showed (code ``stale``).
    """
    act = audit.begin_as(member=lead, capability=Capability.IMPORT)
    old = SourceDetails.objects.current().select_related("source").get(source=source)
    if seen is not None and seen != old.uid:
        raise ValidationError(
            "Somebody else has changed this source meanwhile. What you typed is kept below; "
            "compare it with what stands now.",
            code="stale",
        )
    kept = {name: getattr(old, name) for name in KEPT}
    new = act.replace(old, SourceDetails(source=source, **{**kept, **details}))
    act.log("records.source_updated", subject=source)
    return new
