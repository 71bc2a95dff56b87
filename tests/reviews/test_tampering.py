"""Everything that can be done to the database behind the product's back, done and then named."""

from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from records import indexed_words
from records.models import ImportBatch, Record, RecordText
from reviews.models import AuditEvent, InstallationChain, Invitation, Membership, Review
from reviews.verification import verify_installation, verify_review
from tests.factories import make_lead
from tests.reviews.tampering import (
    Tampering,
    append_only_models,
    columns,
    nothing_refused,
    rows_of,
    tamper_with,
)
from tests.world import make_world

pytestmark = pytest.mark.django_db

# Columns of the product's own tables that nothing proves, and why.
NOT_PROVEN = {
    "accounts.User": {
        "password": "Django hashes it anew at sign-in; who set one is an event",
        "last_login": "says when somebody signed in, and nothing follows from it",
        "theme": "a preference",
        "time_zone": "a preference",
        "shortcuts": "a preference",
        "key_map": "a preference",
    },
}
# Tables that nothing proves, and why.
NOT_COVERED = {
    "accounts_user_groups": "the product asks no permission of Django's",
    "accounts_user_user_permissions": "the product asks no permission of Django's",
    "auth_group": "the product asks no permission of Django's",
    "auth_group_permissions": "the product asks no permission of Django's",
    "auth_permission": "the product asks no permission of Django's",
    "account_emailaddress": "of the log-in library: which addresses were verified",
    "account_emailconfirmation": "of the log-in library: links that were mailed",
    "mfa_authenticator": "of the log-in library: second factors; turning one on or off is an event",
    "django_content_type": "Django's list of models",
    "django_migrations": "Django's list of migrations",
    "django_session": "who is signed in just now",
    "django_tasks_database_dbtaskresult": "jobs",
    "jobs_workerbeat": "the worker's signs of life",
    "jobs_cacheentry": "a cache",
}
HAS_NO_COLUMNS = 4


def problems_of_all() -> list[str]:
    reviews = Review.objects.order_by("pk")
    found = [problem for review in reviews for problem in verify_review(review, most=None).problems]
    return [*found, *verify_installation(most=None).problems, *indexed_words.strangers()]


def clean() -> Review:
    """Return a review that has rows of every kind and is proven."""
    review = make_world().lead.review
    assert problems_of_all() == []
    return review


def unnamed(done: list[Tampering]) -> list[str]:
    found = problems_of_all()
    return [tampering.what for tampering in done if not tampering.is_named(found)]


@pytest.mark.catalogue("F21")
def test_every_column_changed_and_every_row_removed_inserted_or_exchanged_is_named():
    review = make_world().lead.review
    make_lead()
    rows = {model: wanted_rows(review, model) for model in append_only_models()}
    assert problems_of_all() == []
    done: list[Tampering] = []

    with nothing_refused():
        for model, made in rows.items():
            done += tamper_with(review, model, made)

    assert len(done) > 400
    assert unnamed(done) == []


def wanted_rows(review: Review, model: Any) -> list[tuple[Any, int]]:
    """Write as many rows of a model as there are things to be done to them."""
    number = len(columns(model)) + HAS_NO_COLUMNS
    if model is not Record:
        return rows_of(review, model, number)
    # A record beyond what the ledger of its import counts would be named for that.
    [(batch, _)] = rows_of(review, ImportBatch, 1)
    return rows_of(review, model, number, batch=batch)


def test_every_table_is_proven_or_stands_on_the_list():
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    proven = {model._meta.db_table for model in append_only_models()}
    proven |= {
        model._meta.db_table
        for model in (AuditEvent, InstallationChain, Invitation, Membership, Review, User)
    }
    index = RecordText._meta.db_table
    own = {table for table in tables if table == index or table.startswith(f"{index}_")}

    assert tables - own - proven == set(NOT_COVERED)
    assert own
