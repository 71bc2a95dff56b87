"""Papers: which records are merged behind which, and the best of what they say."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from records.best_fields import BestFields, best_fields
from records.choices import DuplicateStanding
from records.models import DuplicateMember, Record, RecordQuerySet
from reviews.versions import valid

READ_AT_ONCE = 500


def merged_with(record: Record) -> RecordQuerySet:
    """Return the other visible records of the merged group of a record, by number."""
    places = DuplicateMember.objects.current().filter(standing=DuplicateStanding.MERGED)
    groups = places.filter(record=record).order_by().values("group")
    others = places.filter(group__in=groups, record=OuterRef("pk"))
    visible: RecordQuerySet = Record.objects.filter(review=record.review_id).visible()
    return visible.filter(Exists(others)).exclude(pk=record.pk)


def papers_of(records: Iterable[int]) -> list[list[int]]:
    """Return the papers that these records are of, each as its records, the kept one first.

    A record that is merged with nothing is a paper of its own. Two queries.
    """
    keys = set(records)
    merged = DuplicateMember.objects.current().filter(standing=DuplicateStanding.MERGED).order_by()
    groups = set(merged.filter(record__in=keys).values_list("group", flat=True))
    members: dict[int, list[tuple[bool, int]]] = {}
    for group, kept, record in merged.filter(group__in=groups).values_list(
        "group", "kept", "record"
    ):
        members.setdefault(group, []).append((not kept, record))
    papers = [[record for _, record in sorted(rows)] for rows in members.values()]
    alone = keys.difference(*papers)
    return sorted([*papers, *([key] for key in alone)])


def heads_of(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Return the places of the kept records behind which a record of one of these rows stands."""
    merged = DuplicateMember.objects.current().filter(standing=DuplicateStanding.MERGED)
    behind = merged.filter(kept=False, record__in=rows.order_by().values("record"))
    heads: QuerySet[Any] = merged.filter(kept=True, group__in=behind.order_by().values("group"))
    return heads


def heads_with(relation: str, **said: Any) -> QuerySet[Any]:
    """Return the places of the kept records behind which one has a current row that says so.

    The same as ``heads_of``, asked from the kept record along its group: a few steps for each.
    """
    here = "group__members__"
    # That it is there is said as well: without a row its end is null, too.
    rows = {"pk__isnull": False, "superseded_at": None, **said}
    merged = DuplicateMember.objects.current().filter(standing=DuplicateStanding.MERGED, kept=True)
    heads: QuerySet[Any] = merged.order_by().filter(
        **{
            f"{here}superseded_at": None,
            f"{here}kept": False,
            f"{here}standing": DuplicateStanding.MERGED,
            **{f"{here}record__{relation}__{name}": value for name, value in rows.items()},
        }
    )
    return heads


def merged_behind(
    records: Iterable[Record], instant: datetime | None = None
) -> dict[int, list[Record]]:
    """Return the records merged behind each of these kept ones, by number; one query.

    ``instant`` asks as of then. The verbatim texts are left out.
    """
    merged = DuplicateMember.objects.filter(valid(instant), standing=DuplicateStanding.MERGED)
    heads = merged.filter(kept=True, record__in=[record.pk for record in records])
    own_head = heads.filter(group=OuterRef("group")).order_by()
    behind = (
        merged.filter(kept=False, group__in=heads.order_by().values("group"))
        .annotate(head=Subquery(own_head.values("record")[:1]))
        .select_related("record__batch__source")
        .defer("record__raw")
        .order_by("record__number", "record")
    )
    found: dict[int, list[Record]] = {}
    for row in behind:
        found.setdefault(row.head, []).append(row.record)
    return found


def with_best_fields(
    records: Iterable[Record], instant: datetime | None = None
) -> Iterator[BestFields[Record]]:
    """Yield the best fields of each of a stream of kept records, in its order.

    One query for every 500 records; ``instant`` asks as of then.
    """
    stream = iter(records)
    while some := list(islice(stream, READ_AT_ONCE)):
        yield from _with_best(some, instant)


def best_of(record: Record, instant: datetime | None = None) -> BestFields[Record]:
    """Return the best fields of the paper of a record; one query, merged or not.

    A record that stands behind another is read with that one's fields, and stays itself.
    """
    merged = DuplicateMember.objects.filter(valid(instant), standing=DuplicateStanding.MERGED)
    places = merged.filter(group__in=merged.filter(record=record.pk).order_by().values("group"))
    others = places.exclude(record=record.pk).select_related("record__batch__source")
    others = others.defer("record__raw").order_by("-kept", "record__number", "record")
    return best_fields(record, [row.record for row in others])


def _with_best(records: Sequence[Record], instant: datetime | None) -> Iterator[BestFields[Any]]:
    behind = merged_behind(records, instant)
    for record in records:
        yield best_fields(record, behind.get(record.pk, []))
