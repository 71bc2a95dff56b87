"""Conflicts for a third person, and discussions between the two, on their pages."""

import pytest
from django.template.loader import render_to_string

from accounts.services import set_key_map
from reviews.services import set_exclusion_reasons
from screening.models import DiscussionEntry, Resolution
from screening.services import adjudicate_conflict, release_records, submit_decision
from tests.factories import make_member, make_screening
from tests.pages import address, count_queries
from tests.records.grouping import make_group

pytestmark = pytest.mark.django_db
STAGE = "title-abstract"


def make_conflicts(number=1, rule="third_person", **settings):
    """Make a review in which the two disagree on every record: lead, judge, the two, records."""
    lead, people, records = make_screening(number, settling_rule=rule, **settings)
    for record in records:
        disagree(people, record)
    return lead, make_member(lead, "adjudicator", full_name="Judge"), people, records


def disagree(people, record):
    for person, verdict in zip(people, ("include", "exclude"), strict=True):
        submit_decision(
            reviewer=person, record=record, stage=STAGE, verdict=verdict, note=f"says {verdict}"
        )


def conflict(member, record):
    return address(member, "screening", STAGE, "conflicts", record.uid)


def discussion(member, record):
    return address(member, "screening", STAGE, "discussions", record.uid)


def current(record):
    return Resolution.objects.current().get(record=record, stage=STAGE)


def test_lists_without_anything_to_do_say_why(as_member, lead, adjudicator):
    client = as_member(adjudicator)
    conflicts = client.get(address(lead, "screening/conflicts")).content.decode()
    assert "The two reviewers discuss first" in conflicts
    discussions = client.get(address(lead, "screening/discussions")).content.decode()
    assert "Once the lead has released votes" in discussions


def test_an_adjudicator_settles_one_conflict_and_goes_to_the_next(as_member):
    _, judge, _, (first, second) = make_conflicts(2)
    client = as_member(judge)
    assert len(client.get(address(judge, "screening/conflicts")).context["page"].rows) == 2
    answer = client.post(conflict(judge, first), {"verdict": "include", "note": "Table 2."})
    assert answer.url == conflict(judge, second)
    settled = current(first)
    assert (settled.verdict, settled.how, settled.member) == ("include", "adjudication", judge)
    assert settled.note == "Table 2."
    answer = client.post(conflict(judge, second), {"verdict": "exclude"})
    assert answer.url == address(judge, "screening/conflicts")


@pytest.mark.catalogue("B19")
def test_votes_stay_folded_until_the_adjudicator_reveals_them(as_member):
    _, judge, _, (record,) = make_conflicts()
    page = as_member(judge).get(conflict(judge, record)).content.decode()
    assert "Two reviewers disagree" in page
    folded = page[page.index("Reveal votes") : page.index("</details>", page.index("Reveal votes"))]
    assert "says include" in folded
    assert "says include" not in page.replace(folded, "")
    assert '<details class="more" data-key="v" data-key-label="Reveal the votes">' in page


@pytest.mark.catalogue("B30")
def test_votes_stand_in_an_order_that_tells_neither_seat_nor_time(as_member):
    _, judge, _, records = make_conflicts(3)
    client = as_member(judge)
    for record in records:
        shown = list(client.get(conflict(judge, record)).context["votes"])
        assert shown == sorted(record.decisions.all(), key=lambda vote: vote.uid)
        assert {vote.uid.version for vote in shown} == {4}


@pytest.mark.catalogue("Z13")
def test_nobody_settles_a_conflict_they_voted_on(as_member):
    lead, _judge, people, (record,) = make_conflicts()
    from reviews.services import change_role

    voter = change_role(lead=lead, member=people[0], role="adjudicator")
    client = as_member(voter)
    assert client.get(address(lead, "screening/conflicts")).context["page"].rows == []
    assert client.get(conflict(lead, record)).status_code == 404
    assert client.post(conflict(lead, record), {"verdict": "include"}).status_code == 404
    assert current(record).verdict == "conflict"


