"""Whether full texts were obtained."""

from django.db import models
from django.db.models import Q

from records.models import Record
from reviews.versions import CURRENT, Versioned
from screening.choices import Retrieval


class FullText(Versioned):
    """Whether the full text of a record was sought, retrieved or not, and why not."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="full_texts")
    standing = models.CharField(max_length=20, choices=Retrieval)
    why = models.CharField(max_length=200, blank=True)
    # Its record has it from the paper it is merged into, until that is parted.
    through_group = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record"], condition=CURRENT, name="full_text_one_current"
            ),
            models.CheckConstraint(
                condition=~Q(standing=Retrieval.NOT_RETRIEVED) | ~Q(why=""),
                name="full_text_not_retrieved_says_why",
                violation_error_message="Say why the full text could not be obtained.",
            ),
        ]
