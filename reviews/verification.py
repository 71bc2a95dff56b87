"""Proof that what stands in the database is what the product wrote there.

For each review: its chain of events has no gap, each event follows from the one before and its
hash from its content, and the review names its last; every row and every end of a row's validity
belongs to the event of its instant, whose digest it gives; and what is kept twice agrees. All of
it is read in one moment, streamed in order of time, with the rows of one act in memory.

Higher packages hand over the checks of their own caches when the application starts, as with
``reviews.work``.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import models

from reviews import guards
from reviews.audit import event_hash, row_digest, row_name, rows_digest
from reviews.consistency import one_moment
from reviews.models import AuditEvent, InstallationChain, Review, ReviewSettings
from reviews.versions import AppendOnly, Versioned

CHUNK = 1000
NAMED = 5
MOST_PROBLEMS = 100
MEMBER_VERBS = {
    "reviews.review_created",
    "reviews.member_added",
    "reviews.role_changed",
    "reviews.member_removed",
}

Check = Callable[[Review], Iterable[str]]
_checks: list[Check] = []

# One row or event in the stream of a review: its instant, what it is, its name, and its digest.
Entry = tuple[datetime, str, str, str]
EVENT, WRITTEN, CLOSED = "event", "written", "closed"


@dataclass(kw_only=True)
class Chain:
    """What was found of one chain of events."""

    events: int = 0
    head: str = ""
    last_at: datetime | None = None
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What was found of one review; no problem means proven."""

    review: str
    events: int
    head: str
    rows: int
    problems: list[str]


def register_check(check: Check) -> None:
    """Add a check that names, in a sentence each, what does not agree within a review."""
    if check not in _checks:
        _checks.append(check)


def verify_review(review: Review, *, expected_head: str = "") -> Findings:
    """Prove one review, or name what is wrong with it.

    ``expected_head`` is a head that was printed in an export: the chain must have passed it.
    """
    with one_moment():
        review = Review.objects.get(pk=review.pk)
        members: dict[str, str] = {}
        heads: set[str] = set()
        chain = Chain()
        for event in _events(review):
            _follow(chain, event)
            _remember_member(members, event)
            if event.hash == expected_head:
                heads.add(event.hash)
        _compare_head(chain, review)
        if expected_head and expected_head not in heads:
            chain.problems.append(f"chain: it never had the expected head {expected_head}")
        rows, row_problems = _verify_rows(review)
        problems = [
            *chain.problems,
            *row_problems,
            *_verify_members(review, members),
            *_verify_title(review),
            *(problem for check in _checks for problem in check(review)),
        ]
    if len(problems) > MOST_PROBLEMS:
        more = len(problems) - MOST_PROBLEMS
        problems = [*problems[:MOST_PROBLEMS], f"and {more} more problems"]
    return Findings(
        review=review.slug, events=chain.events, head=chain.head, rows=rows, problems=problems
    )


def verify_installation() -> Chain:
    """Prove the chain of the events that belong to no review."""
    with one_moment():
        chain = Chain()
        for event in _events(None):
            _follow(chain, event)
            if event.rows_digest != rows_digest([], []):
                chain.problems.append(f"{_named(event)}: claims rows, and this chain has none")
        stored = InstallationChain.objects.filter(pk=1).first() or InstallationChain()
        _compare_head(chain, stored)
    return chain


def verify_guards() -> list[str]:
    """Return the names of the guards that are missing."""
    return guards.missing_guards()


def _events(review: Review | None) -> Iterator[AuditEvent]:
    events = AuditEvent.objects.filter(review=review).select_related("review", "actor", "user")
    return events.order_by("position").iterator(chunk_size=CHUNK)


def _follow(chain: Chain, event: AuditEvent) -> None:
    """Check that ``event`` is what comes next, and step on to it."""
    expected = chain.events + 1
    if event.position > expected:
        gap = _span(expected, event.position - 1)
        chain.problems.append(f"chain: {gap} missing")
    elif event.previous_hash != chain.head:
        chain.problems.append(f"{_named(event)}: does not follow the event before it")
    if event.hash != event_hash(event):
        chain.problems.append(f"{_named(event)}: its content is not what its hash was made of")
    if chain.last_at is not None and event.at <= chain.last_at:
        chain.problems.append(f"{_named(event)}: is not later than the event before it")
    chain.events, chain.head, chain.last_at = event.position, event.hash, event.at


