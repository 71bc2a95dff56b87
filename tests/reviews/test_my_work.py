"""The first page: every review of a person, its one next act, and its stages as they may know."""

import re

import pytest

from extraction.querysets.reports import reports_to_open
from records.models import Record
from records.services import undo_import
from reviews.roles import Role
from reviews.services import create_review, update_settings
from reviews.work import items_for, stages_for
from screening.choices import Stage, Verdict
from screening.models import Seat
from screening.querysets.conflicts import to_adjudicate, to_discuss
from screening.querysets.queues import queue_of, shares_of
from screening.services import close_stage, open_stage, release_records, submit_decision
from tests.factories import make_batch, make_lead, make_member, make_records, make_screening
from tests.pages import count_queries
from tests.world import make_world

pytestmark = pytest.mark.django_db
TITLES = Stage.TITLE_ABSTRACT


def said(member) -> dict[str, tuple[str, str, int]]:
    """Return the state, words and filled share of each stage by its label."""
    return {s.label: (s.state, s.words, s.percent) for s in stages_for(member)}


def vote(member, record, verdict=Verdict.INCLUDE) -> None:
    submit_decision(reviewer=member, record=record, stage=TITLES, verdict=verdict)


def test_the_stages_of_a_new_review_say_that_nothing_is_begun(lead):
    assert said(lead) == {
        "References": ("none", "none yet", 0),
        "Title and abstract": ("none", "not opened yet", 0),
        "Full text": ("none", "not opened yet", 0),
        "Extraction": ("none", "not begun", 0),
    }


def test_an_open_stage_shows_a_member_s_own_share_and_a_lead_without_one_that_it_is_open():
    lead, (a, b), records = make_screening(4)
    vote(a, records[0])
    vote(a, records[1])

    assert said(a)["Title and abstract"] == ("doing", "your share, 2 of 4", 50)
    assert said(b)["Title and abstract"] == ("doing", "your share, 0 of 4", 0)
    assert said(lead)["Title and abstract"] == ("doing", "open", 0)
    assert said(lead)["References"] == ("done", "imported", 100)

    for member, left in ((a, records[2:]), (b, records)):
        for record in left:
            vote(member, record)
    close_stage(lead=lead, stage=TITLES)
    assert said(a)["Title and abstract"] == ("done", "closed", 100)


def test_extraction_counts_the_studies_that_a_member_may_know_of():
    world = make_world()
    state, words, percent = said(world.a)["Extraction"]
    assert state == "doing"
    done, total = map(int, re.fullmatch(r"(\d+) of (\d+)", words).groups())
    assert percent == 100 * done // total


def test_only_the_first_act_is_filled_and_the_next_one_follows(as_member):
    lead = make_lead()
    create_review(lead=lead.user, slug="another", title="Another")

    page = as_member(lead).get("/").text

    assert page.count("btn-primary") == 1
    assert "Then: Write the criteria" in page
    assert "Also asked of you" in page
    assert f"{2 * len(items_for(lead))} things wait for you." in page


def test_a_review_in_which_nothing_waits_says_so_and_leads_to_its_results(as_member, observer):
    page = as_member(observer).get("/").text

    assert "Nothing waits for you." in page
    assert "Nothing waits for you here." in page
    assert f"/reviews/{observer.review.slug}/results/" in page


def test_a_review_with_a_notice_carries_its_tag(as_member, lead):
    assert "is-example" not in as_member(lead).get("/").text

    update_settings(lead=lead, changes={"notice": "Invented.", "table_note": "invented records"})

    assert '<span class="tag is-example">invented records</span>' in as_member(lead).get("/").text


@pytest.mark.parametrize("undone", [False, True])
def test_the_shares_are_what_was_dealt_and_what_the_queues_hold(undone):
    lead = make_lead(release_rule="both_decided")
    a, b = make_member(lead), make_member(lead)
    records = make_records(lead, 5)
    batch = make_batch(lead, ["Another one", "And one more"])
    open_stage(lead=lead, stage=TITLES, screeners=[a, b])
    vote(a, records[0])
    vote(a, records[1], Verdict.EXCLUDE)
    vote(b, records[1])
    if undone:
        undo_import(lead=lead, batch=batch)

    for member in (a, b):
        dealt = Seat.objects.dealt(member, TITLES).count()
        assert shares_of(member).get(TITLES) == (dealt, queue_of(member, TITLES).count())


def test_what_waits_is_counted_in_this_review_alone():
    """What is named first along an index is the member's own review's, and nobody else's."""
    lead, people, (record,) = make_screening(1, settling_rule="third_person")
    third = make_member(lead, Role.ADJUDICATOR)
    for member, verdict in zip(people, (Verdict.INCLUDE, Verdict.EXCLUDE), strict=True):
        vote(member, record, verdict)
    release_records(lead=lead, stage=TITLES)
    stranger = make_member(make_screening(1)[0], Role.ADJUDICATOR)

    everything = Record.objects.all()
    assert to_adjudicate(everything, third, TITLES).get() == record
    assert not to_adjudicate(everything, stranger, TITLES).exists()
    assert not to_discuss(everything, stranger, TITLES).exists()
    assert not reports_to_open(lead.review).exists()
    assert "Settle 1 conflict" in [item.label for item in items_for(third)]
    assert items_for(stranger) == []


def test_my_work_asks_as_much_for_thirty_records_as_for_three(as_member):
    lead, _, _ = make_screening(3)
    client = as_member(lead)
    few = count_queries(client, "/")
    make_records(lead, 27)

    assert count_queries(client, "/") == few
