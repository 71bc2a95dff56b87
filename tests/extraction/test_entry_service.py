from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from extraction.copies import read_copy
from extraction.models import Value
from extraction.services import CellInput, link_report, save_cells, set_value, submit_extraction
from reviews.models import AuditEvent
from tests.extraction.factories import (
    World,
    add,
    enter,
    fill,
    include,
    make_studies,
    make_world,
)
from tests.factories import make_records

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def events(verb: str) -> int:
    return AuditEvent.objects.filter(verb=verb).count()


def refused(world: World, code: str, **cell) -> None:
    before = list(Value.objects.values_list("pk", "superseded_at"))
    chain = AuditEvent.objects.count()
    with pytest.raises(ValidationError) as refusal:
        set_value(extractor=world.first, extraction=world.a, **cell)
    assert refusal.value.error_list[0].code == code
    assert list(Value.objects.values_list("pk", "superseded_at")) == before
    assert AuditEvent.objects.count() == chain


def test_an_answer_is_stored_as_printed_with_its_number_beside_it(world):
    result = fill(world.first, world.a)["before"]

    value = set_value(
        extractor=world.first,
        extraction=world.a,
        key="p_value",
        text="< 0.010",
        element=result,
        page="4",
        quote="P < 0.010",
    )

    value.refresh_from_db()
    assert (value.text, value.number, value.qualifier) == ("< 0.010", "0.010", "<")
    assert (value.page, value.quote, value.member) == ("4", "P < 0.010", world.first)


def test_the_same_answer_twice_writes_nothing(world):
    first = set_value(extractor=world.first, extraction=world.a, key="design", text="Series")
    second = set_value(extractor=world.first, extraction=world.a, key="design", text=" Series ")

    assert first == second
    assert Value.objects.count() == 1
    assert events("extraction.cells_saved") == 1


def test_a_change_supersedes_the_old_answer_and_keeps_it(world):
    old = set_value(extractor=world.first, extraction=world.a, key="design", text="Series")
    new = set_value(extractor=world.first, extraction=world.a, key="design", text="Cohort")

    old.refresh_from_db()
    assert old.superseded_at == new.recorded_at
    assert list(Value.objects.current()) == [new]


def test_a_blank_clears_the_cell_with_a_new_version(world):
    set_value(extractor=world.first, extraction=world.a, key="design", text="Series")

    cleared = set_value(extractor=world.first, extraction=world.a, key="design", text="  ")

    assert (cleared.text, cleared.missing, cleared.obtained) == ("", "", "")
    assert not Value.objects.current().answered().exists()
    assert Value.objects.count() == 2


def test_a_blank_where_nothing_ever_stood_writes_nothing(world):
    assert set_value(extractor=world.first, extraction=world.a, key="design", text="") is None
    assert not Value.objects.exists()


@pytest.mark.catalogue("N20")
@pytest.mark.parametrize(
    ("typed", "missing"),
    [
        ("nr", "not_reported"),
        ("uc", "unclear"),
        ("n/a", "not_applicable"),
        ("ca", "contact_author"),
    ],
)
def test_a_missing_code_is_no_text_and_no_number(world, typed, missing):
    cohort = add(world.first, world.a, "cohort", label="All")

    value = enter(world.first, world.a, cohort, patients=typed)["patients"]
    zero = enter(world.first, world.a, cohort, patients="0")["patients"]

    assert (value.missing, value.text, value.number) == (missing, "", "")
    assert (zero.missing, zero.number) == ("", "0")


@pytest.mark.catalogue("N31")
def test_a_question_of_another_group_or_form_is_refused(world):
    refused(world, "unknown_field", key="patients", text="4")
    refused(world, "unknown_field", key="no_such_question", text="4")
    cohort = add(world.first, world.a, "cohort", label="All")
    refused(world, "unknown_field", key="design", text="Series", element=cohort)


