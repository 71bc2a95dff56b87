"""What the page of activity tells, and to whom."""

import re
from itertools import chain

import pytest
from django.core import signing
from django.db import transaction
from django.urls import reverse

from reviews import activity, audit
from reviews.activity import sentences
from reviews.models import AuditEvent
from reviews.roles import Role
from reviews.services import (
    accept_invitation,
    change_role,
    invite,
    remove_member,
    replace_criteria,
    revoke_invitation,
    set_exclusion_reasons,
    update_settings,
)
from tests.factories import make_lead, make_member, make_owner
from tests.pages import OF_THE_RAIL

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


def url(lead) -> str:
    return reverse("reviews:event-list", kwargs={"slug": lead.review.slug})


def log(member, verb="screening.decision_submitted", **facts) -> AuditEvent:
    with transaction.atomic():
        return audit.begin_as(member=member, capability="read").log(verb, **facts)


def told(lead) -> list[str]:
    events = AuditEvent.objects.visible_to(lead).select_related("actor__user", "user")
    return [f"{s.who} {s.did}" for s in sentences(events)][::-1]


def test_the_acts_of_a_lead_are_told_as_sentences():
    lead = make_lead()
    lead.user.full_name = "Ada"
    lead.user.save()
    update_settings(lead=lead, changes={"title": "Hips", "unit_plural": "hips!"}, why="typo")
    replace_criteria(lead=lead, inclusion=["Adults"], exclusion=[])
    set_exclusion_reasons(lead=lead, labels=["Wrong design"], why="pilot")
    person = make_member(lead, full_name="Ben")
    change_role(lead=lead, member=person, role=Role.ADJUDICATOR)
    remove_member(lead=lead, member=person)
    _, token = invite(lead=lead, email="c@example.org", role=Role.OBSERVER)
    accept_invitation(user=make_owner("c@example.org", full_name="Cleo"), token=token)
    second, _ = invite(lead=lead, email="d@example.org", role=Role.LEAD)
    revoke_invitation(lead=lead, invitation=second)

    assert told(lead) == [
        "Ada made this review",
        "Ada changed the settings: title, unit plural, because “typo”",
        "Ada wrote the inclusion criteria",
        "Ada put the reasons for exclusion in order, because “pilot”",
        "Ada added Ben as reviewer",
        "Ada made Ben adjudicator",
        "Ada removed Ben",
        "Ada invited a person as observer",
        "Cleo joined as observer",
        "Ada invited a person as lead",
        "Ada withdrew an invitation",
    ]


@pytest.mark.catalogue("B13")
@pytest.mark.parametrize("role", [Role.REVIEWER, Role.ADJUDICATOR, Role.OBSERVER])
def test_only_a_lead_reads_what_others_did(lead, reviewer_b, as_member, role):
    me = make_member(lead, role, full_name="Myself")
    log(reviewer_b, verdict="include")
    log(me, verdict="exclude")

    response = as_member(me).get(url(lead))

    assert [sentence.who for sentence in response.context["sentences"]] == ["Myself"]
    body = response.content.decode()
    assert "Reviewer B" not in body
    assert "The chain holds" not in body
    assert as_member(lead).get(url(lead)).content.decode().count("voted on a record") == 2


@pytest.mark.catalogue("B13")
def test_what_a_reviewer_reads_does_not_move_with_what_another_did(
    lead, reviewer_a, reviewer_b, as_member
):
    log(reviewer_a)
    client = as_member(reviewer_a)
    before = TOKEN.sub("", client.get(url(lead)).content.decode())

    for _ in range(60):
        log(reviewer_b, verdict="include")

    assert TOKEN.sub("", client.get(url(lead)).content.decode()) == before


@pytest.mark.catalogue("B20")
def test_no_verdict_value_or_reason_of_a_vote_is_told_even_to_a_lead(lead, reviewer_a, as_member):
    activity.register({"screening.decision_submitted": "voted on a record"})
    log(reviewer_a, verdict="include", reason="Wrong design", value="42 hips")

    body = as_member(lead).get(url(lead)).content.decode()

    assert "Reviewer A voted on a record" in body
    for secret in ("include", "Wrong design", "42 hips"):
        assert secret not in body.split("<main")[1]


