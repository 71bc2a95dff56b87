"""Elements of a copy, and the values in its cells."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from extraction.choices import Missing, Obtained
from extraction.models.forms import Field
from extraction.models.studies import Extraction, Report
from reviews.models import Membership
from reviews.versions import (
    CURRENT,
    AppendOnly,
    Versioned,
    VersionedQuerySet,
)


class Element(AppendOnly):
    """One cohort, event, result or whatever a form lists, of one copy: its identity and no more.

    What is said of it is in its values. ``parent`` is the element it belongs to, where the form's
    group says that it belongs to one; ``across`` the second, as a result belongs to a cohort and
    to an outcome.
    """

    extraction = models.ForeignKey(Extraction, on_delete=models.PROTECT, related_name="elements")
    group = models.CharField(max_length=40)
    position = models.PositiveIntegerField()
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    across = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children_across"
    )

    class Meta:
        ordering = ["extraction", "group", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(across__isnull=True) | Q(parent__isnull=False),
                name="element_across_has_a_parent",
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
    No text, no number and no missing code is a cell made blank again. ``key`` is that of the
    question, with the part after a point where the question asks for a summary statistic.
    ``report`` is the document it was read in, where the study has several.
    """

    extraction = models.ForeignKey(Extraction, on_delete=models.PROTECT, related_name="values")
    element = models.ForeignKey(
        Element, null=True, blank=True, on_delete=models.PROTECT, related_name="values"
    )
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
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
    report = models.ForeignKey(
        Report, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
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
