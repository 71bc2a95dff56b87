"""``verify`` names what does not agree within the records of a review."""

import pytest

from records.models import BatchState
from reviews import guards
from reviews.verification import verify_review
from tests.factories import make_batch, make_lead

pytestmark = pytest.mark.django_db


def test_a_ledger_that_counts_other_records_than_are_there_is_named():
    lead = make_lead()
    make_batch(lead, ["The only one"])
    with guards.suspended():
        BatchState.objects.current().update(imported=3, found=3)

    assert any(
        "3 records are counted, and 1 are there" in problem
        for problem in verify_review(lead.review).problems
    )
