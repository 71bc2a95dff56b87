"""Elements of a copy, and the values in its cells."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from extraction.choices import (
    Level,
    Missing,
    Obtained,
)
from extraction.models.forms import Field
from extraction.models.studies import Extraction
from reviews.models import Membership
from reviews.versions import (
    CURRENT,
    AppendOnly,
    Versioned,
    VersionedQuerySet,
)


class Element(AppendOnly):
    """A cohort, intervention, outcome or result of one copy: its identity and nothing more.

    What is said of it is in its values. A result belongs to one cohort and one outcome of the
    same copy.
    """

    extraction = models.ForeignKey(Extraction, on_delete=models.PROTECT, related_name="elements")
    level = models.CharField(max_length=20, choices=Level)
    position = models.PositiveIntegerField()
    cohort = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="results_of_cohort"
    )
    outcome = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="results_of_outcome"
    )

    class Meta:
        ordering = ["extraction", "level", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(level=Level.STUDY), name="element_is_not_the_study_itself"
            ),
            models.CheckConstraint(
                condition=Q(level=Level.RESULT, cohort__isnull=False, outcome__isnull=False)
                | (~Q(level=Level.RESULT) & Q(cohort__isnull=True, outcome__isnull=True)),
                name="element_result_has_cohort_and_outcome",
                violation_error_message="A result belongs to one cohort and one outcome.",
            ),
        ]


class ElementRemoval(Versioned):
    """An element was taken out of its copy; superseding this row brings it back."""

    element = models.ForeignKey(Element, on_delete=models.PROTECT, related_name="removals")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["element"], condition=CURRENT, name="element_removal_one_current"
            )
        ]


class ValueQuerySet(VersionedQuerySet):
    """Answers in cells."""

    def answered(self) -> Self:
        """Return the values that say something: a text or why there is none."""
        return self.exclude(text="", missing="")


class Value(Versioned):
    """One answer in one cell: of the study where ``element`` is empty, else of that element.

    ``text`` is what was read, as printed; ``number`` the parsed decimal as canonical ASCII text.
    No text, no number and no missing code is a cell made blank again.
    """

    extraction = models.ForeignKey(Extraction, on_delete=models.PROTECT, related_name="values")
    element = models.ForeignKey(
        Element, null=True, blank=True, on_delete=models.PROTECT, related_name="values"
    )
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=60)
    text = models.TextField(blank=True)
    number = models.CharField(max_length=60, blank=True)
    qualifier = models.CharField(max_length=2, blank=True)
    missing = models.CharField(max_length=20, blank=True, choices=Missing)
    unit = models.CharField(max_length=40, blank=True)
    obtained = models.CharField(
        max_length=20, blank=True, choices=Obtained, default=Obtained.REPORTED
    )
    formula = models.TextField(blank=True)
    note = models.TextField(blank=True)
    page = models.CharField(max_length=40, blank=True)
    quote = models.TextField(blank=True)
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar = ValueQuerySet.as_manager()

    class Meta:
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["extraction", "key"],
                condition=CURRENT & Q(element__isnull=True),
                name="value_of_study_one_current",
            ),
            models.UniqueConstraint(
                fields=["element", "key"],
                condition=CURRENT & Q(element__isnull=False),
                name="value_of_element_one_current",
            ),
            models.CheckConstraint(
                condition=Q(missing="") | Q(text="", number="", qualifier=""),
                name="value_is_missing_or_given",
                violation_error_message="A cell holds a value or says why there is none, not both.",
            ),
            models.CheckConstraint(
                condition=Q(number="") | Q(number__regex=r"^-?[0-9]+(\.[0-9]+)?$"),
                name="value_number_is_plain",
            ),
        ]
        indexes = [models.Index(fields=["extraction", "superseded_at"], name="value_of_copy")]
