"""Where records come from, and what PRISMA-S asks about each search."""

from django.db import models

from records.choices import SearchDirection, SourceKind
from reviews.models import Review
from reviews.versions import CURRENT, AppendOnly, Versioned


class Source(AppendOnly):
    """One database, register or other method that was searched."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="sources")
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "name"],
                name="source_name_once",
                violation_error_message="The review has a source of this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SourceDetails(Versioned):
    """What PRISMA-S asks about a search.

    Of a citation search ``seed`` names the papers it began with and ``platform`` the tool; what it
    found and what was new are counted from its imports.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="details")
    kind = models.CharField(max_length=20, choices=SourceKind, default=SourceKind.DATABASE)
    platform = models.CharField(max_length=200, blank=True)
    search_string = models.TextField(blank=True)
    searched_on = models.DateField(null=True, blank=True)
    limits = models.TextField(blank=True)
    filters = models.TextField(blank=True)
    prior_work = models.TextField(blank=True)
    updates = models.TextField(blank=True)
    peer_review = models.TextField(blank=True)
    seed = models.TextField(blank=True)
    direction = models.CharField(max_length=20, blank=True, choices=SearchDirection)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=CURRENT, name="source_details_one_current"
            ),
        ]
