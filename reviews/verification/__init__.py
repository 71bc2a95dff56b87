"""Proof that what stands in the database is what the product wrote there.

For each review: its chain of events has no gap, each event follows from the one before and its
hash from its content, and the review names its last; every row and every end of a row's validity
belongs to the event of its instant, whose digest it gives; its members, their accounts and its
invitations are those of the events; and what is kept twice agrees. For the installation: its own
chain, which names every account and every review, and the file of an SQLite database. All of it
is read in one moment, streamed in order of time, with the rows of one act in memory.

What cannot be read is named and left out, never met: see ``reviews.stored``.

Higher packages hand over the checks of their own caches when the application starts, as with
``reviews.work``.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain as joined
from itertools import islice

from django.apps import apps

from reviews import guards, stored, triggers
from reviews.consistency import one_moment
from reviews.models import Review, ReviewSettings
from reviews.verification import installation
from reviews.verification.chains import Chain, events_of, facts_of, follow, of_its_end
from reviews.verification.people import People
from reviews.verification.rows import models_of_a_review, verify_rows

__all__ = [
    "MOST_PROBLEMS",
    "Chain",
    "Findings",
    "register_check",
    "verify_guards",
    "verify_installation",
    "verify_review",
]

MOST_PROBLEMS = 100

Check = Callable[[Review], Iterable[str]]
_checks: list[Check] = []


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


def verify_review(
    review: Review, *, expected_head: str = "", most: int | None = MOST_PROBLEMS
) -> Findings:
    """Prove one review, or name what is wrong with it: at most so many problems, or all.

    ``expected_head`` is a head that was printed in an export: the chain must have passed it.
    """
    with one_moment(), stored.undecoded():
        review = Review.objects.get(pk=review.pk)
        people, passed, made = People(), not expected_head, False
        chain = Chain()
        for event in events_of(review):
            follow(chain, event)
            facts = facts_of(event)
            people.follow(event, facts)
            passed = passed or event.hash == expected_head
            if event.verb == "reviews.review_created":
                made = (facts.get("slug"), event.at) == (review.slug, review.created_at)
        rows, row_problems = verify_rows(review)
        found = joined(
            chain.problems,
            of_its_end(chain, review),
            [] if passed else [f"chain: it never had the expected head {expected_head}"],
            _unreadable(review),
            row_problems,
            people.problems(review),
            _verify_title(review),
            [] if made else [f"{_name(review)}: no event made it at this address and instant"],
            *(check(review) for check in _checks),
        )
        problems = list(islice(found, most))
        more = sum(1 for _ in found)
    return Findings(
        review=review.slug,
        events=chain.events,
        head=chain.head,
        rows=rows,
        problems=[*problems, f"and {more} more problems"] if more else problems,
    )


def verify_installation(*, most: int | None = MOST_PROBLEMS) -> Chain:
    """Prove the chain of the events that belong to no review, and what it says."""
    with one_moment(), stored.undecoded():
        chain = Chain()
        found = installation.problems(chain)
        problems = list(islice(found, most))
        more = sum(1 for _ in found)
    chain.problems = [*problems, f"and {more} more problems"] if more else problems
    return chain


def verify_guards(*, known: Iterable[str] = ()) -> list[str]:
    """Return the names of the guards that are missing, or are not what the product installs.

    Triggers that are neither guards nor ``known`` are named as well.
    """
    tables = {model._meta.db_table for model in apps.get_models()}
    others = triggers.strangers(tables, guards.names() | set(known))
    return [
        *guards.missing_guards(),
        *(f"{name}: is not what the product installs" for name in guards.altered_guards()),
        *(f"{name}: was not installed by the product" for name in others),
    ]


def _unreadable(review: Review) -> Iterator[str]:
    """Name what is not written as the product writes it, and what leads nowhere."""
    for model in models_of_a_review():
        rows = model._base_manager.filter(review=review)
        if not rows.exists():
            continue
        yield from stored.unreadable(rows)
        for field in model._meta.concrete_fields:
            if field.is_relation and field.name != "review":
                yield from stored.dangling(rows, field)


def _verify_title(review: Review) -> Iterator[str]:
    current = stored.readable(ReviewSettings.objects.current().filter(review=review)).first()
    if current is None:
        yield f"{_name(review)}: has no settings in force"
    elif current.title != review.title:
        yield f"{_name(review)}: its title is not that of its settings"


def _name(review: Review) -> str:
    return f"reviews.review:{review.uid}"
