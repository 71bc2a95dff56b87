"""What must agree within the records of a review, for ``manage.py verify``."""

from collections.abc import Iterator

from django.db.models import Count

from records.models import BatchState, Record
from reviews.models import Review


def problems(review: Review) -> Iterator[str]:
    """Name every import whose ledger counts other records than there are."""
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
                f"records.batchstate {state.uid}: {state.imported} records are counted, "
                f"and {found} are there"
            )
