"""``verify`` names what does not agree within screening."""

import pytest

from reviews import guards
from reviews.verification import verify_review
from screening.choices import Stage, Standing
from screening.models import Resolution
from screening.services import submit_decision
from tests.factories import make_screening

pytestmark = pytest.mark.django_db


def voted():
    lead, (a, b), [record] = make_screening()
    for member in (a, b):
        submit_decision(
            reviewer=member, record=record, stage=Stage.TITLE_ABSTRACT, verdict="include"
        )
    return lead.review, record


def test_a_review_as_the_services_left_it_is_proved():
    review, _ = voted()

    assert verify_review(review).problems == []


@pytest.mark.catalogue("C25")
@pytest.mark.catalogue("F21")
def test_a_standing_that_the_votes_do_not_make_is_named():
    review, record = voted()
    rows = Resolution.objects.current().filter(record=record)
    with guards.suspended():
        rows.update(verdict=Standing.EXCLUDED)

    [uid] = rows.values_list("uid", flat=True)
    assert any(
        str(uid) in problem and "the votes do not" in problem
        for problem in verify_review(review).problems
    )
