"""Rows that are written once, and rows that are valid from one instant to another."""

import uuid
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q

CURRENT = Q(superseded_at__isnull=True)


def valid_at(instant: datetime, prefix: str = "") -> Q:
    """Return the condition that a versioned row reached through ``prefix`` was current."""
    return Q(**{f"{prefix}recorded_at__lte": instant}) & (
        Q(**{f"{prefix}superseded_at__isnull": True}) | Q(**{f"{prefix}superseded_at__gt": instant})
    )


def valid(instant: datetime | None, prefix: str = "") -> Q:
    """Return the condition that such a row is current, now or at ``instant``."""
    if instant is None:
        return Q(**{f"{prefix}superseded_at__isnull": True})
    return valid_at(instant, prefix)


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Rows that are written once and never changed."""

    def as_of(self, instant: datetime) -> Self:
        """Return the rows that existed at ``instant``."""
        return self.filter(recorded_at__lte=instant)


class VersionedQuerySet(AppendOnlyQuerySet):
    """Rows valid from ``recorded_at`` until ``superseded_at``, the end not included."""

    def current(self) -> Self:
        """Return the rows that nothing has superseded."""
        return self.filter(superseded_at__isnull=True)

    def as_of(self, instant: datetime) -> Self:
        """Return the rows that were current at ``instant``."""
        return self.filter(valid_at(instant))


class AppendOnly(models.Model):
    """A row of a review that is written once; the guards refuse every change and removal."""

    review = models.ForeignKey("reviews.Review", on_delete=models.PROTECT, related_name="+")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recorded_at = models.DateTimeField(editable=False)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True


class Versioned(AppendOnly):
    """A row valid from ``recorded_at`` until ``superseded_at``, which is set once."""

    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = VersionedQuerySet.as_manager()

    class Meta:
        abstract = True
