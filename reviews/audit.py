"""The one writer of audit events, and of every row that must have one.

A change is an *act*: ``begin`` locks the review row and fixes the instant, the act writes its
versioned rows with that instant, and ``log`` appends the one event that carries their digest. The
events of a review form a hash chain, so a row that was added, changed or removed behind the
product's back disagrees with its event, and an event that was touched breaks the chain.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from accounts.models import User
from reviews.choices import Channel
from reviews.models import AuditEvent, InstallationChain, Membership, Review
from reviews.versions import AppendOnly, Versioned

BATCH = 1000
ANALYSED_FROM = 500
SAMPLED = 1000
Row = TypeVar("Row", bound=AppendOnly)
VersionedRow = TypeVar("VersionedRow", bound=Versioned)


class StaleRow(Exception):
    """A row to be superseded was superseded already: the caller judged it without its lock."""


class Act:
    """One change of a review between ``begin`` and ``log``, inside one transaction."""

    def __init__(
        self, *, review: Review, actor: Membership | None, channel: str, at: datetime
    ) -> None:
        self.review = review
        self.actor = actor
        self.channel = channel
        self.at = at
        self._written: list[str] = []
        self._closed: list[str] = []

    def insert(self, row: Row) -> Row:
        """Write one row with the act's instant.

        Raises:
            ValidationError: a field or a check constraint does not take what it says.
        """
        self._stamp(row)
        _clean(row)
        try:
            row.save(force_insert=True)
        except IntegrityError as refusal:
            raise _in_words(row, refusal) from refusal
        self._written.append(row_digest(row, _related_uid))
        return row

    def bulk_insert(self, rows: Sequence[Row], *, counted: bool = True) -> list[Row]:
        """Write many rows of one model, which the caller has checked.

        ``counted=False`` leaves the count of the table to the last of several such acts.
        """
        for row in rows:
            self._stamp(row)
        if rows:
            type(rows[0])._default_manager.bulk_create(rows, batch_size=BATCH)
        if counted and len(rows) >= ANALYSED_FROM:
            count_anew(type(rows[0]))
        self._written.extend(row_digest(row, _related_uid) for row in rows)
        return list(rows)

    def supersede(self, *rows: Versioned) -> None:
        """End the validity of current rows at the act's instant.

        Raises:
            StaleRow: one of them is no longer current.
        """
        for model, group in _by_model(rows).items():
            for start in range(0, len(group), BATCH):
                keys = [row.pk for row in group[start : start + BATCH]]
                current = model._default_manager.filter(pk__in=keys, superseded_at__isnull=True)
                if current.update(superseded_at=self.at) != len(keys):
                    raise StaleRow(f"{model.__name__} was changed meanwhile")
        for row in rows:
            row.superseded_at = self.at
            self._closed.append(row_name(row))

    def replace(self, old: VersionedRow | None, new: VersionedRow) -> VersionedRow:
        """Supersede ``old``, where there is one, and write ``new`` in its place."""
        if old is not None:
            self.supersede(old)
        return self.insert(new)

    def log(self, verb: str, *, subject: models.Model | None = None, **facts: Any) -> AuditEvent:
        """Append the event of this act and move the head of the chain."""
        event = AuditEvent(
            review=self.review,
            position=self.review.chain_length + 1,
            at=self.at,
            actor=self.actor,
            user=self.actor.user if self.actor else None,
            channel=self.channel,
            verb=verb,
            subject=row_name(subject) if subject is not None else "",
            facts=canonical(facts),
            rows_digest=rows_digest(self._written, self._closed),
            previous_hash=self.review.chain_head,
        )
        event.hash = event_hash(event)
        event.save(force_insert=True)
        self.review.chain_length = event.position
        self.review.chain_head = event.hash
        self.review.last_event_at = self.at
        self.review.save(update_fields=["chain_length", "chain_head", "last_event_at"])
        self._written, self._closed = [], []
        return event

    def _stamp(self, row: AppendOnly) -> None:
        row.review = self.review
        row.recorded_at = self.at


def count_anew(*models_: type[models.Model]) -> None:
    """Let the database count tables at once that have grown much.

    PostgreSQL would do so by itself within a minute, SQLite never; until then they plan as if
    there were no rows.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA analysis_limit={SAMPLED}")
        for model in models_:
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')


def begin(*, review: Review, channel: str = Channel.SYSTEM) -> Act:
    """Lock the review, fix the instant and return an act of the system, which nobody did.

    Called inside the service's transaction, after the judged rows were locked. The instant is
    later than every earlier one of the review, so order in time is order in the chain. What a
    member does begins with ``begin_as``, what a job goes on with for one with ``begin_job``.
    """
    return _begun(review.pk, None, channel)


def begin_as(*, member: Membership, capability: str) -> Act:
    """Begin a member's act that needs ``capability``, judged under the review's lock.

    The door judged the right when the request came in; it may have been lost since. The member
    has the role of this moment from now on.

    Raises:
        ValidationError: the member was removed or lost the capability (code ``right_lost``).
    """
    act = _begun(member.review_id, member, member.channel)
    if not _still_may(member, capability):
        raise ValidationError(
            "Your part in this review has changed, so this was not done. Ask the lead.",
            code="right_lost",
        )
    return act