@pytest.mark.catalogue("C07")
def test_the_second_of_two_adjudicators_sees_what_the_first_settled(as_member):
    lead, judge, _, (record,) = make_conflicts()
    second = make_member(lead, "adjudicator")
    adjudicate_conflict(adjudicator=judge, record=record, stage=STAGE, verdict="exclude")
    answer = as_member(second).post(conflict(lead, record), {"verdict": "include"})
    assert answer.status_code == 409
    assert "was settled by adjudication" in answer.content.decode()
    assert current(record).verdict == "exclude"


def test_an_answer_that_cannot_be_read_settles_nothing(as_member):
    _, judge, _, (record,) = make_conflicts()
    client = as_member(judge)
    for answer in ({}, {"verdict": "unsure"}, {"verdict": "include", "reason": "x"}):
        reply = client.post(conflict(judge, record), {**answer, "note": "kept"})
        assert reply.status_code == 400
        assert "kept" in reply.content.decode()
    assert current(record).verdict == "conflict"


@pytest.mark.catalogue("Z14")
def test_what_one_alone_has_decided_is_no_conflict(as_member):
    lead, (a, _), (record,) = make_screening(1, settling_rule="third_person")
    judge = make_member(lead, "adjudicator")
    submit_decision(reviewer=a, record=record, stage=STAGE, verdict="include")
    client = as_member(judge)
    assert client.get(conflict(lead, record)).status_code == 404
    assert client.post(conflict(lead, record), {"verdict": "include"}).status_code == 409
    assert current(record).verdict == "undecided"


def test_before_release_there_is_nothing_to_discuss(as_member):
    _, _, (a, _), (record,) = make_conflicts(rule="discussion")
    client = as_member(a)
    assert client.get(address(a, "screening/discussions")).context["page"].rows == []
    assert client.get(discussion(a, record)).status_code == 404
    assert client.post(discussion(a, record), {"verdict": "include"}).status_code == 404
    assert not DiscussionEntry.objects.exists()


def test_both_see_both_answers_and_settle_by_entering_the_same(as_member):
    lead, judge, (a, b), (record,) = make_conflicts(rule="discussion")
    release_records(lead=lead, stage=STAGE)
    for person in (a, b):
        page = as_member(person).get(discussion(lead, record)).content.decode()
        assert "says include" in page
        assert "says exclude" in page
    assert as_member(judge).get(discussion(lead, record)).status_code == 404

    first = as_member(a).post(discussion(lead, record), {"verdict": "include"}, follow=True)
    assert "Your answer is recorded." in first.content.decode()
    assert current(record).verdict == "conflict"
    last = as_member(b).post(discussion(lead, record), {"verdict": "include"}, follow=True)
    assert "Both of you agree" in last.content.decode()
    settled = current(record)
    assert (settled.verdict, settled.how) == ("include", "discussion")
    assert {settled.member, settled.second_member} == {a, b}


def test_what_is_handed_over_reaches_the_adjudicator(as_member):
    lead, judge, (a, _), (record,) = make_conflicts(rule="discussion")
    release_records(lead=lead, stage=STAGE)
    url = address(lead, "screening/conflicts")
    assert as_member(judge).get(url).context["page"].rows == []
    page = as_member(a).post(
        discussion(lead, record), {"hand_over": "on", "note": "We differ."}, follow=True
    )
    said = [str(message) for message in page.context["messages"]]
    assert said == [f"Handed over to a third person: “{record}”."]
    assert as_member(judge).get(url).context["page"].rows == [record]
    assert "We differ." in as_member(judge).get(conflict(lead, record)).content.decode()


def test_an_exclusion_with_a_reason_is_agreed_with_that_reason(as_member):
    lead, _, (a, b), (record,) = make_conflicts(rule="discussion")
    reason, _ = set_exclusion_reasons(lead=lead, labels=["Wrong design", "Other"])
    release_records(lead=lead, stage=STAGE)
    for person in (a, b):
        as_member(person).post(discussion(lead, record), {"reason": reason.uid})
    assert (current(record).verdict, current(record).reason) == ("exclude", reason)


def test_a_discussion_says_who_waits_for_whom(as_member):
    lead, _, (a, b), (record,) = make_conflicts(rule="discussion")
    release_records(lead=lead, stage=STAGE)

    def said():
        pages = [as_member(person).get(address(lead, "screening/discussions")) for person in (a, b)]
        return [page.context["rows"][0][1].words for page in pages]

    assert said() == ["Waits for both of you"] * 2
    as_member(a).post(discussion(lead, record), {"verdict": "include"})
    assert said() == [f"You wait for {b}", f"{a} waits for you"]
    assert f"{a} waits for you" in as_member(b).get(discussion(lead, record)).content.decode()
    as_member(b).post(discussion(lead, record), {"verdict": "exclude"})
    assert said() == ["Your entries differ"] * 2


