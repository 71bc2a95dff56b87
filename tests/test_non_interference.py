"""What anybody sees before release is the same to the byte whatever another person did.

Every route of the product is asked, as several people, in worlds that differ only in what others
did; status, headers, body, number of queries and messages must be equal, and so must every file.
The clock stands still while a world is looked at, and only the value of the CSRF token may differ.
"""

import os
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from extraction.services import CellInput, add_element, save_cells, submit_extraction
from records.models import Record
from records.services import (
    create_label,
    label_records,
    merge_group,
    remove_view,
    restore_view,
    save_view,
    separate_group,
    undo_labelling,
)
from reviews.models import Membership
from reviews.roles import Role
from reviews.services import change_role
from screening.choices import Stage, Verdict
from screening.models import ScreeningDecision
from screening.querysets.conflicts import to_adjudicate
from screening.querysets.queues import queue_of
from screening.querysets.standing import released
from screening.services import (
    adjudicate_conflict,
    hand_over_conflicts,
    raise_doubt,
    record_discussion,
    release_records,
    submit_decision,
    withdraw_decision,
)
from tests.comparing import (
    LEFT_OUT,
    Answer,
    Looking,
    Request,
    different,
    no_chance,
    requests_of,
    taken_back,
)
from tests.routes import all_routes
from tests.world import World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(1200)]
TITLES = Stage.TITLE_ABSTRACT
# To look at every route takes ten seconds: `make soak` compares every world with every eye.
SOAK = os.environ.get("IFI_SOAK") == "1"
HEAD = re.compile(rb"its head is <code>[0-9a-f]{16}</code>|(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
Act = Callable[[World], None]


def b_votes(verdict: str) -> Callable[[World], None]:
    def act(world: World) -> None:
        for stage in Stage:
            for seat in queue_of(world.b, stage).select_related("record"):
                chosen = verdict if stage == Stage.TITLE_ABSTRACT else Verdict.INCLUDE
                submit_decision(
                    reviewer=world.b,
                    record=seat.record,
                    stage=stage,
                    verdict=chosen,
                    note="A private note of B",
                )

    return act


def b_changes_everything(world: World) -> None:
    b_votes(Verdict.EXCLUDE)(world)
    seen = released(Record.objects.all(), Stage.TITLE_ABSTRACT)
    own = ScreeningDecision.objects.standing().filter(member=world.b, stage=Stage.TITLE_ABSTRACT)
    for vote in own.exclude(record__in=seen).select_related("record"):
        withdraw_decision(reviewer=world.b, record=vote.record, stage=Stage.TITLE_ABSTRACT)


def b_extracts(world: World) -> None:
    copy = world.copies["1B"]
    for number in range(3):
        cohort = add_element(extractor=world.b, extraction=copy, group="cohort")
        save_cells(
            extractor=world.b,
            extraction=copy,
            cells=[
                CellInput(key="label", text=f"Cohort {number} of B", element=cohort),
                CellInput(key="cohort_kind", text="subgroup", element=cohort),
                CellInput(key="counts_towards_totals", text="no", element=cohort),
                CellInput(key="patients_treated", text="12", element=cohort),
            ],
        )
    save_cells(
        extractor=world.b,
        extraction=copy,
        cells=[CellInput(key="country", text="A country only B read")],
    )


def b_submits(world: World) -> None:
    b_extracts(world)
    submit_extraction(extractor=world.b, extraction=world.copies["1B"])


def a_third_person_settles(world: World) -> None:
    b_votes(Verdict.EXCLUDE)(world)
    a_third_person_settles_what_is_not_released(world)


def a_third_person_settles_what_is_not_released(world: World) -> None:
    for stage in Stage:
        for record in to_adjudicate(Record.objects.all(), world.adjudicator, stage):
            if not released(Record.objects.filter(pk=record.pk), stage).exists():
                adjudicate_conflict(
                    adjudicator=world.adjudicator,
                    record=record,
                    stage=stage,
                    verdict=Verdict.INCLUDE,
                )


def b_works_privately(world: World) -> None:
    label = create_label(member=world.b, name="Only B sees this")
    records = [record.pk for record in world.records.values()]
    label_records(member=world.b, label=label, records=records[:4])
    _, instants = label_records(member=world.b, label=label, records=records)
    undo_labelling(member=world.b, label=label, instants=instants)
    save_view(member=world.b, name="A view of B", query="q=hip")
    remove_view(member=world.b, name="A view of B")
    restore_view(member=world.b, name="A view of B")


def b_discusses(world: World) -> None:
    record_discussion(
        reviewer=world.b, record=world.records["discussed"], stage=TITLES, verdict=Verdict.EXCLUDE
    )


def the_lead_hands_over(world: World) -> None:
    hand_over_conflicts(lead=world.lead, stage=TITLES)


def the_lead_merges(world: World) -> None:
    merge_group(lead=world.lead, group=world.group)


def the_lead_merges_and_parts(world: World) -> None:
    merge_group(lead=world.lead, group=world.group)
    separate_group(lead=world.lead, group=world.group)


def b_doubts(world: World) -> None:
    for name in ("first", "second"):
        raise_doubt(
            member=world.b,
            record=world.records[name],
            reason=world.lead.review.exclusion_reasons()[1],
            note="A private doubt of B",
            results_known=True,
        )


def together(*acts: Act) -> Act:
    """Return acts done one after another."""

    def every(world: World) -> None:
        for act in acts:
            act(world)

    return every


# In `make test` B does in one world what `make soak` lets them do in several.
IN_ONE: dict[str, Act] = {
    "b_excludes_works_privately_submits_and_doubts": together(
        b_votes(Verdict.EXCLUDE), b_works_privately, b_submits, b_doubts
    ),
}
OTHERS: dict[str, Act] = {
    "b_includes_and_extracts": together(b_votes(Verdict.INCLUDE), b_extracts),
    "b_excludes_and_submits": together(b_votes(Verdict.EXCLUDE), b_submits),
    "b_is_unsure_and_works_privately": together(b_votes(Verdict.UNSURE), b_works_privately),
    "b_changes_everything": b_changes_everything,
    "b_discusses": b_discusses,
    "b_doubts": b_doubts,
}


def nothing(world: World) -> None:
    """Nobody does anything."""


# What the lead does in both worlds, after B voted in one of them.
LEADS_ACTS: dict[str, Act] = {
    "the_lead_hands_over": the_lead_hands_over,
    "the_lead_merges": the_lead_merges,
    "the_lead_merges_and_parts": the_lead_merges_and_parts,
}
# The usual run has the eyes and the act that were caught most often; the soak has all.
FEW_VIEWERS = ("a_reviewer", "an_observer")
FEW_LEADS_ACTS = ("the_lead_merges",)
VIEWERS = (
    "a_reviewer",
    "a_lead_with_a_seat",
    "an_adjudicator_with_a_seat",
    "an_observer",
    "an_adjudicator",
)
# What a person is shown of others before release by the design (decision 11), and why.
SHOWN = {
    "b_discusses": {
        "screening:discussion": "the two see each other's answers on a released conflict",
    },
    ("an_adjudicator", "b_doubts"): dict.fromkeys(
        (
            "reviews:my-work",
            "reviews:review-detail",
            "extraction:study-detail",
            "extraction:doubt-list",
        ),
        "an adjudicator who extracts nothing may settle doubts",
    ),
    "a_lead_with_a_seat": {
        "reviews:event-list": "a lead reads who did what, never what was said",
        "extraction:study-list": "a lead reads how far the copies are",
        "extraction:study-detail": "a lead reads how far the copies are",
    },
    "an_adjudicator": {
        "extraction:study-list": "an adjudicator reads which studies wait to be compared",
        "extraction:study-detail": "an adjudicator reads which studies wait to be compared",
    },
}


def viewer(world: World, who: str) -> Membership:
    """Return who looks; A may be a lead or an adjudicator who holds seats."""
    roles = {"a_lead_with_a_seat": Role.LEAD, "an_adjudicator_with_a_seat": Role.ADJUDICATOR}
    if who in roles:
        return change_role(lead=world.lead, member=world.a, role=roles[who])
    return {
        "a_reviewer": world.a,
        "an_observer": world.observer,
        "an_adjudicator": world.adjudicator,
    }[who]


def test_no_route_is_left_out_without_a_reason():
    asked = {request.route for request in requests_of(make_world())}

    assert {route.name for route in all_routes()} - asked == set(LEFT_OUT)


@pytest.mark.soak
@pytest.mark.parametrize("who", VIEWERS if SOAK else FEW_VIEWERS)
@pytest.mark.catalogue("B02")
@pytest.mark.catalogue("B03")
@pytest.mark.catalogue("B04")
@pytest.mark.catalogue("B05")
@pytest.mark.catalogue("B07")
@pytest.mark.catalogue("B13")
@pytest.mark.catalogue("B17")
@pytest.mark.catalogue("B18")
@pytest.mark.catalogue("E14")
def test_nobody_learns_before_release_what_another_did(who, monkeypatch, tmp_path):
    world = make_world()
    eyes = Looking(viewer(world, who), monkeypatch)
    before = eyes.look(requests_of(world))
    # What the door refuses reads nothing.
    requests = [request for request, answer in before.items() if answer[0] not in {403, 405}]
    files = eyes.files(tmp_path / "before") if who == "an_observer" else {}
    learnt = {}
    for name, act in (OTHERS if SOAK else IN_ONE).items():
        shown = {route for key in (who, name, (who, name)) for route in SHOWN.get(key, ())}
        with taken_back():
            act(world)
            asked = [request for request in requests if request.route not in shown]
            told = different(eyes.look(asked), before)
            if files and eyes.files(tmp_path / name) != files:
                told.append("files")
        if told:
            learnt[name] = told

    assert learnt == {}
    assert sum(answer[0] == 200 for answer in before.values()) > 50


@pytest.mark.soak
@pytest.mark.parametrize("rule", ["discussion", "third_person"] if SOAK else ["third_person"])
@pytest.mark.catalogue("B03")
def test_a_lead_with_a_seat_learns_that_others_work_and_not_what_they_say(rule, monkeypatch):
    world = make_world(settling_rule=rule)
    eyes = Looking(viewer(world, "a_lead_with_a_seat"), monkeypatch)
    requests = requests_of(world)
    start = timezone.now()
    worlds = []
    for verdict in (Verdict.INCLUDE, Verdict.EXCLUDE, *[Verdict.UNSURE] * SOAK):
        with taken_back():
            with no_chance(monkeypatch, start):
                b_votes(verdict)(world)
                a_third_person_settles_what_is_not_released(world)
            worlds.append(eyes.look(requests))

    one, *others = [without_head(answers) for answers in worlds]
    assert [told for other in others if (told := different(one, other))] == []


def without_head(answers: dict[Request, Answer]) -> dict[Request, Answer]:
    """Return the answers without the head of the chain, a hash over random uids."""
    return {
        request: (*answer[:2], HEAD.sub(b"its head", answer[2]), *answer[3:])
        for request, answer in answers.items()
    }


@pytest.mark.soak
@pytest.mark.parametrize(
    "who", ["a_reviewer", *["an_adjudicator_with_a_seat", "an_observer"] * SOAK]
)
@pytest.mark.catalogue("B05")
def test_nobody_with_a_seat_learns_that_a_third_person_settled_before_release(who, monkeypatch):
    world = make_world(settling_rule="third_person")
    eyes = Looking(viewer(world, who), monkeypatch)
    requests = requests_of(world)
    before = eyes.look(requests)

    a_third_person_settles(world)

    assert different(before, eyes.look(requests)) == []


@pytest.mark.soak
@pytest.mark.parametrize("name", LEADS_ACTS if SOAK else FEW_LEADS_ACTS)
@pytest.mark.parametrize("who", ["a_reviewer", *["an_observer"] * SOAK])
def test_what_a_lead_does_tells_nobody_what_another_voted(who, name, monkeypatch):
    world = make_world()
    eyes = Looking(viewer(world, who), monkeypatch)
    requests = requests_of(world)
    start = timezone.now()
    worlds = []
    for votes in (b_votes(Verdict.INCLUDE), b_votes(Verdict.EXCLUDE), *[nothing] * SOAK):
        with taken_back():
            votes(world)
            with no_chance(monkeypatch, start + timedelta(minutes=30)):
                LEADS_ACTS[name](world)
            worlds.append(without_head(eyes.look(requests)))

    assert [told for other in worlds[1:] if (told := different(worlds[0], other))] == []


def acts_of_a(world: World) -> list[Request]:
    """Return what A can do: vote, change, withdraw, extract, label, keep a view, discuss."""
    at = f"/reviews/{world.lead.review.slug}"
    own = ScreeningDecision.objects.current().filter(member=world.a)
    names = ("fresh", "mine", "settled", "at_odds")
    seen = {n: str(v.uid) for n in names if (v := own.filter(record=world.records[n]).first())}
    found = []
    for name in names:
        url = f"{at}/screening/title-abstract/records/{world.records[name].uid}/"
        before = ("seen", seen.get(name, ""))
        for said in ("include", "exclude", "unsure"):
            data = (("verdict", said), ("note", "my note"), before)
            kept = (*data, ("member", str(world.a.uid)), ("request_id", str(uuid4())))
            found.append(Request(f"{said} {name}", "post", url, data))
            found.append(Request(f"{said} {name} kept", "post", url, kept, script=True))
        found.append(Request(f"withdraw {name}", "post", f"{url}withdraw/", (before,)))
        found.append(
            Request(f"withdraw {name} kept", "post", f"{url}withdraw/", (before,), script=True)
        )
    copy = f"{at}/extractions/{world.copies['1A'].uid}"
    record, label = ("record", str(world.records["mine"].uid)), ("label", str(world.label.uid))
    discussed = world.records["discussed"].uid
    sent: list[tuple[str, str, tuple[tuple[str, str], ...]]] = [
        ("type", f"{copy}/cells/", (("study-country", "Switzerland"), ("study-country-seen", ""))),
        ("add a part", f"{copy}/elements/", (("group", "cohort"),)),
        ("submit", f"{copy}/submit/", ()),
        ("label", f"{at}/records/label/", (record, label, ("act", "on"))),
        ("make a label", f"{at}/labels/", (("name", "Only B sees this"),)),
        ("keep a view", f"{at}/records/views/save/", (("name", "A view of B"), ("query", "q=x"))),
        (
            "discuss",
            f"{at}/screening/title-abstract/discussions/{discussed}/",
            (("verdict", "include"),),
        ),
    ]
    return [*found, *(Request(name, "post", url, data) for name, url, data in sent)]


@pytest.mark.parametrize("rule", ["discussion", "third_person"])
@pytest.mark.catalogue("B06")
@pytest.mark.catalogue("B16")
def test_no_answer_to_a_reviewers_act_tells_what_another_did(rule, monkeypatch):
    world = make_world(settling_rule=rule)
    eyes = Looking(world.a, monkeypatch)
    requests = acts_of_a(world)
    before = eyes.look(requests)
    acts = {**OTHERS, "a_third_person_settles": a_third_person_settles}
    del acts["b_discusses"]
    learnt = {}
    for name, act in acts.items():
        with taken_back():
            act(world)
            told = different(before, eyes.look(requests))
        if told:
            learnt[name] = told

    assert learnt == {}
    statuses = {request.name: answer[0] for request, answer in before.items()}
    assert statuses["include fresh"] == statuses["type"] == statuses["label"] == 302
    assert statuses["withdraw fresh"] == 409, "there is nothing to withdraw"


def reading(world: World, *names: str) -> list[Request]:
    """Return the requests of these names, a route or a route and what it names, that only read."""
    found = [each for each in requests_of(world) if each.name in names and each.method == "get"]
    assert {each.name for each in found} == set(names)
    return found


@pytest.mark.catalogue("B10")
def test_no_filter_search_or_column_of_the_list_tells_what_another_said(monkeypatch):
    world = make_world()
    theirs = create_label(member=world.b, name="Only B sees it")
    eyes = Looking(world.a, monkeypatch)
    client = Client()
    client.force_login(world.a.user)
    listed = f"/reviews/{world.lead.review.slug}/records/"
    form = client.get(listed).context["form"]
    asked = [
        (name, value)
        for name in ("mine", "standing", "label", "columns")
        for value, _ in form.fields[name].choices
        if value
    ]
    words = ("private", "note", '"Only B sees it"', "exclude", world.b.user.full_name)
    asked += [("label", theirs.uid), *(("q", said) for said in words)]
    asked += [("ordering", "verdict"), ("decisions__verdict", "exclude")]
    requests = [Request(f"{n}={v}", "get", f"{listed}?{urlencode({n: v})}") for n, v in asked]
    before = eyes.look(requests)

    b_votes(Verdict.EXCLUDE)(world)
    records = [record.pk for record in world.records.values()]
    label_records(member=world.b, label=theirs, records=records)

    assert different(before, eyes.look(requests)) == []


@pytest.mark.catalogue("B11")
def test_notes_and_labels_and_what_is_discussed_before_release_stay_with_their_author(monkeypatch):
    world = make_world()
    eyes = Looking(world.a, monkeypatch)
    requests = reading(
        world,
        "screening:record-list",
        "screening:record-detail fresh",
        "screening:record-detail mine",
        "screening:record-screen mine",
        "screening:discussion at_odds",
        "screening:discussion-list",
        "records:label-list",
        "reviews:event-list",
    )
    before = eyes.look(requests)

    b_votes(Verdict.EXCLUDE)(world)
    b_works_privately(world)

    assert different(before, eyes.look(requests)) == []


@pytest.mark.catalogue("B15")
def test_that_another_looks_and_types_shows_nowhere(monkeypatch):
    world = make_world()
    eyes = Looking(world.a, monkeypatch)
    requests = reading(
        world,
        "reviews:my-work",
        "reviews:review-detail",
        "screening:record-detail mine",
        "screening:record-screen fresh",
        "extraction:study-detail study 0",
        "extraction:extraction-list",
        "extraction:extraction-edit copy 1A",
    )
    before = eyes.look(requests)
    assert {answer[0] for answer in before.values()} == {200}

    there = Client()
    there.force_login(world.b.user)
    for request in requests:
        there.get(request.url.replace(str(world.copies["1A"].uid), str(world.copies["1B"].uid)))
    b_extracts(world)

    assert different(before, eyes.look(requests)) == []


@pytest.mark.catalogue("B14")
def test_no_mail_tells_of_a_vote_a_conflict_or_an_extraction(settings, mailoutbox):
    settings.HAS_MAIL = True
    world = make_world()
    mailoutbox.clear()

    b_discusses(world)
    a_third_person_settles(world)
    b_submits(world)
    the_lead_merges_and_parts(world)
    release_records(lead=world.lead, stage=TITLES)

    assert mailoutbox == []
