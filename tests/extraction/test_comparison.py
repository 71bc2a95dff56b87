from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.comparison import DifferenceState, compare, normalised
from extraction.schema import Answer, read_answer, shipped_form

FORM = shipped_form()
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=120, places=3)


def compared(key, a, b, **options):
    spec = FORM.field(key)
    return compare(spec, read_answer(spec, a), read_answer(spec, b), **options)


@pytest.mark.catalogue("N28")
@pytest.mark.parametrize(("a", "b"), [("12.0", "12"), (".5", "0.50"), ("012", "12")])
def test_numbers_printed_differently_are_equal_after_normalising(a, b):
    assert compared("age_mean", a, b).state == DifferenceState.SAME_AFTER_NORMALISING
    assert compared("age_mean", a, b).agrees


@pytest.mark.catalogue("N28")
def test_decimals_are_added_and_subtracted_exactly():
    found = compare(
        FORM.field("age_mean"),
        Answer(text="0.3", number="0.3"),
        Answer(text="0.3", number=str(Decimal("0.1") + Decimal("0.2"))),
    )

    assert found.state == DifferenceState.SAME


def test_two_numbers_that_differ_show_by_how_much():
    found = compared("patients_treated", "20", "18")

    assert (found.state, found.amount, found.percent) == (DifferenceState.DIFFERENT, "-2", "10.0")


def test_a_qualifier_alone_is_a_difference():
    found = compared("p_value", "<0.001", "0.001")

    assert (found.state, found.amount) == (DifferenceState.DIFFERENT, "0")


@pytest.mark.catalogue("N18")
def test_the_same_number_in_another_unit_is_a_difference():
    a = Answer(text="4", number="4", unit="months")
    b = Answer(text="4", number="4", unit="years")

    assert compare(FORM.field("follow_up_mean"), a, b).state == DifferenceState.DIFFERENT


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
    there = compared("age_mean", str(first), str(second))
    back = compared("age_mean", str(second), str(first))

    assert there.state == back.state
    assert there.percent == back.percent
    if there.amount:
        assert Decimal(there.amount) == -Decimal(back.amount)


@given(st.text())
def test_normalising_twice_changes_nothing_more(text):
    assert normalised(normalised(text)) == normalised(text)
