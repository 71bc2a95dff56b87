"""An update of an earlier review: what may be said of that one, and what the totals make of it."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from reporting.reports.prisma import prisma_table
from reporting.snapshot import take_snapshot
from reviews.forms import UPDATE
from reviews.models import Review
from reviews.services import update_settings
from reviews.verification import verify_review
from tests.reporting.factories import make_study

pytestmark = pytest.mark.django_db
EARLIER = {
    "previous_studies": 12,
    "previous_reports": 15,
    "previous_studies_out": 2,
    "previous_reports_out": 3,
    "studies_seen_before": 1,
}


def settings_of(lead):
    return Review.objects.get(pk=lead.review.pk).settings


def printed(lead):
    return {r.key: r.cell("value").text for r in prisma_table(take_snapshot(lead.review)).rows}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"previous_reports": None}, "previous_reports"),
        ({"previous_studies": None}, "previous_studies"),
        ({"previous_studies": None, "previous_reports": None}, "previous_studies_out"),
        ({"previous_reports": 11}, "previous_reports"),
        ({"previous_studies_out": 13}, "previous_studies_out"),
        ({"previous_reports_out": 16}, "previous_reports_out"),
        ({"studies_seen_before": 11}, "studies_seen_before"),
        ({"previous_studies": -1}, "previous_studies"),
        ({"previous_reports": 100_001}, "previous_reports"),
    ],
)
def test_numbers_of_an_earlier_review_that_cannot_be_are_refused_beside_their_field(
    lead, changes, field
):
    before = lead.review.events.count()

    with pytest.raises(ValidationError) as refusal:
        update_settings(lead=lead, changes={**EARLIER, **changes})

    assert field in refusal.value.error_dict
    assert lead.review.events.count() == before


def test_all_that_was_included_before_may_be_out_or_seen_again(lead):
    update_settings(lead=lead, changes={**EARLIER, "studies_seen_before": 10})
    update_settings(
        lead=lead,
        changes={"previous_studies_out": 12, "previous_reports_out": 15, "studies_seen_before": 0},
    )

    assert printed(lead)["total_studies"] == printed(lead)["total_reports"] == "0"
    assert verify_review(lead.review).problems == []


def test_the_page_takes_an_update_and_shows_a_refusal_beside_its_field(lead, as_member):
    client, url = as_member(lead), reverse("reviews:review-settings", args=[lead.review.slug])
    form = client.get(url).context["form"]
    data = {name: value for name in form.fields if (value := form[name].value()) is not None}
    sent = {name: value for name, value in data.items() if value is not False}

    refused = client.post(url, {**sent, "previous_studies": "12"})
    assert list(refused.context["form"].errors) == ["previous_reports"]
    assert not settings_of(lead).is_update

    saved = client.post(url, {**sent, **EARLIER})
    assert saved.status_code == 302
    assert {name: getattr(settings_of(lead), name) for name in UPDATE} == EARLIER
    client.post(url, sent)
    assert not settings_of(lead).is_update


@pytest.mark.catalogue("E10")
def test_the_totals_of_an_update_are_added_up_with_every_adjustment_by_name(lead):
    for _ in range(4):
        make_study(lead)
    assert printed(lead)["total_studies"] == "4"
    assert printed(lead)["previous_studies"] == ""
    update_settings(lead=lead, changes=EARLIER)

    table = prisma_table(take_snapshot(lead.review))

    rows = {row.key: row for row in table.rows}
    # 12 − 2 + 4 − 1 studies, 15 − 3 + 4 reports.
    assert printed(lead)["total_studies"] == "13"
    assert printed(lead)["total_reports"] == "16"
    assert rows["identity_9a_both"].cell("detail").text == (
        "studies in all = earlier + new: 13 = 16 − 2 (now excluded) − 1 (included before already)"
    )
    assert rows["identity_9b_both"].cell("detail").text == (
        "reports in all = earlier + new: 16 = 19 − 3 (now excluded)"
    )
    assert rows["total_studies"].cell("value").formula == "12 − 2 + 4 − 1"


def test_a_study_seen_before_is_taken_off_once_it_is_included(lead):
    update_settings(lead=lead, changes={**EARLIER, "studies_seen_before": 2})
    make_study(lead)

    table = prisma_table(take_snapshot(lead.review))

    assert printed(lead)["total_studies"] == "10"
    assert "Of the 2 studies that the settings name as included before, 1 can be" in table.notes[2]
