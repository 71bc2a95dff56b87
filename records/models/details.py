"""What people add to a record: its language and translator, and notices about the paper."""

from django.db import models

from records.choices import NoticeKind
from records.models.records import Record
from reviews.versions import CURRENT, Versioned


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
