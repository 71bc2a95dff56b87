"""What a lead writes for reports: the claims of a published paper, and tables of their own."""

from typing import ClassVar, Self

from django.db import models

from reporting.choices import ClaimCohort, ClaimKind, ClaimTime, TableLayout
from reviews.models import Review
from reviews.versions import CURRENT, Versioned, VersionedQuerySet


class PublishedClaim(Versioned):
    """One statement of a published paper, bound to a quantity of this review where it is numeric.

    ``expected`` is a JSON list of the figures as printed: one, or the lowest and the highest.
    ``category``, ``cohort_kind`` and ``time_point`` say whom it is about: after which treatment, in
    which cohorts and when; empty where the claim does not narrow it.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="published_claims")
    key = models.SlugField(max_length=60)
    text = models.TextField()
    kind = models.CharField(max_length=20, choices=ClaimKind)
    quantity = models.CharField(max_length=60, blank=True)
    expected = models.TextField(default="[]")
    reading = models.TextField(blank=True)
    category = models.CharField(max_length=200, blank=True)
    cohort_kind = models.CharField(max_length=20, blank=True, choices=ClaimCohort)
    time_point = models.CharField(max_length=20, blank=True, choices=ClaimTime)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "key"], condition=CURRENT, name="published_claim_one_current"
            ),
            models.CheckConstraint(
                condition=models.Q(kind=ClaimKind.NARRATIVE) | ~models.Q(quantity=""),
                name="published_claim_numeric_names_its_quantity",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class SavedTableQuerySet(VersionedQuerySet):
    """Tables that leads made of others."""

    def standing(self) -> Self:
        """Return those that were not removed, in the lead's order."""
        return self.filter(removed=False).order_by("position", "slug")


class SavedTable(Versioned):
    """A table that a lead made of a report: which columns, in which order, grouped and sorted how.

    ``table`` is the slug of the report and ``layout`` the layout it starts from; ``spec`` is the
    JSON that ``saved_spec`` reads. ``label`` is what the manuscript calls it, such as Table 1.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="saved_tables")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=200)
    table = models.SlugField(max_length=60)
    layout = models.CharField(max_length=20, choices=TableLayout, default=TableLayout.FULL)
    spec = models.TextField()
    label = models.CharField(max_length=40, blank=True)
    position = models.PositiveSmallIntegerField()
    removed = models.BooleanField(default=False)

    objects: ClassVar = SavedTableQuerySet.as_manager()

    class Meta:
        ordering = ["position", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "slug"], condition=CURRENT, name="saved_table_one_current"
            ),
            models.UniqueConstraint(
                fields=["review", "label"],
                condition=CURRENT & models.Q(removed=False) & ~models.Q(label=""),
                name="saved_table_label_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name
