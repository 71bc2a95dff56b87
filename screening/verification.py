"""What must agree within the screening of a review, for ``manage.py verify``."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Count

from reviews.models import Review
from screening.choices import Settled, Standing
from screening.consensus import standing
from screening.models import BatchState, Record, Resolution, ScreeningDecision


def problems(review: Review) -> Iterator[str]:
    """Name every record whose standing is not what its votes make of it, and every false ledger."""
    yield from _standings(review)
    yield from _ledgers(review)


def _standings(review: Review) -> Iterator[str]:
    votes: dict[tuple[int, str], list[str]] = defaultdict(list)
    standing_votes = ScreeningDecision.objects.standing().filter(review=review).order_by()
    for record, stage, verdict in standing_votes.values_list("record", "stage", "verdict"):
        votes[record, stage].append(verdict)
    rows = Resolution.objects.current().filter(review=review, how__in=["", Settled.AGREEMENT])
    for row in rows.order_by().values_list("uid", "record", "stage", "verdict").iterator():
        uid, record, stage, verdict = row
        cast = votes.get((record, stage), [])
        made = standing(cast) if len(cast) <= len(("A", "B")) else None
        if made != verdict:
            yield (
                f"screening.resolution {uid}: it says {Standing(verdict).label.lower()}, "
                f"and the votes do not"
            )


def _ledgers(review: Review) -> Iterator[str]:
    counted = dict(
        Record.objects.filter(review=review)
        .order_by()
        .values_list("batch")
        .annotate(records=Count("pk"))
    )
    states = BatchState.objects.current().filter(review=review)
    for state in states.order_by("pk").iterator():
        found = counted.get(state.batch_id, 0)
        if found != state.imported:
            yield (
                f"screening.batchstate {state.uid}: {state.imported} records are counted, "
                f"and {found} are there"
            )
