"""Which instant a report is read at."""

import re
from datetime import UTC, date, datetime, time

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date, parse_datetime

from reporting.definitions import Snapshot
from reviews.models import AuditEvent, Review

# A plus sign that nobody escaped reaches us as a space.
_LOST_PLUS = re.compile(r"(T[0-9:.]+) ([0-9]{2}:?[0-9]{2})$")


def read_instant(text: str) -> datetime:
    """Read an ISO date or date and time; without a zone it is UTC, a date alone ends with its day.

    Raises:
        ValidationError: the text is neither (code ``not_an_instant``).
    """
    cleaned = _LOST_PLUS.sub(r"\1+\2", text.strip())
    try:
        day = parse_date(cleaned)
        instant = _end_of(day) if day else parse_datetime(cleaned)
        if instant is not None:
            return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        pass
    raise ValidationError(
        "Give a date or a time in ISO form, for example 2026-05-01 or 2026-05-01T12:00:00Z.",
        code="not_an_instant",
    )


def take_snapshot(review: Review, as_of: datetime | None = None) -> Snapshot:
    """Return the review as it stood after its last event, or its last event at or before ``as_of``.

    Two queries.

    Raises:
        ValidationError: the review did not exist then (code ``before_the_review``).
    """
    events = AuditEvent.objects.filter(review=review).order_by("-position")
    event = (events if as_of is None else events.filter(at__lte=as_of)).first()
    if event is None:
        raise ValidationError(
            "The review did not exist at that time. Choose a later one.", code="before_the_review"
        )
    return Snapshot(
        review=review,
        instant=event.at,
        settings=review.settings_versions.as_of(event.at).get(),
        position=event.position,
        chain_head=event.hash,
    )


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, tzinfo=UTC)
