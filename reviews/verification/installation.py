"""The chain of the installation, and the accounts and reviews that it names."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from accounts.models import User
from reviews import stored
from reviews.audit import rows_digest
from reviews.models import AuditEvent, InstallationChain, Review
from reviews.verification.chains import Chain, events_of, facts_of, follow, named, of_its_end
from reviews.verification.rows import models_of_a_review

SOUND = "ok"


def problems(chain: Chain) -> Iterator[str]:
    """Name what is wrong with the installation, and count its events in ``chain``."""
    accounts: dict[str, str] = {}
    reviews: dict[str, str] = {}
    for event in events_of(None):
        follow(chain, event)
        if event.rows_digest != rows_digest([], []):
            chain.problems.append(f"{named(event)}: claims rows, and this chain has none")
        facts = facts_of(event)
        if "seal" in facts:
            accounts[str(facts.get("account"))] = str(facts["seal"])
        elif event.verb == "reviews.review_made":
            reviews[str(facts.get("review"))] = str(facts.get("slug"))
    yield from chain.problems
    heads = stored.readable(InstallationChain.objects.order_by("pk"))
    yield from of_its_end(chain, heads.filter(pk=1).first() or InstallationChain())
    for other in heads.exclude(pk=1):
        yield f"reviews.installationchain, row {other.pk}: there is one head, and this is another"
    yield from _of_accounts(accounts)
    yield from _of_reviews(reviews)
    yield from _unreadable()
    yield from _of_the_file()


def _of_accounts(sealed: dict[str, str]) -> Iterator[str]:
    for user in stored.readable(User.objects.order_by("pk")).iterator():
        seal = sealed.pop(str(user.uid), None)
        if seal is None:
            yield f"accounts.user:{user.uid}: no event made this account"
        elif seal != user.seal():
            yield (
                f"accounts.user:{user.uid}: its address, name, standing or mark is not what its "
                "last event sealed"
            )
    for uid in sealed:
        yield f"accounts.user:{uid}: the events name this account, which is not in the table"


def _of_reviews(made: dict[str, str]) -> Iterator[str]:
    rows = stored.readable(Review.objects.order_by("pk"), "uid", "slug")
    for uid, slug in rows.values_list("uid", "slug"):
        address = made.pop(str(uid), None)
        if address is None:
            yield f"reviews.review:{uid}: no event of the installation made this review"
        elif address != slug:
            yield f"reviews.review:{uid}: was made at the address {address}, not {slug}"
    for uid, slug in made.items():
        yield f"reviews.review:{uid}: the review {slug} was made, and is not in the table"


def _unreadable() -> Iterator[str]:
    """Name what is written otherwise in tables of the installation, and rows of no review."""
    tables: list[Any] = [
        User.objects.all(),
        Review.objects.all(),
        InstallationChain.objects.all(),
        AuditEvent.objects.filter(review=None),
    ]
    for rows in tables:
        yield from stored.unreadable(rows)
    for model in models_of_a_review():
        yield from stored.dangling(model._base_manager.all(), model._meta.get_field("review"))


def _of_the_file() -> Iterator[str]:
    """Let SQLite examine its file: an index that lacks a row keeps it out of sight."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        for (found,) in cursor.fetchall():
            if found != SOUND:
                yield f"database file: {found}"
