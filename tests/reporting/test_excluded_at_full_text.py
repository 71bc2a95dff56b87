"""Excluded at full text: the reports that the flow diagram counts, each with its reasons."""

import pytest

from reporting.cells import word
from reporting.definitions import Row
from reporting.layouts import joined_cell
from reporting.reports.excluded_at_full_text import JOURNAL
from reviews.services import set_exclusion_reasons
from screening.choices import Stage, Standing, Verdict
from tests.reporting.factories import make_records, release, settle, vote
from tests.reporting.tables import journal_rows_of, rows_of

pytestmark = pytest.mark.django_db


def reasons_of(lead):
    """Give the review three reasons, and return them in its order."""
    wanted = ["Wrong population", "Wrong design", "No outcome"]
    return set_exclusion_reasons(lead=lead, labels=wanted)


def test_a_report_is_excluded_for_the_first_reason_and_the_others_stand_beside_it(
    lead, reviewer_a, reviewer_b
):
    first, second, *_ = reasons_of(lead)
    one, other = make_records(lead, 2)
    settle(lead, [one, other])
    vote(lead, [(reviewer_a, one, Verdict.EXCLUDE)], Stage.FULL_TEXT, reason=second)
    vote(lead, [(reviewer_b, one, Verdict.EXCLUDE)], Stage.FULL_TEXT, reason=first)
    settle(lead, [one], Stage.FULL_TEXT, Standing.EXCLUDED, reason=first)
    settle(lead, [other], Stage.FULL_TEXT, Standing.EXCLUDED, reason=second)

    rows = rows_of(lead, "excluded-at-full-text")

    assert [(row["report"], row["reason"]) for row in rows] == [
        ("Title 1", first.label),
        ("Title 2", second.label),
    ]
    assert [row["other_reasons"] for row in rows] == [second.label, ""]
    assert {row["settled_how"] for row in rows} == {"agreement"}


def test_the_reports_stand_in_the_reviews_order_of_reasons(lead):
    early, *_, late = reasons_of(lead)
    one, other = make_records(lead, 2)
    settle(lead, [one, other])
    settle(lead, [one], Stage.FULL_TEXT, Standing.EXCLUDED, reason=late)
    settle(lead, [other], Stage.FULL_TEXT, Standing.EXCLUDED, reason=early)

    rows = rows_of(lead, "excluded-at-full-text")

    assert [row["record"] for row in rows] == ["2", "1"]


def test_nothing_is_said_before_release(lead):
    reason = reasons_of(lead)[0]
    records = make_records(lead, 1)
    settle(lead, records)
    settle(lead, records, Stage.FULL_TEXT, Standing.EXCLUDED, reason=reason, released=False)

    assert rows_of(lead, "excluded-at-full-text") == []
    release(lead, records, Stage.FULL_TEXT)
    assert len(rows_of(lead, "excluded-at-full-text")) == 1


def test_it_is_the_number_that_the_flow_diagram_counts(lead):
    reason = reasons_of(lead)[0]
    records = make_records(lead, 3)
    settle(lead, records)
    settle(lead, records[:2], Stage.FULL_TEXT, Standing.EXCLUDED, reason=reason)
    settle(lead, records[2:], Stage.FULL_TEXT)

    boxes = {row["field"]: row["value"] for row in rows_of(lead, "prisma")}

    assert boxes["dbr_excluded_reports"] == str(len(rows_of(lead, "excluded-at-full-text"))) == "2"


@pytest.mark.parametrize(
    ("doi", "pmid", "said"),
    [
        ("10.1000/one", "123", "doi:10.1000/one; PMID 123"),
        ("", "123", "PMID 123"),
        ("", "", ""),
    ],
)
def test_a_journal_prints_each_identifier_with_its_name(doi, pmid, said):
    row = Row(key="1", cells={"doi": word(doi), "pmid": word(pmid)})

    assert joined_cell(JOURNAL.columns[-1], row).text == said


def test_a_journal_prints_a_report_with_the_reason_that_counts(lead):
    reason = reasons_of(lead)[0]
    record = make_records(lead, 1)[0]
    settle(lead, [record])
    settle(lead, [record], Stage.FULL_TEXT, Standing.EXCLUDED, reason=reason)

    [row] = journal_rows_of(lead, "excluded-at-full-text")

    assert (row["report"], row["reason"]) == ("Title 1", reason.label)
