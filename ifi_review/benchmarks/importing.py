"""How long files take to become rows, next to bare inserts of the same rows; and duplicates."""

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from ifi_review.benchmarks.measure import measured
from records.importers import ParsedRecord, open_file
from records.models import BatchState, ImportBatch, Record, Source
from records.services import add_source, find_duplicates, import_file, receive_file
from records.services.staging import COPIED, raw_sha256
from reviews import audit
from reviews.models import Membership, Review
from reviews.services import create_review

SLICE = 10_000
SOURCE = "Made-up database"


def lead_of(slug: str) -> Membership:
    """Return the lead of the review of this name, made when it is new."""
    address = "bench@example.org"
    user = User.objects.named(address).first() or User.objects.create_user(email=address)
    if not Review.objects.filter(slug=slug).exists():
        create_review(lead=user, slug=slug, title=f"Benchmark {slug}")
    members = Membership.objects.select_related("review", "user")
    return members.get(review__slug=slug, user=user)


def source_of(lead: Membership) -> Source:
    """Return the one source of the lead's review."""
    known = Source.objects.filter(review=lead.review, name=SOURCE).first()
    return known or add_source(lead=lead, name=SOURCE)


def run_import(*, review: str, path: str) -> dict[str, Any]:
    """Import a file as the command does, and say what it took and what its ledger says."""
    lead = lead_of(review)
    source = source_of(lead)
    with Path(path).open("rb") as stream, measured() as took:
        batch = import_file(lead=lead, source=source, file_name="made-up.ris", stream=stream)
    state = BatchState.objects.current().get(batch=batch)
    ledger = {name: getattr(state, name) for name in ("found", "imported", "repeated", "rejected")}
    return {**ledger, "standing": state.standing, **took.as_json()}


def run_bare(*, review: str, path: str) -> dict[str, Any]:
    """Insert the same rows with ``bulk_create`` alone: no reading, no ledger, no event.

    The rows are built beforehand and not counted; so many at a time that they find room.
    """
    lead = lead_of(review)
    with Path(path).open("rb") as stream:
        batch = receive_file(
            lead=lead, source=source_of(lead), file_name="made-up.ris", stream=stream
        )
        rows = _rows(batch, stream)
        number, building = 0, _Building()
        with measured() as took, transaction.atomic():
            while made := building.of(rows):
                Record.objects.bulk_create(made, batch_size=audit.BATCH)
                number += len(made)
    took.seconds -= building.seconds
    took.cpu_seconds -= building.cpu_seconds
    return {"rows": number, **took.as_json()}


class _Building:
    """Takes rows from where they are made, and counts the time this needs."""

    def __init__(self) -> None:
        self.seconds = self.cpu_seconds = 0.0

    def of(self, rows: Iterator[Record]) -> list[Record]:
        """Return the next slice of the rows."""
        wall, processor = time.perf_counter(), time.process_time()
        made = list(islice(rows, SLICE))
        self.seconds += time.perf_counter() - wall
        self.cpu_seconds += time.process_time() - processor
        return made


def run_duplicates(*, review: str) -> dict[str, Any]:
    """Look for duplicates in a review, and say what it took and what was found."""
    lead = lead_of(review)
    with measured() as took:
        totals = find_duplicates(lead=lead)
    return {**totals, **took.as_json()}


def _rows(batch: ImportBatch, stream: Any) -> Iterator[Record]:
    now = timezone.now()
    parsed = (item for item in open_file(stream) if isinstance(item, ParsedRecord))
    for number, record in enumerate(parsed, start=1):
        yield Record(
            review=batch.review,
            recorded_at=now,
            batch=batch,
            number=number,
            raw_sha256=raw_sha256(record),
            authors="\n".join(record.authors),
            keywords="\n".join(record.keywords),
            notices="\n".join(record.notices),
            **{name: getattr(record, name) for name in COPIED},
        )
