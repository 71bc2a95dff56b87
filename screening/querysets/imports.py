"""Reads of imports."""

from typing import Self

from django.db.models import Exists, OuterRef

from reviews.models import AuditEvent
from reviews.querysets import VersionedQuerySet
from screening.choices import BatchStanding


class BatchStateQuerySet(VersionedQuerySet):
    """Ledgers of imports."""

    def published(self) -> Self:
        """Return the states of batches whose records are visible."""
        return self.filter(standing=BatchStanding.PUBLISHED)

    def unsearched(self) -> Self:
        """Return the states of batches whose records nobody has held against the others yet."""
        searches = AuditEvent.objects.filter(
            review=OuterRef("review"),
            verb="screening.duplicates_found",
            at__gt=OuterRef("recorded_at"),
        )
        return self.published().filter(~Exists(searches), imported__gt=0)
