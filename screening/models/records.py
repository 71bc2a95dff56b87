"""Records as their files gave them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from reviews.models import CURRENT, AppendOnly, Membership, Review, Versioned
from screening.choices import NoticeKind
from screening.models.sources import ImportBatch
from screening.querysets.records import LabelDetailsQuerySet, LabelQuerySet, RecordQuerySet
from screening.search import WordsField


class Record(AppendOnly):
    """One title found by a search, as its file gave it; ``raw`` keeps the text verbatim.

    A record is visible while its batch is published. ``authors``, ``keywords`` and ``notices``
    (what the file says of retractions and corrections) hold one entry a line.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="records")
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="records")
    number = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    raw = models.TextField()
    raw_sha256 = models.CharField(max_length=64)
    source_record_id = models.TextField(blank=True)
    record_type = models.TextField(blank=True)
    title = models.TextField(blank=True)
    translated_title = models.TextField(blank=True)
    authors = models.TextField(blank=True)
    year = models.IntegerField(null=True, blank=True)
    year_text = models.TextField(blank=True)
    journal = models.TextField(blank=True)
    journal_abbreviation = models.TextField(blank=True)
    volume = models.TextField(blank=True)
    issue = models.TextField(blank=True)
    pages = models.TextField(blank=True)
    doi = models.TextField(blank=True)
    pmid = models.TextField(blank=True)
    pmcid = models.TextField(blank=True)
    issn = models.TextField(blank=True)
    abstract = models.TextField(blank=True)
    keywords = models.TextField(blank=True)
    language = models.TextField(blank=True)
    url = models.TextField(blank=True)
    accession = models.TextField(blank=True)
    database = models.TextField(blank=True)
    notices = models.TextField(blank=True)

    objects: ClassVar = RecordQuerySet.as_manager()

    class Meta:
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="record_number_once"),
        ]
        indexes = [
            models.Index(fields=["review", "raw_sha256"], name="record_by_raw"),
            models.Index(fields=["batch", "number"], name="record_by_batch"),
            # What the list is narrowed by is read from the index along which it is walked.
            models.Index(fields=["review", "number", "year", "batch"], name="record_in_order"),
            models.Index(fields=["review", "language", "number"], name="record_by_language"),
            models.Index(fields=["review", "record_type", "number"], name="record_by_type"),
            models.Index(
                fields=["review", "number"], condition=Q(abstract=""), name="record_no_abstract"
            ),
            models.Index(
                fields=["review", "number"], condition=~Q(notices=""), name="record_with_notices"
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"Record {self.number}"

    @property
    def author_list(self) -> list[str]:
        """Return the authors, one string each."""
        return self.authors.splitlines()

    @property
    def short_name(self) -> str:
        """Return first author and year, as tables name a study; its number without an author."""
        authors = self.author_list
        surname = authors[0].split(",")[0].strip() if authors else ""
        name = " ".join(part for part in (surname, str(self.year or "")) if part)
        return name if surname else f"Record {self.number}"


class RecordText(models.Model):
    """The words of a record, for the search: filled by triggers (``screening.text_index``)."""

    record = models.OneToOneField(
        Record,
        primary_key=True,
        db_column="rowid",
        db_constraint=False,
        on_delete=models.DO_NOTHING,
        related_name="text",
    )
    document = WordsField()

    class Meta:
        managed = False
        db_table = "screening_recordtext"

    def __str__(self) -> str:
        return f"words of record {self.pk}"


class RecordDetails(Versioned):
    """What people add to a record: the language of the paper and who translated it."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="details")
    language = models.CharField(max_length=100, blank=True)
    translated_by = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record"], condition=CURRENT, name="record_details_one_current"
            ),
        ]


class PublicationNotice(Versioned):
    """A retraction, expression of concern or correction of a paper, and where it was published."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="published_notices")
    kind = models.CharField(max_length=20, choices=NoticeKind)
    reference = models.TextField()
    noticed_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)
    removed = models.BooleanField(default=False)

    class Meta:
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "kind"], condition=CURRENT, name="publication_notice_one_current"
            ),
        ]
        indexes = [
            models.Index(
                fields=["review", "kind"], condition=CURRENT, name="publication_notice_by_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reference}"


class Label(AppendOnly):
    """A word that a member puts on records: their own, or one that the whole team sees."""

    owner = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="labels")
    shared = models.BooleanField(default=False)

    objects: ClassVar = LabelQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]


class LabelDetails(Versioned):
    """What a label is called, and whether it is still in use."""

    label = models.ForeignKey(Label, on_delete=models.PROTECT, related_name="details")
    name = models.CharField(max_length=60)
    removed = models.BooleanField(default=False)

    objects: ClassVar = LabelDetailsQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["label"], condition=CURRENT, name="label_details_one_current"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RecordLabel(Versioned):
    """A label on a record, or its being taken off."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="labels")
    label = models.ForeignKey(Label, on_delete=models.PROTECT, related_name="records")
    removed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["label", "record"], condition=CURRENT, name="record_label_one_current"
            ),
        ]


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
