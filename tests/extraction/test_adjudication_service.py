import pytest
from django.core.exceptions import ValidationError

from extraction.compared import read_compared
from extraction.copies import consensus_copies, read_copy
from extraction.models import CellResolution, Element, Value, studies_to_adjudicate
from extraction.services import (
    bring_back,
    confirm_alignment,
    finalise_study,
    finding_name,
    findings_of,
    leave_out,
    propose_alignment,
    reopen_extraction,
    reopen_study,
    resolve_cell,
    resolve_element,
    set_value,
    submit_extraction,
    take_agreed,
    unresolve_cell,
)
from reviews.models import AuditEvent
from reviews.roles import Role
from reviews.services import change_role
from tests.extraction.factories import World, add, enter, fill, make_world, submit

pytestmark = pytest.mark.django_db


def aligned(world: World) -> World:
    submit(world)
    propose_alignment(adjudicator=world.adjudicator, study=world.study)
    confirm_alignment(adjudicator=world.adjudicator, study=world.study)
    return world


@pytest.fixture
def world() -> World:
    """Return a study whose two copies differ in two cells."""
    world = make_world()
    world.elements = fill(world.first, world.a)
    fill(world.second, world.b, women="17", mean_after="82.5")
    return aligned(world)


def consensus(world: World, name: str) -> Element:
    """Return the consensus element of one of A's elements."""
    return Element.objects.get(
        alignments__element_a=world.elements[name], alignments__superseded_at=None
    )


def settle(world: World, name: str, key: str, choice: str, **more) -> CellResolution:
    return resolve_cell(
        adjudicator=world.adjudicator,
        study=world.study,
        element=consensus(world, name) if name else None,
        key=key,
        choice=choice,
        **{"reason": "read again", **more},
    )


def settle_all(world: World) -> None:
    take_agreed(adjudicator=world.adjudicator, study=world.study)
    settle(world, "cohort", "women", "A", error_type="misread")
    settle(world, "after", "mean", "B")


def finalise(world: World, **more):
    return finalise_study(adjudicator=world.adjudicator, study=world.study, **more)


def test_all_agreed_cells_are_taken_as_one_act(world):
    taken = take_agreed(adjudicator=world.adjudicator, study=world.study)

    copy = read_copy(world.study.extractions.get(seat="consensus"))
    assert taken == 13
    assert copy.cells["design"].text == "Case series"
    assert "women" not in copy.cohorts[0].cells
    assert set(CellResolution.objects.values_list("choice", flat=True)) == {"agreed"}
    assert AuditEvent.objects.filter(verb="extraction.agreed_taken").count() == 1
    assert take_agreed(adjudicator=world.adjudicator, study=world.study) == 0


def test_agreed_references_name_the_elements_of_the_consensus(world):
    take_agreed(adjudicator=world.adjudicator, study=world.study)
    copy = read_copy(world.study.extractions.get(seat="consensus"))
    assert copy.interventions[0].cells["cohorts"].text == str(copy.cohorts[0].uid)


@pytest.mark.catalogue("N28")
def test_numbers_that_are_equal_but_printed_otherwise_agree(world):
    reopen_extraction(lead=world.lead, extraction=world.b, reason="printed with a decimal")
    element = Element.objects.get(
        extraction=world.b, group="result", values__text="54.2", values__superseded_at=None
    )
    enter(world.second, world.b, element, mean="54.20")
    submit_extraction(extractor=world.second, extraction=world.b)
    take_agreed(adjudicator=world.adjudicator, study=world.study)
    value = Value.objects.current().get(element=consensus(world, "before"), key="mean")
    assert value.text == "54.2"


@pytest.mark.parametrize(("choice", "text"), [("A", "18"), ("B", "17")])
def test_a_differing_cell_is_settled_with_one_of_the_two(world, choice, text):
    resolution = settle(world, "cohort", "women", choice, error_type="misread")
    assert (resolution.value.text, resolution.value.number) == (text, text)
    assert resolution.member == world.adjudicator
    assert Value.objects.current().get(key="women", extraction=world.a).text == "18"


def test_a_third_value_is_read_as_the_field_reads_any(world):
    resolution = settle(world, "cohort", "women", "other", text="16", page="3", quote="16 women")
    assert (resolution.value.number, resolution.value.page) == ("16", "3")
    with pytest.raises(ValidationError):
        settle(world, "cohort", "women", "other", text="sixteen")
    assert Value.objects.current().get(element=consensus(world, "cohort"), key="women").text == "16"


