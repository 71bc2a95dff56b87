"""Records by where they stand at a stage: each takes the records that it narrows."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from records.models import RecordQuerySet
from reviews.versions import valid
from screening.choices import Stage, Standing
from screening.models import Release, Resolution

DECIDED = (Standing.INCLUDED, Standing.EXCLUDED, Standing.CONFLICT)


def standing_at(records: RecordQuerySet, stage: str, *standings: str) -> RecordQuerySet:
    """Return the records that stand at ``stage`` in one of the ways named."""
    resolutions = Resolution.objects.current().filter(stage=stage, verdict__in=standings)
    return records.filter(Exists(resolutions.filter(record=OuterRef("pk"))))


def decided_twice(records: RecordQuerySet, stage: str) -> RecordQuerySet:
    """Return the records on which the votes of all seat holders stand at ``stage``."""
    return standing_at(records, stage, *DECIDED)


def released(records: RecordQuerySet, stage: str) -> RecordQuerySet:
    """Return the records released at ``stage``."""
    releases = Release.objects.current().filter(record=OuterRef("pk"), stage=stage)
    return records.filter(Exists(releases))


def unreleased(records: RecordQuerySet, stage: str) -> RecordQuerySet:
    """Return the records not released at ``stage``."""
    releases = Release.objects.current().filter(record=OuterRef("pk"), stage=stage)
    return records.filter(~Exists(releases))


def to_release(records: RecordQuerySet, stage: str) -> RecordQuerySet:
    """Return what a lead can release at ``stage``: decided twice and not released, by number."""
    return unreleased(decided_twice(records.unmerged(), stage), stage)


def awaiting_votes(records: RecordQuerySet, stage: str) -> RecordQuerySet:
    """Return what was dealt at ``stage`` and is not decided twice, by number."""
    decided = Resolution.objects.current().filter(stage=stage, verdict__in=DECIDED)
    dealt = dealt_at(records.unmerged(), stage)
    return dealt.filter(~Exists(decided.filter(record=OuterRef("pk"))))


def dealt_at(records: RecordQuerySet, stage: str) -> RecordQuerySet:
    """Return the records of which seats were dealt at ``stage``, or of what is merged into them.

    Each has a row that says where it stands, from the act that dealt or merged it.
    """
    stands = Resolution.objects.current().filter(record=OuterRef("pk"), stage=stage)
    return records.filter(Exists(stands))


def included(records: RecordQuerySet, instant: datetime | None = None) -> RecordQuerySet:
    """Return the records that screening includes: released so at both stages, as of ``instant``.

    One that is excluded anew at title and abstract is out, whatever was said of its full text.
    """
    for stage in Stage:
        settled = Resolution.objects.filter(
            valid(instant), record=OuterRef("pk"), stage=stage, verdict=Standing.INCLUDED
        )
        records = records.filter(Exists(settled.released(instant)))
    return records
