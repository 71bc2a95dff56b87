"""Records as their files gave them, and which of them are in sight."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from records.choices import BatchStanding, DuplicateStanding
from records.models.duplicates import DuplicateMember
from records.models.imports import BatchState, ImportBatch
from records.words import WordsField
from reviews.models import Membership, Review
from reviews.versions import AppendOnly, AppendOnlyQuerySet, valid


class RecordQuerySet(AppendOnlyQuerySet):
    """Records, and which of them are in sight."""

    def visible(self, instant: datetime | None = None) -> Self:
        """Return the records of published imports, now or at ``instant``, by number."""
        published = BatchState.objects.filter(
            valid(instant), batch=OuterRef("batch"), standing=BatchStanding.PUBLISHED
        )
        return self.filter(Exists(published)).order_by("number", "pk")

    def unmerged(self, instant: datetime | None = None) -> Self:
        """Return the visible records that no merge has put behind another, by number."""
        merged = DuplicateMember.objects.filter(
            valid(instant),
            record=OuterRef("pk"),
            kept=False,
            standing=DuplicateStanding.MERGED,
        )
        return self.visible(instant).filter(~Exists(merged))

    def in_list(self, member: Membership) -> Self:
        """Return the records that imports and merges leave in the member's review, by number.

        As ``unmerged``, asked in a way that can be answered along an index: the imports in sight
        are few, so they are named once and not looked up for each record.
        """
        published = BatchState.objects.current().filter(
            review=member.review_id, standing=BatchStanding.PUBLISHED
        )
        merged = DuplicateMember.objects.current().filter(kept=False, record=OuterRef("pk"))
        return self.filter(
            ~Exists(merged.filter(standing=DuplicateStanding.MERGED)),
            review=member.review_id,
            batch__in=published.values("batch"),
        ).order_by("number")

    def found_in(self, batches: QuerySet[ImportBatch]) -> Self:
        """Return the records that these imports gave, themselves or through a duplicate."""
        keys = batches.order_by().values("pk")
        merged = DuplicateMember.objects.current().filter(standing=DuplicateStanding.MERGED)
        # From the record to its group to the others of it: a few steps for each row of a page.
        behind = merged.filter(
            kept=True,
            record=OuterRef("pk"),
            group__members__superseded_at__isnull=True,
            group__members__kept=False,
            group__members__standing=DuplicateStanding.MERGED,
            group__members__record__batch__in=keys,
        )
        return self.filter(Q(batch__in=keys) | Exists(behind))

    def about(self, *kinds: QuerySet[Any], walked: bool) -> Self:
        """Return the records that one of these rows, of any of the kinds, is about.

        ``walked``: the row is looked up for each record in turn, which is right where many have
        one; otherwise the rows come first.
        """
        wanted = Q()
        for found in kinds:
            if walked:
                wanted |= Q(Exists(found.filter(record=OuterRef("pk"))))
            else:
                wanted |= Q(pk__in=found.order_by().values("record"))
        return self.filter(wanted)


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
    """The words of a record, for the search: filled by triggers (``records.text_index``)."""

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
        db_table = "records_recordtext"

    def __str__(self) -> str:
        return f"words of record {self.pk}"