def _compare_head(chain: Chain, stored: Review | InstallationChain) -> None:
    if stored.chain_length > chain.events:
        gap = _span(chain.events + 1, stored.chain_length)
        chain.problems.append(f"chain: {gap} missing at its end")
    elif stored.chain_length < chain.events:
        chain.problems.append(
            f"chain: it has {chain.events} events, and {stored.chain_length} are counted"
        )
    elif stored.chain_head != chain.head:
        chain.problems.append("chain: its head is not the one that is stored")
    elif stored.last_event_at != chain.last_at:
        chain.problems.append("chain: the instant of its head is not the one that is stored")


def _verify_rows(review: Review) -> tuple[int, list[str]]:
    """Compare the rows of each instant with the event of that instant."""
    models_ = [model for model in guards.guarded_models() if issubclass(model, AppendOnly)]
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
    events = AuditEvent.objects.filter(review=review).order_by("at", "position")
    for event in events.iterator(chunk_size=CHUNK):
        yield event.at, EVENT, _named(event), event.rows_digest


def _written(model: type[AppendOnly], review: Review) -> Iterator[Entry]:
    """Yield the rows of a model in order of time.

    The uids of the rows that they point to are read by key, a chunk at a time. A join of five
    tables that nobody has counted yet makes PostgreSQL go through each for every row.
    """
    relations = [field for field in model._meta.concrete_fields if field.is_relation]
    rows = model._base_manager.filter(review=review).order_by("recorded_at")
    remaining = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(remaining, CHUNK)):
        uids = {field.name: _uids(field, chunk) for field in relations}

        def uid_of(row: AppendOnly, field: Any, uids: Any = uids) -> UUID:
            uid: UUID = uids[field.name][getattr(row, field.attname)]
            return uid

        for row in chunk:
            yield row.recorded_at, WRITTEN, row_name(row), row_digest(row, uid_of)


def _uids(field: Any, rows: list[AppendOnly]) -> dict[int, UUID]:
    keys = {getattr(row, field.attname) for row in rows} - {None}
    return dict(field.related_model._base_manager.filter(pk__in=keys).values_list("pk", "uid"))


def _closed(model: type[Versioned], review: Review) -> Iterator[Entry]:
    ended = model._base_manager.filter(review=review, superseded_at__isnull=False)
    rows: models.QuerySet[Any, Any] = ended.order_by("superseded_at").values_list(
        "superseded_at", "uid"
    )
    for at, uid in rows.iterator(chunk_size=CHUNK):
        yield at, CLOSED, f"{model._meta.label_lower}:{uid}", ""


def _remember_member(members: dict[str, str], event: AuditEvent) -> None:
    """Keep the role that the events give each member; empty once removed."""
    if event.verb not in MEMBER_VERBS:
        return
    try:
        facts: dict[str, Any] = event.facts_read()
    except json.JSONDecodeError:
        # The event was tampered with, and is named for it.
        return
    if "member" in facts:
        members[facts["member"]] = facts.get("role", "")


def _verify_members(review: Review, members: dict[str, str]) -> Iterator[str]:
    for member in review.memberships.order_by("pk"):
        role = members.pop(str(member.uid), None)
        now = "" if member.removed_at else member.role
        if role is None:
            yield f"{row_name(member)}: no event made this person a member"
        elif role != now:
            yield (
                f"{row_name(member)}: is {now or 'removed'} in the table of members and "
                f"{role or 'removed'} by the events"
            )
    for uid in members:
        yield f"reviews.membership:{uid}: the events name this member, who is not in the table"


def _verify_title(review: Review) -> Iterator[str]:
    current = ReviewSettings.objects.current().filter(review=review).first()
    if current is None:
        yield f"{row_name(review)}: has no settings in force"
    elif current.title != review.title:
        yield f"{row_name(review)}: its title is not that of its settings"


def _named(event: AuditEvent) -> str:
    return f"event {event.position} ({event.verb})"


def _span(first: int, last: int) -> str:
    return f"event {first} is" if first == last else f"events {first} to {last} are"


def _first(names: Iterable[str]) -> list[str]:
    """Return the first few names, and how many more there are."""
    remaining = iter(names)
    shown = list(islice(remaining, NAMED))
    more = sum(1 for _ in remaining)
    return [*shown, f"{more} more"] if more else shown
