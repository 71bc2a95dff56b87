"""Included means one thing: what the flow diagram counts is what studies and tables are made of."""

import pytest

from extraction.choices import CopyStanding
from extraction.copies import consensus_copies
from extraction.querysets.reports import included_reports
from extraction.services import open_studies
from reporting.flow import flow_columns
from reporting.snapshot import take_snapshot
from screening.choices import Stage, Verdict
from screening.services import (
    adjudicate_conflict,
    close_stage,
    open_stage,
    release_records,
    set_full_text,
    submit_decision,
)
from tests.factories import make_member, make_screening
from tests.reporting.factories import make_study

pytestmark = pytest.mark.django_db
TITLES, TEXTS = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT


@pytest.fixture
def contested():
    """Return a record included at full text whose inclusion by title a vote contests."""
    lead, (a, b), [record] = make_screening(settling_rule="third_person")
    judge = make_member(lead, "adjudicator")
    submit_decision(reviewer=a, record=record, stage=TITLES, verdict=Verdict.INCLUDE)
    submit_decision(reviewer=b, record=record, stage=TITLES, verdict=Verdict.EXCLUDE)
    adjudicate_conflict(adjudicator=judge, record=record, stage=TITLES, verdict="include")
    submit_decision(reviewer=a, record=record, stage=TITLES, verdict=Verdict.UNSURE)
    close_stage(lead=lead, stage=TITLES)
    open_stage(lead=lead, stage=TEXTS, screeners=[a, b])
    set_full_text(lead=lead, record=record, standing="retrieved")
    for reviewer in (a, b):
        submit_decision(reviewer=reviewer, record=record, stage=TEXTS, verdict=Verdict.INCLUDE)
    release_records(lead=lead, stage=TEXTS)
    return lead, judge, record


def exclude_anew(judge, record):
    adjudicate_conflict(adjudicator=judge, record=record, stage=TITLES, verdict="exclude")


def counted(lead):
    return sum(column.counts.included for column in flow_columns(take_snapshot(lead.review)))


def behind(lead):
    return sum(column.included.count() for column in flow_columns(take_snapshot(lead.review)))


def test_a_report_excluded_anew_by_its_title_opens_no_study(contested):
    lead, judge, record = contested
    assert list(included_reports(lead.review)) == [record]
    exclude_anew(judge, record)

    assert counted(lead) == behind(lead) == 0
    assert open_studies(lead=lead) == []


def test_a_study_whose_report_is_excluded_anew_leaves_the_tables_and_is_told_so(
    contested, as_member
):
    lead, judge, record = contested
    study = make_study(lead, record=record, standing=CopyStanding.FINAL)
    before = take_snapshot(lead.review)
    assert [copy.study for copy in consensus_copies(lead.review)] == [study]
    exclude_anew(judge, record)

    assert consensus_copies(lead.review) == []
    assert [copy.study for copy in before.studies] == [study]
    page = as_member(lead).get(f"/reviews/{lead.review.slug}/studies/{study.uid}/")
    assert "No report of this study is included any more" in page.content.decode()


def test_what_is_counted_as_included_is_what_opens_behind_the_number(contested):
    lead, _, record = contested

    assert counted(lead) == behind(lead) == included_reports(lead.review).count() == 1
    [study] = open_studies(lead=lead)
    assert study.reports.get().record == record
