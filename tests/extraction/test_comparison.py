from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.comparison import DifferenceState, compare, compare_question, normalised
from extraction.schema import Answer, read_answer, shipped_form
from extraction.vocabularies import Term, Vocabularies

FORM = shipped_form()
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=120, places=3)


def compared(key, a, b, **options):
    spec = FORM.by_cell[key]
    return compare(spec, read_answer(spec, a), read_answer(spec, b), **options)


@pytest.mark.catalogue("N28")
@pytest.mark.parametrize(("a", "b"), [("12.0", "12"), (".5", "0.50"), ("012", "12")])
def test_numbers_printed_differently_are_equal_after_normalising(a, b):
    assert compared("age.value", a, b).state == DifferenceState.SAME_AFTER_NORMALISING
    assert compared("age.value", a, b).agrees


@pytest.mark.catalogue("N28")
def test_decimals_are_added_and_subtracted_exactly():
    found = compare(
        FORM.by_cell["age.value"],
        Answer(text="0.3", number="0.3"),
        Answer(text="0.3", number=str(Decimal("0.1") + Decimal("0.2"))),
    )

    assert found.state == DifferenceState.SAME


def test_two_numbers_that_differ_show_by_how_much():
    found = compared("patients_treated", "20", "18")

    assert (found.state, found.amount, found.percent) == (DifferenceState.DIFFERENT, "-2", "10.0")


def test_a_qualifier_alone_is_a_difference():
    found = compared("change.value", "<0.001", "0.001")

    assert (found.state, found.amount) == (DifferenceState.DIFFERENT, "0")


@pytest.mark.catalogue("N18")
def test_the_same_number_in_another_unit_is_a_difference():
    a = Answer(text="4", number="4", unit="months")
    b = Answer(text="4", number="4", unit="years")

    assert compare(FORM.by_cell["follow_up.value"], a, b).state == DifferenceState.DIFFERENT


@pytest.mark.catalogue("N27")
@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Ultrasound-guided", "ultrasound-guided"),
        ("posterior  approach", "posterior approach"),
        ("Aguilera-Bohórquez", "Aguilera-Boho\N{COMBINING ACUTE ACCENT}rquez"),
        ("ultrasound–guided", "ultrasound-guided"),
        ("author’s", "author's"),
    ],
)
def test_texts_that_differ_by_case_space_or_typography_agree_and_are_marked_so(a, b):
    assert compared("approach", a, b).agrees
    assert compare(FORM.field("approach"), Answer(text=a), Answer(text=b)).state == (
        DifferenceState.SAME_AFTER_NORMALISING
    )


def test_an_exponent_is_not_normalised_into_the_digits_before_it():
    assert not compared("approach", "10²", "102").agrees
    assert not compared("approach", "1½ years", "11/2 years").agrees


@pytest.mark.catalogue("N20")
@pytest.mark.parametrize(
    ("a", "b", "state"),
    [
        ("", "", DifferenceState.SAME),
        ("nr", "not reported", DifferenceState.SAME),
        ("nr", "na", DifferenceState.DIFFERENT),
        ("nr", "0", DifferenceState.DIFFERENT),
        ("nr", "", DifferenceState.ONLY_A),
        ("", "0", DifferenceState.ONLY_B),
    ],
)
def test_blank_zero_and_each_missing_code_are_different_states(a, b, state):
    assert compared("women", a, b).state == state


def test_choices_are_compared_by_key():
    assert compared("level_of_evidence", "IV", "Level IV").state == DifferenceState.SAME
    assert not compared("level_of_evidence", "IV", "III").agrees


def test_references_are_compared_through_the_alignment():
    alignment = {"a1": "b1", "a2": "b2"}

    assert compared("cohorts", "a1; a2", "b2; b1", alignment=alignment).agrees
    assert not compared("cohorts", "a1", "b2", alignment=alignment).agrees
    assert not compared("cohorts", "a1; a3", "b1", alignment=alignment).agrees
    assert not compared("part_of", "a1", "a1").agrees


