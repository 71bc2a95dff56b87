"""Every row, and every end of a row's validity, belongs to the event of its instant."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import models

from reviews import guards, stored
from reviews.audit import row_digest, row_name, rows_digest
from reviews.models import AuditEvent, Invitation, Membership, Review
from reviews.verification.chains import CHUNK, named
from reviews.versions import AppendOnly, Versioned

NAMED = 5
NOWHERE = UUID(int=0)

# One row or event in the stream of a review: its instant, what it is, its name, and its digest.
Entry = tuple[datetime, str, str, str]
EVENT, WRITTEN, CLOSED = "event", "written", "closed"


def models_of_a_review() -> list[Any]:
    """Return every model whose rows belong to a review, in order of table name."""
    return sorted(
        {*guards.guarded_models(), Membership, Invitation}, key=lambda model: model._meta.db_table
    )


def verify_rows(review: Review) -> tuple[int, list[str]]:
    """Compare the rows of each instant with its event; return their number and what is wrong."""
    models_ = [
        model
        for model in guards.guarded_models()
        if issubclass(model, AppendOnly) and model._base_manager.filter(review=review).exists()
    ]
    streams: list[Iterator[Entry]] = [_event_entries(review)]
    for model in models_:
        streams.append(_written(model, review))
        if issubclass(model, Versioned):
            streams.append(_closed(model, review))
    rows = 0
    problems: list[str] = []
    for _, group in groupby(merge(*streams, key=itemgetter(0)), key=itemgetter(0)):
        entries = list(group)
        rows += sum(kind == WRITTEN for _, kind, _, _ in entries)
        problems.extend(_verify_instant(entries))
    return rows, problems


def _verify_instant(entries: list[Entry]) -> Iterator[str]:
    events = [(name, digest) for _, kind, name, digest in entries if kind == EVENT]
    written = {name: digest for _, kind, name, digest in entries if kind == WRITTEN}
    closed = [name for _, kind, name, _ in entries if kind == CLOSED]
    if not events:
        for name in _first(written):
            yield f"{name}: was written at an instant at which there is no event"
        for name in _first(closed):
            yield f"{name}: was superseded at an instant at which there is no event"
        return
    if len(events) > 1:
        yield f"{' and '.join(name for name, _ in events)}: happened at one instant"
        return
    [(name, digest)] = events
    if digest != rows_digest(written.values(), closed):
        found = [*(f"{row} written" for row in written), *(f"{row} superseded" for row in closed)]
        yield (
            f"{name}: its rows are not those it recorded; found: "
            f"{', '.join(_first(found)) or 'none'}"
        )


def _event_entries(review: Review) -> Iterator[Entry]:
    events = stored.readable(AuditEvent.objects.filter(review=review)).order_by("at", "position")
    for event in events.iterator(chunk_size=CHUNK):
        yield event.at, EVENT, named(event), event.rows_digest


def _written(model: type[AppendOnly], review: Review) -> Iterator[Entry]:
    """Yield the rows of a model in order of time.

    The uids of the rows that they point to are read by key, a chunk at a time. A join of five
    tables that nobody has counted yet makes PostgreSQL go through each for every row.
    """
    relations = [field for field in model._meta.concrete_fields if field.is_relation]
    rows = stored.readable(model._base_manager.filter(review=review)).order_by("recorded_at")
    remaining = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(remaining, CHUNK)):
        uids = {field.name: _uids(field, chunk) for field in relations}

        def uid_of(row: AppendOnly, field: Any, uids: Any = uids) -> UUID:
            # A key that leads nowhere, or to a row that cannot be read, is named for itself.
            uid: UUID = uids[field.name].get(getattr(row, field.attname), NOWHERE)
            return uid

        for row in chunk:
            yield row.recorded_at, WRITTEN, row_name(row), row_digest(row, uid_of)


def _uids(field: Any, rows: list[AppendOnly]) -> dict[int, UUID]:
    keys = {getattr(row, field.attname) for row in rows} - {None}
    found = field.related_model._base_manager.filter(pk__in=keys)
    return dict(stored.readable(found, "id", "uid").values_list("pk", "uid"))


def _closed(model: type[Versioned], review: Review) -> Iterator[Entry]:
    ended = model._base_manager.filter(review=review, superseded_at__isnull=False)
    ended = stored.readable(ended, "uid", "superseded_at")
    rows: models.QuerySet[Any, Any] = ended.order_by("superseded_at").values_list(
        "superseded_at", "uid"
    )
    for at, uid in rows.iterator(chunk_size=CHUNK):
        yield at, CLOSED, f"{model._meta.label_lower}:{uid}", ""


def _first(names: Iterable[str]) -> list[str]:
    """Return the first few names, and how many more there are."""
    remaining = iter(names)
    shown = list(islice(remaining, NAMED))
    more = sum(1 for _ in remaining)
    return [*shown, f"{more} more"] if more else shown
