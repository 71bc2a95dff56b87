"""The cast of every test, and what tests with real transactions and browsers need."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, TransactionTestCase
from hypothesis import settings

from reviews import guards
from reviews.models import Membership
from reviews.roles import Role
from tests.factories import make_lead, make_member, make_user

# A busy machine is no reason for a rule to fail; what is too slow is caught by pytest's own limit.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(autouse=True, scope="session")
def _flush_without_guards() -> Iterator[None]:
    """Let tests with real transactions be cleaned up: their flush is a DELETE the guards refuse."""
    flush = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        guards.remove()
        # Ends like a migration, which installs them again.
        flush(self)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = flush  # type: ignore[method-assign]


@pytest.fixture
def lead(db: None) -> Membership:
    """Return the lead of a review of its own."""
    return make_lead()


@pytest.fixture
def reviewer_a(lead: Membership) -> Membership:
    """Return the first reviewer of the lead's review."""
    return make_member(lead, full_name="Reviewer A")


@pytest.fixture
def reviewer_b(lead: Membership) -> Membership:
    """Return the second reviewer of the lead's review."""
    return make_member(lead, full_name="Reviewer B")


@pytest.fixture
def adjudicator(lead: Membership) -> Membership:
    """Return the adjudicator of the lead's review."""
    return make_member(lead, Role.ADJUDICATOR, full_name="Adjudicator")


@pytest.fixture
def observer(lead: Membership) -> Membership:
    """Return an observer of the lead's review."""
    return make_member(lead, Role.OBSERVER, full_name="Observer")


@pytest.fixture
def stranger(db: None) -> Any:
    """Return a person who is a member of nothing."""
    return make_user(full_name="Stranger")


@pytest.fixture
def as_member() -> Any:
    """Return a function that signs a member in and returns the client."""

    def sign_in(member: Membership) -> Client:
        client = Client()
        client.force_login(member.user)
        return client

    return sign_in
