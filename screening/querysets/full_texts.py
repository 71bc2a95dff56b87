"""Reports whose full texts are sought: each takes the records that it narrows."""

from django.db.models import Exists, OuterRef, Prefetch, Q

from records.models import RecordQuerySet
from screening.models import FullText


def sought(records: RecordQuerySet, standing: str = "") -> RecordQuerySet:
    """Return the records whose full text is sought, of one standing if given, by number."""
    wanted = Q(standing=standing) if standing else Q()
    current = FullText.objects.current().filter(wanted, record=OuterRef("pk"))
    return records.unmerged().filter(Exists(current))


def with_full_text(records: RecordQuerySet) -> RecordQuerySet:
    """Fetch the current full-text row beside each record, as ``current_full_texts``."""
    current = FullText.objects.current()
    return records.prefetch_related(
        Prefetch("full_texts", queryset=current, to_attr="current_full_texts")
    )
