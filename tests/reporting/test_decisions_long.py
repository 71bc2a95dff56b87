"""Decisions in long form: released votes, changed ones too, and no other."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records.importers import read_file
from reporting.renderers import RENDERERS
from reporting.reports import REPORTS
from reporting.snapshot import take_snapshot
from reviews.services import set_exclusion_reasons
from screening.choices import Stage, Standing, Verdict
from screening.models import ScreeningDecision
from tests.reporting.factories import make_records, release, settle, vote
from tests.reporting.tables import rows_of

pytestmark = pytest.mark.django_db


def test_every_vote_on_a_released_record_is_there_with_its_seat_and_times(
    lead, reviewer_a, reviewer_b
):
    shown, hidden = make_records(lead, 2)
    for record in (shown, hidden):
        vote(lead, [(reviewer_a, record, Verdict.UNSURE), (reviewer_b, record, Verdict.EXCLUDE)])
    vote(lead, [(reviewer_a, shown, Verdict.INCLUDE)])
    release(lead, [shown])

    rows = rows_of(lead, "decisions-long")

    assert [(row["record"], row["seat"], row["verdict"]) for row in rows] == [
        ("1", "1", "unsure"),
        ("1", "2", "exclude"),
        ("1", "1", "include"),
    ]
    assert rows[0]["superseded_at"] == rows[2]["recorded_at"]
    assert [row["superseded_at"] for row in rows[1:]] == ["", ""]
    assert {row["stage"] for row in rows} == {"title-abstract"}


def test_whoever_asks_reads_the_same_released_rows(
    lead, reviewer_a, reviewer_b, adjudicator, observer
):
    shown, hidden = make_records(lead, 2)
    for record in (shown, hidden):
        vote(lead, [(reviewer_a, record, Verdict.INCLUDE), (reviewer_b, record, Verdict.EXCLUDE)])
    release(lead, [shown])

    tables = []
    for member in (lead, reviewer_a, reviewer_b, adjudicator, observer):
        rows = rows_of(member, "decisions-long")
        assert {row["record"] for row in rows} == {"1"}
        tables.append([{key: row[key] for key in row if key != "late"} for row in rows])

    assert all(table == tables[0] for table in tables)


def test_which_vote_came_late_is_said_to_who_settles_conflicts_alone(
    lead, reviewer_a, reviewer_b, adjudicator, observer
):
    (record,) = make_records(lead, 1)
    vote(lead, [(reviewer_a, record, Verdict.INCLUDE)])
    vote(lead, [(reviewer_b, record, Verdict.EXCLUDE)], late=True)
    release(lead, [record])
    assert ScreeningDecision.objects.filter(late=True).count() == 1

    said = {
        member.role: [row["late"] for row in rows_of(member, "decisions-long")]
        for member in (lead, adjudicator, reviewer_a, observer)
    }

    assert said["lead"] == said["adjudicator"] == ["no", "yes"]
    assert said["reviewer"] == said["observer"] == ["", ""]


def test_an_earlier_instant_has_the_votes_as_they_stood(lead, reviewer_a, reviewer_b):
    (record,) = make_records(lead, 1)
    vote(lead, [(reviewer_a, record, Verdict.INCLUDE), (reviewer_b, record, Verdict.EXCLUDE)])
    before = take_snapshot(lead.review)
    release(lead, [record])

    rows = list(REPORTS["decisions-long"].table(before).rows)

    assert rows == []


def test_as_references_each_paper_that_is_decided_stands_once_with_its_decision(lead):
    [reason] = set_exclusion_reasons(lead=lead, labels=["Wrong population"])
    records = make_records(lead, 5)
    settle(lead, records[:1], verdict=Standing.EXCLUDED)
    settle(lead, records[1:4])
    settle(lead, records[1:2], Stage.FULL_TEXT, Standing.EXCLUDED, reason=reason)
    settle(lead, records[2:3], Stage.FULL_TEXT)

    data = RENDERERS["ris"].whole(REPORTS["decisions-long"], take_snapshot(lead.review))

    said = [line for line in data.decode().splitlines() if line.startswith(("TI", "C7"))]
    assert said == [
        "TI  - Title 1",
        "C7  - Screening: excluded at title and abstract",
        "TI  - Title 2",
        f"C7  - Screening: excluded at full text ({reason.label})",
        "TI  - Title 3",
        "C7  - Screening: included",
        "TI  - Title 4",
        "C7  - Screening: full text to be assessed",
    ]
    read = read_file(data)
    assert [record.pages for record in read.records] == [""] * 4


def test_votes_cost_no_query_each(lead, reviewer_a, reviewer_b):
    def queries():
        snapshot = take_snapshot(lead.review)
        with CaptureQueriesContext(connection) as captured:
            list(REPORTS["decisions-long"].table(snapshot).rows)
        return len(captured)

    def grow(number):
        records = make_records(lead, number)
        for record in records:
            vote(
                lead, [(reviewer, record, Verdict.INCLUDE) for reviewer in (reviewer_a, reviewer_b)]
            )
        release(lead, records)

    grow(3)
    few = queries()
    grow(20)

    assert queries() == few
