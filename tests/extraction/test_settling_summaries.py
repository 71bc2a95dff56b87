"""A summary statistic is compared, settled and taken back as one."""

import pytest
from django.core.exceptions import ValidationError

from extraction.compared import read_compared
from extraction.copies import read_copy
from extraction.models import CellResolution, Element, Value
from extraction.services import (
    confirm_alignment,
    propose_alignment,
    reopen_extraction,
    resolve_cell,
    set_value,
    submit_extraction,
    take_agreed,
    unresolve_cell,
)
from tests.extraction.factories import World, add, enter, make_world, submit

pytestmark = pytest.mark.django_db

A = {"age.centre": "mean", "age.value": "41.7", "age.spread": "sd", "age.spread_value": "11.2"}
B = {"age.centre": "mean", "age.value": "41.7", "age.min": "18", "age.max": "70"}
REQUIRED = {
    "label": "All patients",
    "cohort_kind": "whole_series",
    "counts_towards_totals": "yes",
    "patients_treated": "26",
}


def compared(a: dict[str, str], b: dict[str, str]) -> World:
    """Return a study whose copies have one cohort each, ready to be settled."""
    world = make_world(None)
    sides = (("A", world.first, world.a, a), ("B", world.second, world.b, b))
    for seat, member, copy, said in sides:
        enter(member, copy, design="Case series")
        world.elements[seat] = add(member, copy, "cohort", **REQUIRED, **said)
    submit(world)
    propose_alignment(adjudicator=world.adjudicator, study=world.study)
    confirm_alignment(adjudicator=world.adjudicator, study=world.study)
    world.elements["final"] = Element.objects.get(
        extraction__study=world.study, extraction__seat="consensus", group="cohort"
    )
    return world


@pytest.fixture
def world() -> World:
    return compared(A, B)


def cell(world: World, key: str = "age"):
    return read_compared(world.study).cell(key, world.elements["final"].uid)


def settle(world: World, choice: str, **more) -> CellResolution:
    return resolve_cell(
        adjudicator=world.adjudicator,
        study=world.study,
        element=world.elements["final"],
        key="age",
        choice=choice,
        **{"reason": "Table 1", **more},
    )


def final(world: World) -> dict[str, str]:
    cohort = read_copy(world.study.extractions.get(seat="consensus")).cohorts[0]
    return {
        key: found.text or found.missing
        for key, found in cohort.cells.items()
        if key.startswith("age.")
    }


def test_a_difference_in_one_part_leaves_the_question_open():
    world = compared(A, {**A, "age.spread_value": "11.3"})
    take_agreed(adjudicator=world.adjudicator, study=world.study)

    assert cell(world).is_open
    assert cell(world).difference.amount == "0.1"
    assert final(world) == {}


def test_a_question_that_agrees_in_all_parts_is_taken_with_all_of_them():
    world = compared(A, {**A, "age.spread_value": "11·20"})
    take_agreed(adjudicator=world.adjudicator, study=world.study)

    assert final(world) == A
    assert CellResolution.objects.current().filter(key="age").count() == 1
    assert not CellResolution.objects.filter(key__contains=".").exists()


def test_the_answer_of_one_is_taken_with_all_parts_and_blanks_what_it_leaves_blank(world):
    settle(world, "B")
    assert final(world) == B

    settle(world, "A")

    assert final(world) == A
    assert CellResolution.objects.current().get().choice == "A"
    mine = Value.objects.filter(extraction=world.a, key__startswith="age.")
    assert {value.key: value.text for value in mine.current()} == A


def test_a_settlement_names_the_first_part_even_where_it_is_blank():
    world = compared({"age.value": "41.7"}, {"age.value": "41.8"})

    resolution = settle(world, "A")

    assert (resolution.key, resolution.value.key, resolution.value.text) == (
        "age",
        "age.centre",
        "",
    )
    assert final(world) == {"age.value": "41.7"}


def test_the_same_settlement_twice_writes_nothing(world):
    first = settle(world, "A")
    before = Value.objects.count()

    assert settle(world, "A") == first
    assert Value.objects.count() == before


def test_a_third_answer_is_given_part_by_part(world):
    settle(world, "A")
    parts = {"age.centre": "median", "age.value": "41·5", "age.min": "18"}

    resolution = settle(world, "other", parts=parts, page="3", quote="median 41·5 (from 18)")

    assert final(world) == parts
    assert resolution.value.text == "median"
    values = Value.objects.current().filter(extraction__seat="consensus", key__startswith="age.")
    pages = {value.key: value.page for value in values}
    assert pages == {"age.centre": "3", "age.value": "3", "age.min": "3"} | dict.fromkeys(
        ("age.spread", "age.spread_value"), ""
    )
    settle(world, "other", parts={}, reason="printed nowhere")
    assert final(world) == {}


