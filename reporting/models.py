"""What a review is compared with: the claims of a published paper."""

from django.db import models

from reporting.choices import ClaimCohort, ClaimKind, ClaimTime
from reviews.models import Review
from reviews.versions import CURRENT, Versioned


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