def test_a_third_value_can_be_that_nothing_is_reported(world):
    resolution = settle(world, "cohort", "women", "other", text="nr")
    assert resolution.value.missing == "not_reported"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"choice": "A", "reason": " "}, "reason_missing"),
        ({"choice": "C"}, "unknown_choice"),
        ({"choice": "A", "error_type": "laziness"}, "unknown_choice"),
        ({"choice": "agreed"}, "not_agreed"),
    ],
)
def test_a_settlement_that_says_too_little_is_refused(world, more, code):
    with pytest.raises(ValidationError) as refusal:
        settle(world, "cohort", "women", **more)
    assert refusal.value.code == code
    assert not CellResolution.objects.exists()
    assert not Value.objects.filter(extraction__seat="consensus").exists()


def test_the_same_settlement_twice_writes_nothing(world):
    first = settle(world, "cohort", "women", "A")
    events = AuditEvent.objects.count()
    assert settle(world, "cohort", "women", "A") == first
    assert AuditEvent.objects.count() == events


def test_a_changed_mind_is_a_new_version_and_the_old_one_stays(world):
    old = settle(world, "cohort", "women", "A")
    new = settle(world, "cohort", "women", "B", reason="table 1 counts hips")
    old.refresh_from_db()
    assert old.superseded_at == new.recorded_at
    assert list(CellResolution.objects.current()) == [new]


def test_a_settlement_is_taken_back_and_the_cell_is_open_again(world):
    settle(world, "cohort", "women", "A")
    unresolve_cell(
        adjudicator=world.adjudicator,
        study=world.study,
        key="women",
        element=consensus(world, "cohort"),
    )
    cell = read_compared(world.study).cell("women", consensus(world, "cohort").uid)
    assert cell.is_open
    assert cell.final == {}
    with pytest.raises(ValidationError) as refusal:
        unresolve_cell(
            adjudicator=world.adjudicator,
            study=world.study,
            key="women",
            element=consensus(world, "cohort"),
        )
    assert refusal.value.code == "not_settled"


def test_all_open_cells_of_one_part_are_settled_at_once():
    world = make_world()
    world.elements = fill(world.first, world.a)
    fill(world.second, world.b)
    extra = add(world.second, world.b, "cohort", label="Revisions", patients="4", women="3")
    aligned(world)
    element = Element.objects.get(alignments__element_b=extra, alignments__superseded_at=None)

    settled = resolve_element(
        adjudicator=world.adjudicator,
        study=world.study,
        element=element,
        choice="B",
        reason="table 4",
        error_type="omission",
    )

    assert settled == 3
    assert {r.error_type for r in CellResolution.objects.all()} == {"omission"}
    assert Value.objects.get(element=element, key="women").text == "3"


@pytest.mark.catalogue("C08")
def test_settlements_of_different_cells_are_both_kept(world):
    settle(world, "cohort", "women", "A")
    settle(world, "after", "mean", "B")
    assert CellResolution.objects.current().count() == 2


@pytest.mark.catalogue("C07")
def test_two_adjudicators_of_one_cell_leave_one_settlement(world):
    settle(world, "cohort", "women", "A")
    resolve_cell(
        adjudicator=world.lead,
        study=world.study,
        key="women",
        element=consensus(world, "cohort"),
        choice="B",
        reason="figure 1",
    )
    assert CellResolution.objects.current().get().choice == "B"
    assert CellResolution.objects.count() == 2


def test_extractors_settle_nothing_whatever_their_role(world):
    for member in (world.first, world.second):
        for role, code in ((Role.REVIEWER, "right_lost"), (Role.ADJUDICATOR, "not_to_compare")):
            change_role(lead=world.lead, member=member, role=role)
            with pytest.raises(ValidationError) as refusal:
                take_agreed(adjudicator=member, study=world.study)
            assert refusal.value.code == code
    assert not CellResolution.objects.exists()


def test_cells_are_not_settled_before_the_parts_are_aligned():
    world = make_world()
    fill(world.first, world.a)
    fill(world.second, world.b)
    submit(world)
    with pytest.raises(ValidationError) as refusal:
        take_agreed(adjudicator=world.adjudicator, study=world.study)
    assert refusal.value.code == "not_aligned"


