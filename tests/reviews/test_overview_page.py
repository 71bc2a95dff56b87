"""The overview of a review: what is next, who has what in hand, what was done lately."""

import re

import pytest

from reviews.services import replace_criteria, update_settings
from screening.choices import Stage, Verdict
from screening.querysets.queues import queue_of
from screening.services import open_stage, submit_decision
from tests.factories import make_lead, make_member, make_records, make_screening
from tests.pages import address

pytestmark = pytest.mark.django_db
TITLES = Stage.TITLE_ABSTRACT
TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")[^"]+')


def page_of(member, as_member) -> str:
    """Return the page but for its token, which differs from answer to answer."""
    return TOKEN.sub("", as_member(member).get(address(member)).content.decode())


def votes_of(member) -> None:
    for seat in queue_of(member, TITLES).select_related("record"):
        submit_decision(reviewer=member, record=seat.record, stage=TITLES, verdict=Verdict.INCLUDE)


def test_the_next_act_is_the_one_filled_button(as_member):
    _, (reviewer, _), _ = make_screening(3)

    body = page_of(reviewer, as_member)

    assert body.count("btn-primary") == 1
    assert "Screen 3 titles" in body
    assert "Flow diagram" in body
    assert "0 of 3 done" in body


def test_of_others_only_what_was_dealt_is_told_and_never_how_far_they_are(as_member):
    lead, (one, other), _ = make_screening(3)
    before = {member: page_of(member, as_member) for member in (one, make_member(lead, "observer"))}

    votes_of(other)

    for member, body in before.items():
        assert "3 titles dealt" in body
        assert "how far they are is not shown" in body
        assert page_of(member, as_member) == body


def test_a_lead_without_a_part_reads_what_was_done_lately_and_others_their_own(as_member):
    lead, (one, other), _ = make_screening(4)
    votes_of(one)

    assert "voted on a record, 4 times" in page_of(lead, as_member)
    own = page_of(one, as_member)
    assert "<b>You</b> voted on a record, 4 times" in own
    assert "You have done nothing here yet." in page_of(other, as_member)
    assert "What others do is not told here." in own


def test_a_lead_who_screens_reads_of_their_own_acts_alone(as_member):
    lead = make_lead()
    other = make_member(lead, full_name="Reviewer B")
    make_records(lead, 2)
    open_stage(lead=lead, stage=TITLES, screeners=[lead, other])
    before = page_of(lead, as_member)

    votes_of(other)

    assert page_of(lead, as_member) == before
    assert "<b>You</b> opened a stage for screening" in before


def test_the_question_is_told_in_one_line_and_whole_below(lead, as_member):
    update_settings(lead=lead, changes={"population": "Adults", "outcome": "Pain\nFunction"})
    replace_criteria(lead=lead, inclusion=["One", "Two"], exclusion=["Three"])

    body = page_of(lead, as_member)

    assert "Pain<br>Function" in body
    assert "2 to include, 1 to leave out" in " ".join(body.split())


def test_a_review_without_records_says_so_and_names_the_act_to_whom_may(as_member):
    lead = make_lead()
    observer = make_member(lead, "observer")
    sentence = "Nothing has been imported yet: the flow is drawn from the first record on."

    assert sentence in page_of(observer, as_member)
    assert "Import a file" not in page_of(observer, as_member)
    body = page_of(lead, as_member)
    assert "Import a file" in body
    assert "Flow of the review" not in body