@pytest.mark.catalogue("N32")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,5", "ambiguous"),
        ("nan", "not_finite"),
        ("2.5", "not_whole"),
        ("-3", "below_minimum"),
        ("１２", "foreign_digits"),
        ("12 (3.4)", "several_numbers"),
    ],
)
def test_a_bad_number_is_refused_by_the_service_itself(world, text, code):
    cohort = add(world.first, world.a, "cohort", label="All")
    refused(world, code, key="patients", text=text, element=cohort)


def test_an_element_of_another_copy_is_refused(world):
    theirs = add(world.second, world.b, "cohort", label="All")
    refused(world, "element_removed", key="patients", text="4", element=theirs)


def test_a_cohort_of_another_copy_cannot_be_named(world):
    theirs = add(world.second, world.b, "cohort", label="All")
    ours = add(world.first, world.a, "cohort", label="All")
    refused(world, "not_in_copy", key="part_of", text=str(theirs.uid), element=ours)


def test_a_cohort_is_never_part_of_itself_even_through_others(world):
    whole = add(world.first, world.a, "cohort", label="All")
    part = add(world.first, world.a, "cohort", label="Part", part_of=str(whole.uid))
    refused(world, "part_of_itself", key="part_of", text=str(whole.uid), element=whole)
    refused(world, "part_of_itself", key="part_of", text=str(part.uid), element=whole)


def test_a_circle_within_one_act_is_refused(world):
    one = add(world.first, world.a, "cohort", label="One")
    two = add(world.first, world.a, "cohort", label="Two")
    cells = [
        CellInput(key="part_of", text=str(two.uid), element=one),
        CellInput(key="part_of", text=str(one.uid), element=two),
    ]
    with pytest.raises(ValidationError, match="part of itself"):
        save_cells(extractor=world.first, extraction=world.a, cells=cells)
    assert not Value.objects.filter(key="part_of").exists()


def test_a_calculated_value_needs_its_formula(world):
    refused(world, "formula_missing", key="design", text="x", obtained="calculated")
    value = set_value(
        extractor=world.first,
        extraction=world.a,
        key="design",
        text="x",
        obtained="calculated",
        formula="SD = SE × √n = 0.5 × √16",
    )
    assert value.formula == "SD = SE × √n = 0.5 × √16"


def test_a_value_names_the_report_it_was_read_in(world):
    supplement = include(world.lead, make_records(world.lead, 1))[0]
    report = link_report(lead=world.lead, study=world.study, record=supplement, kind="supplement")

    value = set_value(
        extractor=world.first,
        extraction=world.a,
        key="design",
        text="Series",
        report=str(report.uid),
    )

    value.refresh_from_db()
    assert value.report == report
    assert read_copy(world.a).cells["design"].report == report.pk
    other = world.study.reports.current().exclude(pk=report.pk).get()
    changed = set_value(
        extractor=world.first,
        extraction=world.a,
        key="design",
        text="Series",
        report=str(other.uid),
    )
    assert (changed.report, Value.objects.count()) == (other, 2)
    same = {"key": "design", "text": "Series", "report": str(other.uid)}
    assert set_value(extractor=world.first, extraction=world.a, **same) == changed


def test_a_report_of_another_study_or_of_none_is_refused(world):
    theirs = make_studies(world.lead)[0].reports.get()
    moved = include(world.lead, make_records(world.lead, 1))[0]
    old = link_report(lead=world.lead, study=world.study, record=moved)
    link_report(lead=world.lead, study=theirs.study, record=moved)
    for uid in (str(theirs.uid), str(old.uid), "no such report", str(uuid4())):
        refused(world, "unknown_report", key="design", text="Series", report=uid)


def test_a_blank_cell_names_no_report(world):
    report = str(world.study.reports.get().uid)
    cells = [CellInput(key="design", text="", report=report)]
    save_cells(extractor=world.first, extraction=world.a, cells=cells)
    assert not Value.objects.exists()
    noted = set_value(
        extractor=world.first,
        extraction=world.a,
        key="design",
        text="",
        note="see the methods",
        report=report,
    )
    assert str(noted.report.uid) == report


