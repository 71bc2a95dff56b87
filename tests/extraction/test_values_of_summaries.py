"""A summary statistic is one question: stored whole or not at all, and seen as one."""

import pytest
from django.core.exceptions import ValidationError

from extraction.copies import read_copy
from extraction.models import Value
from extraction.schema.summaries import Summary
from extraction.services import CellInput, save_cells, set_value
from reviews.models import AuditEvent
from tests.extraction.factories import World, add, make_world

pytestmark = pytest.mark.django_db

AGE = {"centre": "mean", "value": "41.7", "spread": "sd", "spread_value": "11.2"}


@pytest.fixture
def world() -> World:
    world = make_world(None)
    world.elements["cohort"] = add(world.first, world.a, "cohort", label="All patients")
    return world


def cells(world: World, question: str = "age", seen: str | None = None, **parts: str):
    element = world.elements["cohort"]
    return [
        CellInput(key=f"{question}.{part}", text=text, element=element, seen=seen)
        for part, text in parts.items()
    ]


def save(world: World, *sent: CellInput, keep_good: bool = True):
    return save_cells(extractor=world.first, extraction=world.a, cells=sent, keep_good=keep_good)


def stored(world: World) -> dict[str, str]:
    cohort = read_copy(world.a).cohorts[0]
    return {key: cell.text or cell.missing for key, cell in cohort.cells.items() if key != "label"}


def version(world: World, question: str = "age") -> str:
    """Return what a page has seen of a question: the uid of its latest part."""
    values = Value.objects.current().filter(key__startswith=f"{question}.")
    return str(values.order_by("recorded_at", "pk").last().uid)


def test_each_part_is_a_value_of_its_own_and_all_are_one_act(world):
    save(world, *cells(world, **AGE))

    assert stored(world) == {f"age.{part}": text for part, text in AGE.items()}
    values = Value.objects.current().filter(key__startswith="age.").select_related("field")
    assert {value.field.key for value in values} == {"age"}
    assert len({value.recorded_at for value in values}) == 1
    cohort = read_copy(world.a).cohorts[0]
    assert cohort.meant["age.value"].number == "41.7"
    summary = Summary("age", {key: cell.answer for key, cell in cohort.cells.items()})
    assert (str(summary.mean), str(summary.sd)) == ("41.7", "11.2")


@pytest.mark.parametrize(
    ("part", "text"), [("value", "forty"), ("spread", "range"), ("n", "2.5"), ("min", "-1")]
)
def test_one_part_refused_leaves_the_question_as_it_was_and_other_questions_are_stored(
    world, part, text
):
    sent = cells(world, **{**AGE, part: text})
    bmi = cells(world, "bmi", centre="mean", value="24")

    saved = save(world, *sent, *bmi)

    assert [cell.key for cell in saved.refused] == [f"age.{part}"]
    assert stored(world) == {"bmi.centre": "mean", "bmi.value": "24"}
    assert set(saved.values) == set(bmi)


def test_one_part_refused_keeps_what_was_stored_of_the_question_before(world):
    save(world, *cells(world, **AGE))
    before = list(Value.objects.values_list("pk", "superseded_at"))

    save(world, *cells(world, value="42", spread_value="eleven"))

    assert list(Value.objects.values_list("pk", "superseded_at")) == before


def test_without_leave_to_keep_what_is_good_one_part_refused_stores_nothing(world):
    events = AuditEvent.objects.count()
    with pytest.raises(ValidationError, match=r"age\.value"):
        save(
            world,
            *cells(world, value="forty"),
            *cells(world, "bmi", value="24"),
            keep_good=False,
        )
    assert stored(world) == {}
    assert AuditEvent.objects.count() == events


@pytest.mark.parametrize("key", ["age", "age.mean", "age.unit", "age.", "label.value"])
def test_a_part_that_the_question_does_not_have_is_refused(world, key):
    with pytest.raises(ValidationError) as refusal:
        set_value(
            extractor=world.first,
            extraction=world.a,
            key=key,
            text="4",
            element=world.elements["cohort"],
        )
    assert refusal.value.error_list[0].code == "unknown_field"


def test_a_duration_has_a_part_for_its_unit(world):
    save(world, *cells(world, "follow_up", centre="median", value="6", unit="Weeks"))
    assert stored(world)["follow_up.unit"] == "weeks"


@pytest.mark.catalogue("C09")
def test_two_windows_on_two_parts_of_one_question_conflict(world):
    save(world, *cells(world, centre="mean", value="41.7", seen=""))
    seen = version(world)
    save(world, *cells(world, spread="sd", spread_value="11.2", seen=seen))

    saved = save(
        world, *cells(world, min="18", seen=seen), *cells(world, "bmi", value="24", seen="")
    )

    [(cell, refusal)] = saved.refused.items()
    assert (cell.key, refusal.code) == ("age.min", "changed_meanwhile")
    assert "SD or SE 11.2" in refusal.messages[0]
    assert "age.min" not in stored(world)
    assert stored(world)["bmi.value"] == "24"
    again = refusal.params["seen"]
    assert again == version(world)
    assert not save(world, *cells(world, min="18", seen=again)).refused
    assert stored(world)["age.min"] == "18"


@pytest.mark.catalogue("C09")
def test_a_window_that_says_what_is_stored_meanwhile_conflicts_with_nothing(world):
    save(world, *cells(world, **AGE, seen=""))
    before = Value.objects.count()

    saved = save(world, *cells(world, **AGE, seen=""))

    assert not saved.refused
    assert len(saved.values) == len(AGE)
    assert Value.objects.count() == before


def test_a_part_cleared_in_another_window_is_a_change_of_the_question(world):
    save(world, *cells(world, **AGE))
    seen = version(world)
    save(world, *cells(world, spread_value="", seen=seen))

    saved = save(world, *cells(world, value="42", seen=seen))

    assert [refusal.code for refusal in saved.refused.values()] == ["changed_meanwhile"]
    assert stored(world)["age.value"] == "41.7"


@pytest.mark.catalogue("C10")
def test_two_windows_on_two_summary_statistics_both_keep_theirs(world):
    save(world, *cells(world, value="41.7", seen=""))
    saved = save(world, *cells(world, "bmi", value="24", seen=""))
    assert not saved.refused
    assert stored(world) == {"age.value": "41.7", "bmi.value": "24"}


def test_a_part_may_be_missing_for_a_reason_of_its_own(world):
    save(world, *cells(world, centre="mean", value="41.7", spread_value="nr"))
    assert stored(world)["age.spread_value"] == "not_reported"


@pytest.mark.parametrize(
    ("question", "text", "number"),
    [
        ("age.value", "41·7", "41.7"),
        ("age.n", "n = 26", "26"),
        ("women_percent", "91·7%", "91.7"),
        ("women_percent", "79\N{THIN SPACE}%", "79"),
        ("patients_treated", "1\N{NO-BREAK SPACE}234", "1234"),
    ],
)
def test_a_number_is_read_as_journals_print_it_and_its_text_is_kept(world, question, text, number):
    value = set_value(
        extractor=world.first,
        extraction=world.a,
        key=question,
        text=text,
        element=world.elements["cohort"],
    )
    value.refresh_from_db()
    assert (value.text, value.number) == (text, number)


@pytest.mark.parametrize("text", ["1,234", "1.234,5", "79%"])
def test_what_may_be_read_in_two_ways_or_has_another_unit_is_still_asked(world, text):
    with pytest.raises(ValidationError):
        set_value(
            extractor=world.first,
            extraction=world.a,
            key="age.value",
            text=text,
            element=world.elements["cohort"],
        )
    assert stored(world) == {}