def test_a_verb_nobody_gave_a_phrase_can_still_be_read(lead):
    log(lead, verb="extraction.copy_opened")
    lead.channel = "command"
    log(lead, verb="extraction.copy_closed")

    assert told(lead)[-2:] == [
        f"{lead} extraction: copy opened",
        f"{lead} (by command) extraction: copy closed",
    ]


def test_a_lead_filters_by_person_and_nobody_else_can(lead, reviewer_a, reviewer_b, as_member):
    log(reviewer_a)
    log(reviewer_b)

    found = as_member(lead).get(url(lead), {"person": str(reviewer_b.uid)})
    tried = as_member(reviewer_a).get(url(lead), {"person": str(reviewer_b.uid)})
    nonsense = as_member(lead).get(url(lead), {"person": "x' OR 1=1"})

    assert {sentence.who for sentence in found.context["sentences"]} == {"Reviewer B"}
    assert {sentence.who for sentence in tried.context["sentences"]} == {"Reviewer A"}
    assert nonsense.status_code == 200


def test_a_person_of_another_review_is_no_choice(lead, as_member):
    foreign = make_lead()

    response = as_member(lead).get(url(lead), {"person": str(foreign.uid)})

    assert "person" in response.context["form"].errors


def test_pages_are_walked_to_the_end_and_back_without_a_gap(lead, reviewer_a, as_member):
    for number in range(120):
        log(reviewer_a, verb=f"screening.vote_{number}")
    client = as_member(reviewer_a)
    seen, cursors, after = [], [], {}
    while True:
        page = client.get(url(lead), after).context["page"]
        seen.append([event.verb for event in page.rows])
        if not page.next_cursor:
            break
        cursors.append(page.next_cursor)
        after = {"after": page.next_cursor}

    assert [len(rows) for rows in seen] == [50, 50, 20]
    assert list(chain(*seen)) == [f"screening.vote_{number}" for number in reversed(range(120))]
    back = client.get(url(lead), {"before": page.previous_cursor}).context["page"]
    assert [event.verb for event in back.rows] == seen[1]
    first = client.get(url(lead), {"before": back.previous_cursor}).context["page"]
    assert ([event.verb for event in first.rows], first.previous_cursor) == (seen[0], "")


@pytest.mark.catalogue("Z18")
def test_a_cursor_tells_no_position_and_leads_nobody_to_what_is_not_theirs(
    lead, reviewer_a, reviewer_b, as_member
):
    for _ in range(51):
        log(reviewer_a)
    cursor = as_member(reviewer_a).get(url(lead)).context["page"].next_cursor
    (uid,) = signing.Signer(salt="reviews.paging.position").unsign_object(cursor)

    assert AuditEvent.objects.get(uid=uid).actor == reviewer_a
    assert as_member(reviewer_b).get(url(lead), {"after": cursor}).status_code == 404
    for bad in ("x", cursor + "x", "1:2", "\x00"):
        assert as_member(reviewer_a).get(url(lead), {"after": bad}).status_code == 404


def test_the_page_asks_as_much_for_thirty_events_as_for_three_hundred(
    lead, reviewer_a, as_member, django_assert_num_queries
):
    client = as_member(lead)
    for _ in range(30):
        log(reviewer_a)
    # Session, user, member; notice; events; names; and the choices of the filter.
    with django_assert_num_queries(9 + OF_THE_RAIL):
        client.get(url(lead))
    for _ in range(270):
        log(reviewer_a)
        change = Role.ADJUDICATOR if reviewer_a.role == Role.REVIEWER else Role.REVIEWER
        reviewer_a = change_role(lead=lead, member=reviewer_a, role=change)
    with django_assert_num_queries(9 + OF_THE_RAIL):
        client.get(url(lead))