@given(NUMBERS, NUMBERS)
def test_comparing_the_other_way_round_gives_the_same_state_and_the_opposite_amount(first, second):
    there = compared("age.value", str(first), str(second))
    back = compared("age.value", str(second), str(first))

    assert there.state == back.state
    assert there.percent == back.percent
    if there.amount:
        assert Decimal(there.amount) == -Decimal(back.amount)


@given(st.text())
def test_normalising_twice_changes_nothing_more(text):
    assert normalised(normalised(text)) == normalised(text)


def test_how_a_value_was_obtained_is_part_of_the_answer():
    spec = FORM.by_cell["age.value"]
    reported = Answer(text="41", number="41")
    calculated = Answer(text="41", number="41", obtained="calculated")

    assert compare(spec, reported, calculated).state == DifferenceState.DIFFERENT
    assert compare(spec, calculated, calculated).state == DifferenceState.SAME


def summary(key, **parts):
    cells = {f"{key}.{name}": text for name, text in parts.items()}
    return {name: read_answer(FORM.by_cell[name], text) for name, text in cells.items()}


def of_summary(a, b):
    return compare_question(FORM.field("age"), summary("age", **a), summary("age", **b))


def test_a_summary_statistic_is_the_same_where_all_its_parts_are():
    said = {"centre": "mean", "value": "41.7", "spread": "sd", "spread_value": "11.2"}

    assert of_summary(said, said).state == DifferenceState.SAME
    printed = {**said, "value": "41.70", "spread_value": "11·2"}
    assert of_summary(said, printed).state == DifferenceState.SAME_AFTER_NORMALISING


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("centre", "median"),
        ("value", "41"),
        ("spread", "se"),
        ("spread_value", "nr"),
        ("min", "18"),
        ("n", "20"),
    ],
)
def test_a_difference_in_one_part_makes_the_whole_question_differ(part, text):
    said = {"centre": "mean", "value": "41.7", "spread": "sd", "spread_value": "11.2"}

    assert of_summary(said, {**said, part: text}).state == DifferenceState.DIFFERENT


def test_one_part_that_differs_shows_by_how_much_and_several_do_not():
    said = {"centre": "mean", "value": "40", "min": "18"}

    assert of_summary(said, {**said, "value": "36"}).amount == "-4"
    assert of_summary(said, {**said, "value": "36"}).percent == "10.0"
    assert of_summary(said, {**said, "value": "36", "min": "17"}).amount == ""


def test_a_summary_statistic_that_only_one_person_gives_is_one_sided():
    said = {"centre": "mean", "value": "40"}

    assert of_summary(said, {}).state == DifferenceState.ONLY_A
    assert of_summary({}, said).state == DifferenceState.ONLY_B
    assert of_summary({}, {}).state == DifferenceState.SAME


def instruments(a, b, words=None):
    spec = FORM.field("instrument")
    same_word = (words or Vocabularies()).are_same
    answers = [read_answer(spec, text) for text in (a, b)]
    return compare(spec, *answers, same_word=same_word)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("mHHS", "modified Harris Hip Score", True),
        ("iHOT-12", "iHOT12", True),
        ("VAS", "VAS pain", True),
        ("HHS", "mHHS", False),
        ("iHOT-12", "iHOT-33", False),
        ("Own score", "Other score", False),
    ],
)
def test_two_names_of_one_instrument_agree_and_are_marked_so(a, b, same):
    found = instruments(a, b)

    expected = DifferenceState.SAME_AFTER_NORMALISING if same else DifferenceState.DIFFERENT
    assert found.state == expected


def test_a_review_adds_names_of_its_own():
    words = Vocabularies({"instruments": [Term("Bern value", ("SHV Bern",))]})

    assert instruments("Bern value", "SHV Bern", words).agrees
    assert not instruments("Bern value", "SHV Bern").agrees


def test_a_text_without_a_vocabulary_is_compared_as_text():
    spec = FORM.field("approach")
    answers = [read_answer(spec, text) for text in ("mHHS", "modified Harris Hip Score")]

    assert not compare(spec, *answers, same_word=Vocabularies().are_same).agrees
