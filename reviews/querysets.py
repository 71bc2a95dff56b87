"""Reads of the review: versions, members and invitations."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import FilteredRelation, Q
from django.utils import timezone

from reviews.roles import Role


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


def valid(instant: datetime | None, prefix: str = "") -> Q:
    """Return the condition that such a row is current, now or at ``instant``."""
    if instant is None:
        return Q(**{f"{prefix}superseded_at__isnull": True})
    return valid_at(instant, prefix)


class MembershipQuerySet(models.QuerySet[Any]):
    """The people of a review."""

    def active(self) -> Self:
        """Return the members who have not been removed, in order of joining."""
        return self.filter(removed_at__isnull=True).order_by("pk")

    def with_settings(self) -> Self:
        """Fetch review, person and the review's settings beside each member; one query."""
        current = FilteredRelation(
            "review__settings_versions", condition=valid(None, "review__settings_versions__")
        )
        return self.annotate(settings=current).select_related("review", "user", "settings")


class InvitationQuerySet(models.QuerySet[Any]):
    """Invitations, and which of them still serve."""

    def open(self) -> Self:
        """Return the invitations that can be accepted, newest first.

        One that was accepted, revoked or has expired cannot, nor one whose inviter is no longer a
        lead of the review.
        """
        return self.filter(
            accepted_at__isnull=True,
            revoked_at__isnull=True,
            expires_at__gt=timezone.now(),
            invited_by__removed_at__isnull=True,
            invited_by__role=Role.LEAD,
        ).order_by("-created_at", "-pk")
