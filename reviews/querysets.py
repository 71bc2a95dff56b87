"""Reads of the review: versions, members and events."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from reviews.roles import Capability

if TYPE_CHECKING:
    from reviews.models import Membership


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


def valid_at(instant: datetime, prefix: str = "") -> Q:
    """Return the condition that a versioned row reached through ``prefix`` was current."""
    return Q(**{f"{prefix}recorded_at__lte": instant}) & (
        Q(**{f"{prefix}superseded_at__isnull": True}) | Q(**{f"{prefix}superseded_at__gt": instant})
    )


class MembershipQuerySet(models.QuerySet[Any]):
    """The people of a review."""

    def active(self) -> Self:
        """Return the members who have not been removed, in order of joining."""
        return self.filter(removed_at__isnull=True).order_by("pk")


class AuditEventQuerySet(models.QuerySet[Any]):
    """Events, and who may read them."""

    def visible_to(self, viewer: Membership) -> Self:
        """Return the events this member may read, newest first.

        The lead reads all events of the review (never the verdicts in them); everybody else
        reads their own, so that nobody learns through the log what another person did.
        """
        events = self.filter(review=viewer.review_id).order_by("-position")
        if viewer.can(Capability.MANAGE):
            return events
        return events.filter(actor=viewer)
