"""Saved views of the list of records."""

from django.db import models

from reviews.models import Membership
from reviews.versions import CURRENT, Versioned


class SavedView(Versioned):
    """A member's own name for one set of filters of the list of records."""

    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.TextField(blank=True)
    removed = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "name"], condition=CURRENT, name="saved_view_one_current"
            ),
        ]

    def __str__(self) -> str:
        return self.name
