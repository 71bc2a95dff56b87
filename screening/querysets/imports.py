"""Reads of imports."""

from typing import Self

from reviews.querysets import VersionedQuerySet
from screening.choices import BatchStanding


class BatchStateQuerySet(VersionedQuerySet):
    """Ledgers of imports."""

    def published(self) -> Self:
        """Return the states of batches whose records are visible."""
        return self.filter(standing=BatchStanding.PUBLISHED)
