"""Records by where they stand at a stage: each takes the records that it narrows."""

from django.db.models import Exists, OuterRef

from records.models import RecordQuerySet
from screening.choices import Standing
from screening.models import Release, Resolution


def standing_at(records: RecordQuerySet, stage: str, *standings: str) -> RecordQuerySet:
    """Return the records that stand at ``stage`` in one of the ways named."""
    resolutions = Resolution.objects.current().filter(stage=stage, verdict__in=standings)
    return records.filter(Exists(resolutions.filter(record=OuterRef("pk"))))


def decided_twice(records: RecordQuerySet, stage: str) -> RecordQuerySet:
    """Return the records on which the votes of all seat holders stand at ``stage``."""
    return standing_at(records, stage, Standing.INCLUDED, Standing.EXCLUDED, Standing.CONFLICT)


def released(records: RecordQuerySet, stage: str) -> RecordQuerySet:
    """Return the records released at ``stage``."""
    releases = Release.objects.current().filter(record=OuterRef("pk"), stage=stage)
    return records.filter(Exists(releases))


def unreleased(records: RecordQuerySet, stage: str) -> RecordQuerySet:
    """Return the records not released at ``stage``."""
    releases = Release.objects.current().filter(record=OuterRef("pk"), stage=stage)
    return records.filter(~Exists(releases))


def dealt_at(records: RecordQuerySet, stage: str) -> RecordQuerySet:
    """Return the records of which seats were dealt at ``stage``, or of what is merged into them.

    Each has a row that says where it stands, from the act that dealt or merged it.
    """
    stands = Resolution.objects.current().filter(record=OuterRef("pk"), stage=stage)
    return records.filter(Exists(stands))
