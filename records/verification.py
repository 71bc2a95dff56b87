"""What must agree within the records of a review, for ``manage.py verify``."""

from collections.abc import Iterator

from django.db.models import Count

from records import indexed_words, uploads
from records.models import BatchState, ImportBatch, Record
from reviews import stored
from reviews.models import Review


def problems(review: Review) -> Iterator[str]:
    """Name what does not agree of the imports, their files and the index of the search."""
    yield from _ledgers(review)
    yield from _files(review)
    yield from indexed_words.problems(review)


def orphans() -> list[str]:
    """Return the names of the kept files that no import has; no review is wrong for them.

    An upload ended midway, or is under way.
    """
    batches = stored.readable(ImportBatch.objects.order_by(), "file_sha256")
    with stored.undecoded():
        return uploads.orphans(batches.values_list("file_sha256", flat=True).distinct())


def _ledgers(review: Review) -> Iterator[str]:
    """Name every import whose ledger counts other records than there are."""
    counted = dict(
        Record.objects.filter(review=review)
        .order_by()
        .values_list("batch")
        .annotate(records=Count("pk"))
    )
    states = stored.readable(BatchState.objects.current().filter(review=review))
    for state in states.order_by("pk").iterator():
        found = counted.get(state.batch_id, 0)
        if found != state.imported:
            yield (
                f"records.batchstate {state.uid}: {state.imported} records are counted, "
                f"and {found} are there"
            )


def _files(review: Review) -> Iterator[str]:
    """Name every import whose file is gone or is not, bit for bit, the one that was given."""
    batches = stored.readable(ImportBatch.objects.filter(review=review)).order_by("pk")
    values = batches.values_list("uid", "file_sha256", "file_size")
    whole: dict[tuple[str, int], bool] = {}
    for uid, sha256, size in values:
        if (sha256, size) not in whole:
            whole[sha256, size] = uploads.is_whole(sha256, size)
        if not whole[sha256, size]:
            yield (
                f"records.importbatch:{uid}: its file is missing in the folder of uploads, or is "
                "not the one that was given"
            )
