"""Studies and reports, forms, the copies of a study's data, and how two became one."""

import json
from functools import cached_property

from django.db import models
from django.db.models import Q

from extraction.choices import (
    Choice,
    CopySeat,
    CopyStanding,
    ErrorType,
    Level,
    Missing,
    Obtained,
    ReportKind,
)
from extraction.querysets import ExtractionQuerySet, StudyQuerySet, ValueQuerySet
from extraction.schema import FormSpec, load_form
from records.models import Record
from reviews.models import CURRENT, AppendOnly, Membership, Review, Versioned


class Form(AppendOnly):
    """A set of questions asked of every study; what it asks is in its versions."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="forms")
    slug = models.SlugField(max_length=60)
    title = models.CharField(max_length=200)

    class Meta:
        ordering = ["title", "pk"]
        constraints = [models.UniqueConstraint(fields=["review", "slug"], name="form_slug_once")]

    def __str__(self) -> str:
        return self.title


class FormVersion(AppendOnly):
    """One version of a form, never edited; ``definition`` is the JSON that ``schema`` reads."""

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.TextField()

    class Meta:
        ordering = ["form", "number"]
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="form_version_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.form} version {self.number}"

    @cached_property
    def spec(self) -> FormSpec:
        """Return what this version asks, read and checked."""
        return load_form(json.loads(self.definition))


class Field(AppendOnly):
    """One question of one version of a form."""

    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="fields")
    key = models.CharField(max_length=60)
    level = models.CharField(max_length=20, choices=Level)
    position = models.PositiveIntegerField()
    question = models.TextField()

    class Meta:
        ordering = ["form_version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["form_version", "key"], name="field_key_once")
        ]

    def __str__(self) -> str:
        return self.question


class Study(AppendOnly):
    """One investigation, with one or more reports."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="studies")
    number = models.PositiveIntegerField()

    objects = StudyQuerySet.as_manager()

    class Meta:
        ordering = ["number", "pk"]
        verbose_name_plural = "studies"
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="study_number_once")
        ]

    def __str__(self) -> str:
        return f"Study {self.number}"


class StudyDetails(Versioned):
    """How a study is named in the tables, and what must be said beside it."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="details")
    label = models.CharField(max_length=200)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study"], condition=CURRENT, name="study_details_one_current"
            )
        ]

    def __str__(self) -> str:
        return self.label


class Report(Versioned):
    """One document of a study, found as one record (its duplicates are merged behind it)."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="reports")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=20, choices=ReportKind, default=ReportKind.ARTICLE)

    class Meta:
        ordering = ["study", "recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record"], condition=CURRENT, name="report_of_one_study"
            )
        ]


class Extraction(Versioned):
    """One copy of one study's data: seat A, seat B or the consensus, which has no extractor."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="extractions")
    seat = models.CharField(max_length=10, choices=CopySeat)
    member = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="extractions"
    )
    form_version = models.ForeignKey(FormVersion, on_delete=models.PROTECT, related_name="+")

    objects = ExtractionQuerySet.as_manager()

    class Meta:
        ordering = ["study", "seat"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "seat"], condition=CURRENT, name="extraction_seat_once"
            ),
            models.UniqueConstraint(
                fields=["study", "member"],
                condition=CURRENT & Q(member__isnull=False),
                name="extraction_never_both_seats",
            ),
            models.CheckConstraint(
                condition=Q(seat=CopySeat.CONSENSUS, member__isnull=True)
                | (~Q(seat=CopySeat.CONSENSUS) & Q(member__isnull=False)),
                name="extraction_consensus_has_no_extractor",
            ),
        ]

    def __str__(self) -> str:
        return self.get_seat_display()


class CopyState(Versioned):
    """Whether a copy is a draft, submitted, or (the consensus) final, which releases the study."""

    extraction = models.ForeignKey(Extraction, on_delete=models.PROTECT, related_name="states")
    standing = models.CharField(max_length=20, choices=CopyStanding)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["extraction"], condition=CURRENT, name="copy_state_one_current"
            )
        ]


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

    objects = ValueQuerySet.as_manager()

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


class Alignment(Versioned):
    """Which element of A and which of B are one thing, and the consensus element they became.

    Proposed by the machine while ``settled_by`` is empty; settled by a person otherwise.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="alignments")
    level = models.CharField(max_length=20, choices=Level)
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
        ordering = ["study", "level", "pk"]
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
    """How one cell of the consensus copy was settled, and the value it was settled with."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="cell_resolutions")
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
                fields=["study", "key"],
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