def test_who_votes_on_a_record_that_was_merged_is_waited_for_too(as_member):
    lead, people, (kept, behind) = make_screening(2, settling_rule="discussion")
    disagree(people, kept)
    make_group(lead, [kept, behind], "merged")
    release_records(lead=lead, stage=STAGE)
    a, b = people
    as_member(a).post(discussion(lead, kept), {"verdict": "include"})
    [(record, waits)] = as_member(b).get(address(lead, "screening/discussions")).context["rows"]
    assert (record, waits.words, waits.for_me) == (kept, f"{a} waits for you", True)


def test_after_each_entry_the_next_discussion_without_one_is_shown(as_member):
    lead, _, (a, _), (first, second, third) = make_conflicts(3, rule="discussion")
    release_records(lead=lead, stage=STAGE)
    client = as_member(a)
    page = client.get(discussion(lead, second))
    assert (page.context["previous"], page.context["next"]) == (first, third)
    assert 'data-key="k"' in page.content.decode()
    went = [
        client.post(discussion(lead, record), {"verdict": "include"}).url
        for record in (second, third, first)
    ]
    listed = f"{address(lead, 'screening/discussions')}?stage={STAGE}"
    assert went == [discussion(lead, third), discussion(lead, first), listed]


@pytest.mark.catalogue("L08")
def test_lists_cost_the_same_for_30_and_300_conflicts(as_member):
    lead, people, records = make_screening(300, settling_rule="third_person")
    judge = make_member(lead, "adjudicator")
    clients = [
        (as_member(judge), address(lead, "screening/conflicts")),
        (as_member(people[0]), address(lead, "screening/discussions")),
        (as_member(judge), conflict(lead, records[0])),
    ]
    for record in records[:30]:
        disagree(people, record)
    release_records(lead=lead, stage=STAGE)
    before = [count_queries(client, url) for client, url in clients]
    for record in records[30:]:
        disagree(people, record)
    release_records(lead=lead, stage=STAGE)
    assert [count_queries(client, url) for client, url in clients] == before


def test_where_full_text_asks_for_a_reason_the_key_of_exclusion_says_so(as_member):
    lead, _, _, (record,) = make_conflicts()
    judge = make_member(lead, "adjudicator")
    set_exclusion_reasons(lead=lead, labels=["Population"])
    asks = 'data-key="e" data-key-label="Exclude: choose a reason"'
    titles = as_member(judge).get(conflict(judge, record)).content.decode()
    assert asks not in titles
    assert 'value="exclude" data-key="e"' in titles

    page = render_to_string(
        "screening/_reasons.html",
        {"reasons": lead.review.exclusion_reasons(), "reason_required": True},
    )
    assert asks in page
    assert 'id="reason-missing"' in page


def test_the_keys_that_a_page_names_are_the_persons_own(as_member):
    _, judge, _, (record,) = make_conflicts()
    set_key_map(user=judge.user, key_map={"note": "y"})
    page = as_member(judge).get(conflict(judge, record)).content.decode()
    assert 'placeholder="Why (Y)"' in page


def test_the_page_of_no_conflict_tells_a_third_person_nothing_that_is_not_released(as_member):
    lead, people, (agreed, open_, untouched) = make_screening(3, settling_rule="discussion")
    judge = make_member(lead, "adjudicator", full_name="Judge")
    for person in people:
        submit_decision(reviewer=person, record=agreed, stage=STAGE, verdict="include")
    disagree(people, open_)
    client = as_member(judge)

    for record in (agreed, open_, untouched):
        answer = client.get(conflict(judge, record))
        assert answer.status_code == 404
        assert answer.context["resolution"] is None
        assert "is not a conflict that waits for an adjudicator" in answer.content.decode()

    release_records(lead=lead, stage=STAGE)
    assert "was settled by agreement" in client.get(conflict(judge, agreed)).content.decode()