def begin_job(*, member: Membership, capability: str) -> Act:
    """Begin an act that a job goes on with after a member began it, who needed ``capability``.

    What was begun with a right is brought to its end; once the right is lost it is the system
    that does so, and the chain never names a member after they were removed.
    """
    act = _begun(member.review_id, member, member.channel)
    if not _still_may(member, capability):
        act.actor, act.channel = None, Channel.SYSTEM
    return act


def _begun(review: int, actor: Membership | None, channel: str) -> Act:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an act needs the service's transaction")
    locked = Review.objects.select_for_update(no_key=True).get(pk=review)
    at = _next_instant(locked.last_event_at)
    return Act(review=locked, actor=actor, channel=channel, at=at)


def _still_may(member: Membership, capability: str) -> bool:
    now = Membership.objects.active().filter(pk=member.pk).first()
    if now is None:
        return False
    member.role = now.role
    return now.can(capability)


def log_installation(
    verb: str, *, user: User | None, channel: str = Channel.WEB, **facts: Any
) -> AuditEvent:
    """Append an event that belongs to no review: accounts, guards, restores."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an act needs the service's transaction")
    InstallationChain.objects.get_or_create(pk=1)
    chain = InstallationChain.objects.select_for_update(no_key=True).get(pk=1)
    event = AuditEvent(
        review=None,
        position=chain.chain_length + 1,
        at=_next_instant(chain.last_event_at),
        user=user,
        channel=channel,
        verb=verb,
        facts=canonical(facts),
        rows_digest=rows_digest([], []),
        previous_hash=chain.chain_head,
    )
    event.hash = event_hash(event)
    event.save(force_insert=True)
    chain.chain_length, chain.chain_head, chain.last_event_at = event.position, event.hash, event.at
    chain.save()
    return event


def canonical(facts: Any) -> str:
    """Return the one JSON text of ``facts``: ASCII, sorted keys, no spaces, no NaN."""
    return json.dumps(
        facts,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
        allow_nan=False,
        default=_text,
    )


def event_hash(event: AuditEvent) -> str:
    """Return the SHA-256 that an event must carry, over its content and the hash before it."""
    content = {
        "review": event.review.uid if event.review else None,
        "uid": event.uid,
        "position": event.position,
        "at": event.at,
        "actor": event.actor.uid if event.actor else None,
        "user": event.user.uid if event.user else None,
        "channel": event.channel,
        "verb": event.verb,
        "subject": event.subject,
        "facts": event.facts,
        "rows": event.rows_digest,
        "previous": event.previous_hash,
    }
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def rows_digest(written: Iterable[str], closed: Iterable[str]) -> str:
    """Return the digest of the rows an act wrote and the rows whose validity it ended."""
    return hashlib.sha256(
        canonical({"written": sorted(written), "closed": sorted(closed)}).encode()
    ).hexdigest()


def row_digest(row: AppendOnly, related_uid: Callable[[Any, Any], UUID]) -> str:
    """Return the digest of what a row says: all but its key and the end of its validity.

    What is empty (nothing, no text, no) is left out, so that a column added later, empty in the
    rows that are there, leaves their digests as they were.

    ``related_uid(row, field)`` returns the uid of the row a foreign key points to, so that the
    digest survives a move to another database.
    """
    content: dict[str, Any] = {}
    for field, name, attname, is_text in _digested(type(row)):
        value = getattr(row, attname)
        if field.is_relation:
            value = related_uid(row, field) if value is not None else None
        elif not (is_text and type(value) is str):
            # A row built in Python may hold "7" or 1 where the database gives back 7 or True.
            value = field.to_python(value)
        if value is not None and value is not False and value != "":
            content[name] = value
    return hashlib.sha256(canonical([row._meta.label_lower, content]).encode()).hexdigest()


@cache
def _digested(model: type[models.Model]) -> tuple[tuple[Any, str, str, bool], ...]:
    """Return the fields a digest covers, once for each model: imports ask for 100,000 rows."""
    return tuple(
        (field, field.name, field.attname, isinstance(field, models.CharField | models.TextField))
        for field in model._meta.concrete_fields
        if not field.primary_key and field.name != "superseded_at"
    )


def row_name(row: models.Model) -> str:
    """Return the stable name of a row: its model and uid."""
    return f"{row._meta.label_lower}:{row.uid}"  # type: ignore[attr-defined]


def _clean(row: AppendOnly) -> None:
    """Raise a ``ValidationError`` where a field does not take what the row says.

    Foreign keys are left to the database: looking each one up would cost a query.
    """
    row.clean_fields(exclude=[f.name for f in row._meta.concrete_fields if f.is_relation])
    row.clean()


def _in_words(row: AppendOnly, refusal: IntegrityError) -> Exception:
    """Return what a check constraint says to a person, where one of the row's refused it."""
    for constraint in row._meta.constraints:
        if isinstance(constraint, models.CheckConstraint) and constraint.name in str(refusal):
            return ValidationError(
                constraint.get_violation_error_message(), code=constraint.violation_error_code
            )
    return refusal


def _related_uid(row: AppendOnly, field: Any) -> UUID:
    return getattr(row, field.name).uid


def _by_model(rows: Iterable[Versioned]) -> dict[type[Versioned], list[Versioned]]:
    groups: dict[type[Versioned], list[Versioned]] = {}
    for row in rows:
        groups.setdefault(type(row), []).append(row)
    return groups


def _next_instant(last: datetime | None) -> datetime:
    now = timezone.now()
    return now if last is None else max(now, last + timedelta(microseconds=1))


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, UUID | date):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical text")
