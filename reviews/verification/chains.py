"""One chain of events: each follows from the one before, and the last is the one that is stored."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.models import User
from reviews import stored
from reviews.audit import event_hash
from reviews.models import AuditEvent, InstallationChain, Membership, Review

CHUNK = 1000


@dataclass(kw_only=True)
class Chain:
    """What was found of one chain of events."""

    events: int = 0
    head: str = ""
    last_at: datetime | None = None
    problems: list[str] = field(default_factory=list)


def events_of(review: Review | None) -> Iterator[AuditEvent]:
    """Yield the events that can be read, in order, each with the people it names."""
    members = _named(Membership, Membership.objects.filter(review=review))
    people = {"actor": members, "user": _named(User, User.objects.all())}
    events = stored.readable(AuditEvent.objects.filter(review=review)).order_by("position")
    for event in events.iterator(chunk_size=CHUNK):
        event.review = review
        for name, known in people.items():
            key = getattr(event, f"{name}_id")
            setattr(event, name, known.get(key))
        yield event


def follow(chain: Chain, event: AuditEvent) -> None:
    """Check that ``event`` is what comes next, and step on to it."""
    expected = chain.events + 1
    if event.position > expected:
        gap = _span(expected, event.position - 1)
        chain.problems.append(f"chain: {gap} missing")
    elif event.previous_hash != chain.head:
        chain.problems.append(f"{named(event)}: does not follow the event before it")
    if event.hash != event_hash(event):
        chain.problems.append(f"{named(event)}: its content is not what its hash was made of")
    if chain.last_at is not None and event.at <= chain.last_at:
        chain.problems.append(f"{named(event)}: is not later than the event before it")
    chain.events, chain.head, chain.last_at = event.position, event.hash, event.at


def of_its_end(chain: Chain, kept: Review | InstallationChain) -> Iterator[str]:
    """Compare the last event with the one that is stored as the head."""
    if kept.chain_length > chain.events:
        yield f"chain: {_span(chain.events + 1, kept.chain_length)} missing at its end"
    elif kept.chain_length < chain.events:
        yield f"chain: it has {chain.events} events, and {kept.chain_length} are counted"
    elif kept.chain_head != chain.head:
        yield "chain: its head is not the one that is stored"
    elif kept.last_event_at != chain.last_at:
        yield "chain: the instant of its head is not the one that is stored"


def facts_of(event: AuditEvent) -> dict[str, Any]:
    """Return the facts of an event; none of one that was tampered with, which is named for it."""
    try:
        facts = event.facts_read()
    except (ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


def named(event: AuditEvent) -> str:
    """Return the name of an event within its chain."""
    return f"event {event.position} ({event.verb})"


def _named(model: Any, rows: Any) -> dict[int, Any]:
    """Return rows of which nothing is known but their uid: that is what a hash is made of."""
    pairs = stored.readable(rows, "id", "uid").values_list("pk", "uid")
    return {key: model(pk=key, uid=uid) for key, uid in pairs.iterator()}


def _span(first: int, last: int) -> str:
    return f"event {first} is" if first == last else f"events {first} to {last} are"
