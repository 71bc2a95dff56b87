"""Which instant a report is read at."""

import re
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet, Subquery
from django.utils.dateparse import parse_date, parse_datetime

from extraction import work as extraction
from records import activity as records
from reporting import activity as reporting
from reporting.definitions import Snapshot
from reviews import activity as reviews
from reviews.models import AuditEvent, Membership, Review
from reviews.roles import Capability
from screening import activity as screening
from screening.models import Release

# The acts after which reports may print something else, package by package. Whatever is not here
# dates no report: the time of it would tell who reads results when a colleague works.
LET_IN = (
    reviews.REPORTED
    | records.REPORTED
    | screening.REPORTED
    | extraction.REPORTED
    | reporting.REPORTED
)
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
            # In its zone a time at the very end of the calendar may be none in any other.
            return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValidationError(
        "Give a date or a time in ISO form, for example 2026-05-01 or 2026-05-01T12:00:00Z.",
        code="not_an_instant",
    )


def take_snapshot(
    review: Review, as_of: datetime | None = None, reader: Membership | None = None
) -> Snapshot:
    """Return the review as it stood after the last act that reports may print something else for.

    That is the last of its events that is let in, or the last at or before ``as_of``. Acts that
    came later change nothing that a report prints: what people do before release, labels, views,
    members. Three queries, which read as much however many of those there are.

    Every member reads the same; ``reader`` is asked for those who settle conflicts alone, who see
    which votes came late.

    Raises:
        ValidationError: the review did not exist then (code ``before_the_review``).
    """
    instant = _last_let_in(review, as_of)
    if instant is None:
        raise ValidationError(
            "The review did not exist at that time. Choose a later one.", code="before_the_review"
        )
    event = AuditEvent.objects.get(review=review, at=instant)
    return Snapshot(
        review=review,
        instant=event.at,
        settings=review.settings_versions.as_of(event.at).get(),
        event_hash=event.hash,
        sees_late=reader is not None and reader.can(Capability.ADJUDICATE),
    )


def _last_let_in(review: Review, as_of: datetime | None) -> datetime | None:
    """Return the instant of the last act that is let in.

    Each verb is looked up at the end of its own part of the index, so that nothing else is read.
    Whatever releases something by itself, as a vote may by the review's rule, or settles anew
    what is released, writes a release.
    """
    events = AuditEvent.objects.filter(review=review)
    releases = Release.objects.filter(review=review)
    if as_of is not None:
        events, releases = events.filter(at__lte=as_of), releases.as_of(as_of)
    ends = [_end(events.filter(verb=verb), "at") for verb in sorted(LET_IN)]
    ends.append(_end(releases, "recorded_at"))
    found = Review.objects.filter(pk=review.pk).values_list(*ends).get()
    return max((instant for instant in found if instant is not None), default=None)


def _end(rows: QuerySet[Any], instant: str) -> Subquery:
    """Return the expression of the last instant of the rows; null without one."""
    return Subquery(rows.order_by(f"-{instant}").values(instant)[:1])


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, tzinfo=UTC)
