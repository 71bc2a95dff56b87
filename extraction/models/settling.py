"""How two copies became one: what stands for what, and how cells were settled."""

from django.db import models
from django.db.models import Q

from extraction.choices import (
    Choice,
    ErrorType,
)
from extraction.models.elements import Element, Value
from extraction.models.forms import Form
from extraction.models.studies import Study
from reviews.models import Membership
from reviews.versions import CURRENT, Versioned


class Alignment(Versioned):
    """Which element of A and which of B are one thing, and the consensus element they became.

    Proposed by the machine while ``settled_by`` is empty; settled by a person otherwise.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="alignments")
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=40)
    element_a = models.ForeignKey(
        Element, null=True, blank=True, on_delete=models.PROTECT, related_name="alignments_as_a"
    )
    element_b = models.ForeignKey(
        Element, null=True, blank=True, on_delete=models.PROTECT, related_name="alignments_as_b"
    )
    consensus = models.ForeignKey(
        Element, null=True, blank=True, on_delete=models.PROTECT, related_name="alignments"
    )
    score = models.CharField(max_length=10, blank=True)
    why = models.CharField(max_length=200, blank=True)
    settled_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["study", "group", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["element_a"], condition=CURRENT, name="alignment_of_a_one_current"
            ),
            models.UniqueConstraint(
                fields=["element_b"], condition=CURRENT, name="alignment_of_b_one_current"
            ),
            models.UniqueConstraint(
                fields=["consensus"], condition=CURRENT, name="alignment_of_consensus_one_current"
            ),
            models.CheckConstraint(
                condition=Q(element_a__isnull=False) | Q(element_b__isnull=False),
                name="alignment_has_a_side",
            ),
        ]


class CellResolution(Versioned):
    """How one question of the consensus copy was settled, and the value it was settled with.

    A summary statistic is settled as one: ``value`` is its first part.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="cell_resolutions")
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+")
    element = models.ForeignKey(
        Element, null=True, blank=True, on_delete=models.PROTECT, related_name="cell_resolutions"
    )
    key = models.CharField(max_length=60)
    choice = models.CharField(max_length=10, choices=Choice)
    value = models.ForeignKey(Value, on_delete=models.PROTECT, related_name="resolutions")
    error_type = models.CharField(max_length=20, blank=True, choices=ErrorType)
    reason = models.TextField(blank=True)
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "form", "key"],
                condition=CURRENT & Q(element__isnull=True),
                name="cell_resolution_of_study_one_current",
            ),
            models.UniqueConstraint(
                fields=["element", "key"],
                condition=CURRENT & Q(element__isnull=False),
                name="cell_resolution_of_element_one_current",
            ),
            models.CheckConstraint(
                condition=Q(choice=Choice.AGREED) | ~Q(reason=""),
                name="cell_resolution_says_why",
                violation_error_message="Say why this value was taken.",
            ),
        ]