@pytest.mark.parametrize(
    ("third", "code", "named"),
    [
        ({"text": "41"}, "parts_missing", "part by part"),
        ({}, "parts_missing", "part by part"),
        ({"parts": {"age.value": "forty"}}, "not_a_number", "Age: value"),
        ({"parts": {"age.value": "41", "age.spread": "range"}}, "unknown_choice", "Age: spread"),
        ({"parts": {"age.mean": "41"}}, "unknown_field", "part"),
        ({"parts": {"bmi.value": "41"}}, "unknown_field", "part"),
        ({"parts": {"age.value": "41"}, "report": "none"}, "unknown_report", "report"),
    ],
)
def test_a_third_answer_with_a_part_that_is_not_taken_changes_nothing(world, third, code, named):
    settle(world, "A")
    before = list(Value.objects.values_list("pk", "superseded_at"))

    with pytest.raises(ValidationError, match=named) as refusal:
        settle(world, "other", **third)

    assert refusal.value.code == code
    assert list(Value.objects.values_list("pk", "superseded_at")) == before
    assert CellResolution.objects.count() == 1


def test_a_settlement_is_taken_back_with_all_parts(world):
    settle(world, "A")
    unresolve_cell(
        adjudicator=world.adjudicator,
        study=world.study,
        key="age",
        element=world.elements["final"],
    )
    assert cell(world).is_open
    assert final(world) == {}


@pytest.mark.parametrize(
    ("key", "text"), [("age.max", "71"), ("age.spread_value", ""), ("age.value", "nr")]
)
def test_a_settlement_is_stale_after_any_part_was_changed(world, key, text):
    settle(world, "A")
    reopen_extraction(lead=world.lead, extraction=world.a, reason="a slip")
    enter(world.first, world.a, world.elements["A"], **{key: text})
    submit_extraction(extractor=world.first, extraction=world.a)

    assert cell(world).stale
    assert cell(world).is_open
    assert final(world) == A
    settle(world, "B")
    assert not cell(world).stale


def test_a_settlement_is_not_stale_after_another_question_was_changed(world):
    settle(world, "A")
    reopen_extraction(lead=world.lead, extraction=world.a, reason="a slip")
    enter(world.first, world.a, world.elements["A"], **{"bmi.value": "24", "women": "20"})
    submit_extraction(extractor=world.first, extraction=world.a)

    assert cell(world).is_settled


def test_two_who_differ_in_how_a_value_was_obtained_differ():
    world = make_world()
    for member, copy, more in (
        (world.first, world.a, {}),
        (world.second, world.b, {"obtained": "figure"}),
    ):
        set_value(extractor=member, extraction=copy, key="design", text="Case series", **more)
    submit(world)
    propose_alignment(adjudicator=world.adjudicator, study=world.study)
    confirm_alignment(adjudicator=world.adjudicator, study=world.study)

    found = read_compared(world.study).cell("design", None)

    assert found.is_open
    resolve_cell(
        adjudicator=world.adjudicator, study=world.study, key="design", choice="B", reason="Fig. 2"
    )
    value = Value.objects.current().get(extraction__seat="consensus", key="design")
    assert value.obtained == "figure"


def test_answers_that_are_each_right_do_not_make_a_cohort_part_of_itself():
    world = make_world()
    made = {}
    for seat, member, copy in (("A", world.first, world.a), ("B", world.second, world.b)):
        enter(member, copy, design="Series")
        one = add(member, copy, "cohort", label="Early")
        two = add(member, copy, "cohort", label="Late")
        whole, part = (one, two) if seat == "A" else (two, one)
        enter(member, copy, part, part_of=str(whole.uid))
        made[seat] = one, two
    submit(world)
    propose_alignment(adjudicator=world.adjudicator, study=world.study)
    confirm_alignment(adjudicator=world.adjudicator, study=world.study)
    one, two = (
        Element.objects.get(alignments__element_a=element, alignments__superseded_at=None)
        for element in made["A"]
    )
    who = {"adjudicator": world.adjudicator, "study": world.study, "key": "part_of"}
    resolve_cell(**who, element=two, choice="A", reason="Table 1")

    with pytest.raises(ValidationError) as refusal:
        resolve_cell(**who, element=one, choice="B", reason="Table 1")

    assert refusal.value.code == "part_of_itself"
    assert CellResolution.objects.count() == 1
    resolve_cell(**who, element=one, choice="A", reason="Table 1")
