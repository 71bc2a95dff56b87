"""A button does to as many rows as its page says, and says in words how many they were."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from extraction.models import CellResolution, Extraction, Report
from extraction.services import confirm_alignment, publish_form
from records.models import DuplicateMember
from records.services import undo_import
from reviews.models import Membership
from screening.choices import Stage, Verdict
from screening.models import DiscussionEntry, FullText, Release
from screening.querysets.conflicts import to_hand_over
from screening.services import (
    hand_over_conflicts,
    open_stage,
    record_discussion,
    release_records,
    submit_decision,
)
from tests.extraction.factories import include, make_studies
from tests.factories import make_batch, make_lead, make_member, make_records, make_screening
from tests.pages import address
from tests.records.grouping import make_group
from tests.world import make_world

pytestmark = pytest.mark.django_db
TITLES = Stage.TITLE_ABSTRACT
INCLUDE, EXCLUDE = Verdict.INCLUDE, Verdict.EXCLUDE


@dataclass(frozen=True, kw_only=True)
class Button:
    """A page that shows a number, and the form on it that changes so many rows."""

    member: Membership
    page: str
    form: str
    shown: Callable[[Any], int]
    changed: Callable[[], int]
    says: str
    answers: dict[str, Any] = field(default_factory=dict)


def votes(people, record, *verdicts):
    for person, verdict in zip(people, verdicts, strict=True):
        submit_decision(reviewer=person, record=record, stage=TITLES, verdict=verdict)


def screened():
    """Return the lead of a review with every kind of record at its first stage.

    Decided twice, a released conflict and one that is not, voted on by one, behind another
    record, and of an import that was undone.
    """
    lead, people, (agreed, known, hidden, half, kept, behind) = make_screening(6)
    votes(people, known, INCLUDE, EXCLUDE)
    release_records(lead=lead, stage=TITLES)
    votes(people, agreed, INCLUDE, INCLUDE)
    votes(people, hidden, INCLUDE, EXCLUDE)
    votes(people[:1], half, INCLUDE)
    votes(people, behind, INCLUDE, INCLUDE)
    make_group(lead, [kept, behind], "merged")
    undo_import(lead=lead, batch=make_batch(lead, ["A title of an import that was undone"]))
    return lead


def of_stage(name: str) -> Callable[[Any], int]:
    return lambda page: page.context["stages"][0][name]


def releasing() -> Button:
    return Button(
        member=screened(),
        page="stages",
        form="stages/title-abstract/release",
        shown=of_stage("unreleased"),
        changed=Release.objects.current().count,
        says="2 records released.",
    )


def handing_over() -> Button:
    return Button(
        member=screened(),
        page="stages",
        form="stages/title-abstract/hand-over",
        shown=of_stage("to_hand_over"),
        changed=DiscussionEntry.objects.current().filter(hand_over=True).count,
        says="1 conflict handed to the adjudicators.",
    )


def closing() -> Button:
    lead, people, (first, second) = make_screening(2)
    for record in (first, second):
        votes(people, record, INCLUDE, EXCLUDE)
    release_records(lead=lead, stage=TITLES, records=[first])
    return Button(
        member=lead,
        page="stages",
        form="stages/title-abstract/close",
        shown=of_stage("unreleased"),
        changed=Release.objects.current().count,
        says="1 record released.",
    )


def retrieving() -> Button:
    lead, people, records = make_screening(3)
    for record in records:
        votes(people, record, INCLUDE, INCLUDE)
    release_records(lead=lead, stage=TITLES)
    make_group(lead, records[:2], "merged")
    papers = FullText.objects.current().exclude(record=records[1])
    return Button(
        member=lead,
        page="full-texts",
        form="full-texts/all",
        shown=lambda page: dict(page.context["standings"])["sought"],
        changed=papers.filter(standing="retrieved").count,
        says="2 reports marked as retrieved.",
    )


def accepting() -> Button:
    lead, _, records = make_screening(6)
    make_group(lead, records[:2], sure=True)
    make_group(lead, records[2:4])
    make_group(lead, records[4:], "separate", sure=True)
    return Button(
        member=lead,
        page="duplicates",
        form="duplicates/accept",
        shown=lambda page: page.context["sure"],
        changed=DuplicateMember.objects.current().filter(standing="merged", kept=True).count,
        says="1 group merged.",
    )


def opening_studies() -> Button:
    lead = make_lead()
    (study,) = make_studies(lead)
    first = Report.objects.get(study=study).record
    companion, alone = include(lead, make_records(lead, 2))
    make_group(lead, [first, companion], "companion")
    assert alone
    return Button(
        member=lead,
        page="studies",
        form="studies/open",
        shown=lambda page: page.context["waiting"],
        changed=Report.objects.current().count,
        says="1 study created.",
    )


def assigning() -> Button:
    lead = make_lead()
    people = [make_member(lead), make_member(lead)]
    publish_form(lead=lead)
    make_studies(lead)
    return Button(
        member=lead,
        page="studies/assign",
        form="studies/assign",
        answers={"extractors": [person.uid for person in people]},
        shown=lambda page: int(re.match(r"\d+", page.context["lead"])[0]),
        changed=Extraction.objects.current().values("study").distinct().count,
        says="1 study assigned.",
    )


def taking_agreed() -> Button:
    world = make_world()
    study = world.studies[1]
    confirm_alignment(adjudicator=world.adjudicator, study=study)
    return Button(
        member=world.adjudicator,
        page=f"studies/{study.uid}/comparison",
        form=f"studies/{study.uid}/take-agreed",
        shown=lambda page: page.context["agreed"],
        changed=CellResolution.objects.current().count,
        says="agreed cells taken.",
    )


BUTTONS = [
    releasing,
    handing_over,
    closing,
    retrieving,
    accepting,
    opening_studies,
    assigning,
    taking_agreed,
]


@pytest.mark.parametrize("make", BUTTONS, ids=lambda make: make.__name__)
def test_a_button_changes_as_many_rows_as_its_page_shows(make, as_member):
    button = make()
    client = as_member(button.member)
    shown = button.shown(client.get(address(button.member, button.page)))
    before = button.changed()

    page = client.post(address(button.member, button.form), button.answers, follow=True)

    assert button.changed() - before == shown > 0
    assert button.says in page.content.decode()


def test_what_a_lead_hands_over_tells_nothing_of_unreleased_votes(as_member):
    answers = []
    for verdict in (INCLUDE, EXCLUDE):
        lead, people, (record,) = make_screening(1)
        votes(people, record, INCLUDE, verdict)
        client = as_member(lead)
        page = client.post(address(lead, "stages/title-abstract/hand-over"), follow=True)
        answers.append((page.status_code, [str(said) for said in page.context["messages"]]))
        assert not DiscussionEntry.objects.filter(review=lead.review).exists()
    assert answers[0] == answers[1]


def test_a_lead_who_is_one_of_the_two_hands_over_what_they_answered_before():
    lead = make_lead()
    other = make_member(lead)
    (record,) = make_records(lead, 1)
    open_stage(lead=lead, stage=TITLES, screeners=[lead, other])
    votes([lead, other], record, INCLUDE, EXCLUDE)
    release_records(lead=lead, stage=TITLES)
    record_discussion(reviewer=lead, record=record, stage=TITLES, verdict=INCLUDE)

    assert to_hand_over(record.review.records.all(), lead.review, TITLES).get() == record
    assert hand_over_conflicts(lead=lead, stage=TITLES) == 1

    entry = DiscussionEntry.objects.current().get(record=record)
    assert (entry.member, entry.hand_over) == (lead, True)
