"""Labels on records: what they are called, who sees them, and where they are put."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from records.models.records import Record
from reviews.models import Membership
from reviews.versions import CURRENT, AppendOnly, AppendOnlyQuerySet, Versioned, VersionedQuerySet


class LabelQuerySet(AppendOnlyQuerySet):
    """Labels, and who may see them."""

    def of(self, member: Membership) -> Self:
        """Return the labels that this member may see, in use or not: their own, and shared ones."""
        return self.filter(Q(owner=member) | Q(shared=True), review=member.review_id)

    def visible_to(self, member: Membership) -> Self:
        """Return the labels in use that this member may see: their own, and the shared ones."""
        used = LabelDetails.objects.current().filter(label=OuterRef("pk"), removed=False)
        return self.of(member).filter(Exists(used))


class Label(AppendOnly):
    """A word that a member puts on records: their own, or one that the whole team sees."""

    owner = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="labels")
    shared = models.BooleanField(default=False)

    objects: ClassVar = LabelQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]


class LabelDetailsQuerySet(VersionedQuerySet):
    """What labels are called."""

    def with_numbers(self) -> Self:
        """Say of each label how many records bear it, as ``number``."""
        borne = RecordLabel.objects.current().filter(label=OuterRef("label"), removed=False)
        counted = borne.order_by().values("label").annotate(number=Count("pk"))
        return self.annotate(number=Coalesce(Subquery(counted.values("number")), 0))


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
