"""What a review is compared with: the claims of a published paper."""

from django.db import models

from reporting.choices import ClaimKind
from reviews.models import Review
from reviews.versions import CURRENT, Versioned


class PublishedClaim(Versioned):
    """One statement of a published paper, bound to a quantity of this review where it is numeric.

    ``expected`` is a JSON list of the figures as printed: one, or the lowest and the highest.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="published_claims")
    key = models.SlugField(max_length=60)
    text = models.TextField()
    kind = models.CharField(max_length=20, choices=ClaimKind)
    quantity = models.CharField(max_length=60, blank=True)
    expected = models.TextField(default="[]")
    reading = models.TextField(blank=True)
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
