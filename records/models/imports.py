"""The files that were read, and their ledgers."""

import json
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from records.choices import BatchStanding
from records.models.sources import Source
from reviews.models import AuditEvent, Membership, Review
from reviews.versions import CURRENT, AppendOnly, Versioned, VersionedQuerySet


class ImportBatch(AppendOnly):
    """One file read from one source; where it stands and its ledger are in ``BatchState``.

    The file itself is kept under its SHA-256 (``records.uploads``). ``request_key`` is the one
    the page was sent with: the same request twice makes one batch.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="import_batches")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="batches")
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    file_size = models.PositiveBigIntegerField()
    request_key = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["-recorded_at", "-pk"]
        verbose_name_plural = "import batches"
        constraints = [
            models.UniqueConstraint(
                fields=["review", "request_key"],
                condition=~Q(request_key=""),
                name="import_batch_once_a_request",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class BatchStateQuerySet(VersionedQuerySet):
    """Ledgers of imports."""

    def published(self) -> Self:
        """Return the states of batches whose records are visible."""
        return self.filter(standing=BatchStanding.PUBLISHED)

    def unsearched(self) -> Self:
        """Return the states of batches whose records nobody has held against the others yet."""
        searches = AuditEvent.objects.filter(
            review=OuterRef("review"),
            verb="records.duplicates_found",
            at__gt=OuterRef("recorded_at"),
        )
        return self.published().filter(~Exists(searches), imported__gt=0)


class BatchState(Versioned):
    """Where an import stands, and its ledger: found = imported + repeated + rejected.

    While the file is being imported the ledger counts what was read so far: ``items_read`` of what
    the reader yields, records and problems, up to ``bytes_read`` of the file. An import that was
    broken off goes on behind them. ``mapping`` is a JSON object of field to column.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="states")
    standing = models.CharField(max_length=20, choices=BatchStanding)
    format = models.CharField(max_length=20, blank=True)
    encoding = models.CharField(max_length=40, blank=True)
    found = models.PositiveIntegerField(default=0)
    imported = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    items_read = models.PositiveIntegerField(default=0)
    bytes_read = models.PositiveBigIntegerField(default=0)
    asked_format = models.CharField(max_length=20, default="auto")
    mapping = models.TextField(blank=True)
    refusal = models.TextField(blank=True)
    refusal_line = models.PositiveIntegerField(null=True, blank=True)

    objects: ClassVar = BatchStateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch"], condition=CURRENT, name="batch_state_one_current"
            ),
            models.CheckConstraint(
                condition=Q(
                    found=models.F("imported") + models.F("repeated") + models.F("rejected")
                ),
                name="batch_state_ledger_balances",
                violation_error_message="The ledger of the import does not balance.",
            ),
        ]

    @property
    def percent(self) -> int:
        """Return how much of the file was read; a hundred once its records are in sight."""
        if self.standing == BatchStanding.PUBLISHED:
            return 100
        return min(99, 100 * self.bytes_read // max(1, self.batch.file_size))

    @property
    def tenths(self) -> int:
        """Return the same in steps of ten, as it is spoken."""
        return self.percent // 10 * 10


class ImportProblem(AppendOnly):
    """One sentence about one line of a file: an entry that was rejected, or a guess."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="problems")
    line = models.PositiveIntegerField()
    reason = models.TextField()
    rejected = models.BooleanField(default=False)

    class Meta:
        ordering = ["line", "pk"]
        indexes = [models.Index(fields=["batch", "line"], name="import_problem_by_line")]

    def __str__(self) -> str:
        return self.reason


class ColumnMapping(Versioned):
    """Which column of a table holds which field, as a person said for tables of this header.

    ``header_sha256`` is that of the header cells; ``mapping`` a JSON object of field to column.
    """

    header_sha256 = models.CharField(max_length=64)
    mapping = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "header_sha256"],
                condition=CURRENT,
                name="column_mapping_one_current",
            ),
        ]

    def read(self) -> dict[str, str]:
        """Return the mapping as it was given."""
        return dict(json.loads(self.mapping))
