"""Records that people judge and that are one paper, for tests of what a merge does to votes."""

from reviews.verification import verify_review
from screening.choices import Stage, Verdict
from screening.models import Resolution
from screening.services import open_stage, submit_decision
from tests.factories import make_lead, make_member, make_records
from tests.records.grouping import make_group

TITLES, FULL = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
INCLUDE, EXCLUDE, UNSURE = Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.UNSURE


def vote(member, record, verdict=INCLUDE, stage=TITLES, **more):
    return submit_decision(reviewer=member, record=record, stage=stage, verdict=verdict, **more)


def pair(number=2, **settings):
    """Return a lead, two reviewers, records that both were dealt, and a group that waits."""
    lead = make_lead(**settings)
    people = [make_member(lead, full_name=f"Reviewer {letter}") for letter in "AB"]
    records = make_records(lead, number)
    open_stage(lead=lead, stage=TITLES, screeners=people)
    return lead, people, records, make_group(lead, records, sure=True)


def row(record, stage=TITLES):
    return Resolution.objects.current().get(record=record, stage=stage)


def stands(record, stage=TITLES):
    return row(record, stage).verdict


def proved(lead):
    return verify_review(lead.review).problems == []