def test_a_study_is_not_final_while_a_cell_waits(world):
    with pytest.raises(ValidationError) as refusal:
        finalise(world)
    assert refusal.value.code == "unsettled"
    settle(world, "cohort", "women", "A")
    settle(world, "after", "mean", "B")
    with pytest.raises(ValidationError) as refusal:
        finalise(world)
    assert refusal.value.code == "agreed_not_taken"
    assert consensus_copies(world.lead.review) == []


def test_a_final_study_is_released_and_closed_to_changes(world):
    settle_all(world)

    finalise(world)

    copy = consensus_copies(world.lead.review)[0]
    assert copy.cohorts[0].cells["women"].text == "18"
    assert list(world.study.__class__.objects.released()) == [world.study]
    with pytest.raises(ValidationError) as refusal:
        settle(world, "cohort", "women", "B")
    assert refusal.value.code == "final"


def test_the_checks_of_the_form_hold_for_the_consensus_too(world):
    take_agreed(adjudicator=world.adjudicator, study=world.study)
    settle(world, "after", "mean", "A")
    settle(world, "cohort", "women", "other", text="21")
    with pytest.raises(ValidationError) as refusal:
        finalise(world)
    assert refusal.value.error_list[0].code == "reason_missing"
    copy = read_copy(world.study.extractions.get(seat="consensus"))
    name = finding_name(findings_of(copy, world.lead.review)[0])
    assert "as printed" in finalise(world, overrides={name: "as printed"}).note


def test_the_lead_opens_a_final_study_again_and_the_release_ends(world):
    settle_all(world)
    finalise(world)
    with pytest.raises(ValidationError) as refusal:
        reopen_extraction(lead=world.lead, extraction=world.a, reason="a slip")
    assert refusal.value.code == "final"

    reopen_study(lead=world.lead, study=world.study, reason="an erratum appeared")

    assert consensus_copies(world.lead.review) == []
    settle(world, "cohort", "women", "B")
    finalise(world)
    with pytest.raises(ValidationError) as refusal:
        reopen_study(lead=world.lead, study=world.study, reason=" ")
    assert refusal.value.code == "reason_missing"


def test_an_answer_changed_after_it_was_settled_is_looked_at_anew(world):
    settle_all(world)
    reopen_extraction(lead=world.lead, extraction=world.a, reason="misread")
    enter(world.first, world.a, world.elements["cohort"], women="16")
    assert not studies_to_adjudicate(world.adjudicator).exists()
    submit_extraction(extractor=world.first, extraction=world.a)

    with pytest.raises(ValidationError) as refusal:
        finalise(world)

    assert refusal.value.code == "unsettled"
    cell = read_compared(world.study).cell("women", consensus(world, "cohort").uid)
    assert cell.stale
    assert cell.final["women"].text == "18"
    settle(world, "cohort", "women", "A")
    finalise(world)


def test_an_answer_cleared_after_it_was_agreed_is_looked_at_anew(world):
    settle_all(world)
    reopen_extraction(lead=world.lead, extraction=world.a, reason="not in the report")
    set_value(extractor=world.first, extraction=world.a, key="year", text="")
    submit_extraction(extractor=world.first, extraction=world.a)
    assert read_compared(world.study).cell("year", None).is_open


def test_what_the_two_wrote_stays_as_they_wrote_it(world):
    before = set(Value.objects.exclude(extraction__seat="consensus").values_list("pk", "text"))
    settle_all(world)
    finalise(world)
    after = Value.objects.exclude(extraction__seat="consensus").current()
    assert set(after.values_list("pk", "text")) == before


def test_a_lead_who_extracts_does_not_read_that_others_settled_where_the_two_differ(world):
    who = {"adjudicator": world.adjudicator, "study": world.study}
    part = consensus(world, "cohort")
    settle(world, "cohort", "women", "A")
    unresolve_cell(**who, key="women", element=part)
    resolve_element(**who, element=part, choice="A", reason="Table 2")
    leave_out(**who, element=part, reason="Not eligible")
    bring_back(**who, element=part)
    settling = AuditEvent.objects.filter(actor=world.adjudicator).exclude(
        verb__startswith="extraction.alignment"
    )
    assert settling.count() == 5

    change_role(lead=world.lead, member=world.first, role=Role.LEAD)
    world.first.refresh_from_db()

    def read(member):
        return AuditEvent.objects.visible_to(member).filter(pk__in=settling).count()

    assert (read(world.lead), read(world.first)) == (5, 0)