@pytest.mark.catalogue("N26")
@pytest.mark.parametrize("name", ["note", "quote", "formula", "page"])
def test_what_stands_beside_a_value_is_capped_and_clean(world, name):
    refused(world, "too_long", key="design", text="x", **{name: "a" * 20_001})
    refused(world, "bad_character", key="design", text="x", **{name: "a\x00b"})


@pytest.mark.catalogue("N18")
def test_a_unit_is_part_of_the_value_and_nothing_is_converted(world):
    cohort = add(world.first, world.a, "cohort", label="All")
    value = enter(world.first, world.a, cohort, patients="12")["patients"]
    assert (value.number, value.unit) == ("12", "patients")
    refused(world, "unit_in_number", key="patients", text="12 hips", element=cohort)


def test_one_refused_cell_leaves_all_of_a_bulk_unwritten(world):
    cells = [CellInput(key="design", text="Series"), CellInput(key="year", text="31/02/2020")]

    with pytest.raises(ValidationError, match="year"):
        save_cells(extractor=world.first, extraction=world.a, cells=cells)

    assert not Value.objects.exists()
    assert not events("extraction.cells_saved")


def test_good_cells_can_be_kept_although_another_is_refused(world):
    good, bad = CellInput(key="design", text="Series"), CellInput(key="year", text="soon")

    saved = save_cells(extractor=world.first, extraction=world.a, cells=[good, bad], keep_good=True)

    assert list(saved.values) == [good]
    assert list(saved.refused) == [bad]
    assert Value.objects.get().text == "Series"


def test_many_cells_are_one_event(world):
    cells = [CellInput(key="design", text="Series"), CellInput(key="year", text="2020-03")]
    save_cells(extractor=world.first, extraction=world.a, cells=cells)
    assert Value.objects.count() == 2
    assert events("extraction.cells_saved") == 1


@pytest.mark.catalogue("C09")
def test_two_windows_do_not_overwrite_each_other_unseen(world):
    stored = set_value(extractor=world.first, extraction=world.a, key="design", text="Series")
    refused(world, "changed_meanwhile", key="design", text="Cohort", seen="")
    again = set_value(
        extractor=world.first, extraction=world.a, key="design", text="Series", seen=""
    )
    assert again == stored
    changed = set_value(
        extractor=world.first,
        extraction=world.a,
        key="design",
        text="Cohort",
        seen=str(stored.uid),
    )
    assert changed.text == "Cohort"


@pytest.mark.catalogue("C10")
def test_two_windows_on_different_fields_both_keep_theirs(world):
    set_value(extractor=world.first, extraction=world.a, key="design", text="Series", seen="")
    set_value(extractor=world.first, extraction=world.a, key="year", text="2020", seen="")
    assert Value.objects.current().count() == 2


@pytest.mark.catalogue("C11")
def test_a_submitted_copy_takes_no_more_answers(world):
    fill(world.first, world.a)
    submit_extraction(extractor=world.first, extraction=world.a)
    refused(world, "submitted", key="design", text="Other")


@pytest.mark.catalogue("B24")
def test_who_is_still_at_work_goes_on_after_the_other_submitted_and_touches_nothing_of_theirs(
    world,
):
    fill(world.second, world.b)
    submit_extraction(extractor=world.second, extraction=world.b)
    theirs = list(world.b.values.order_by("pk").values())

    fill(world.first, world.a)
    changed = set_value(extractor=world.first, extraction=world.a, key="design", text="Cohort")

    assert world.a.values.current().get(key="design") == changed
    assert list(world.b.values.order_by("pk").values()) == theirs
    submit_extraction(extractor=world.first, extraction=world.a)
    refused(world, "submitted", key="design", text="After both submitted")


def test_nobody_writes_into_the_copy_of_another(world):
    with pytest.raises(ValidationError, match="no longer yours"):
        set_value(extractor=world.second, extraction=world.a, key="design", text="Mine")
    with pytest.raises(ValidationError, match="no longer yours"):
        set_value(extractor=world.lead, extraction=world.a, key="design", text="Mine")
    assert not Value.objects.exists()
