from decimal import Decimal
from statistics import stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.checks.sd_bounds import Impossible, sd_bounds
from tests.extraction.copies import (
    codes,
    make_cohort,
    make_mean,
    make_outcome,
    make_result,
    mean_of,
    the_finding,
)


@pytest.mark.catalogue("N12")
@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"age__min": "30", "age__value": "29"}, "Age: lowest (30) above age: value (29)"),
        ({"age__value": "50", "age__max": "49"}, "Age: value (50) above age: highest (49)"),
        ({"age__min": "60", "age__max": "20"}, "Age: lowest (60) above age: highest (20)"),
        (
            {"age__spread": "iqr", "age__spread_low": "30", "age__spread_high": "21"},
            "Age: lower limit (30) above age: upper limit (21)",
        ),
        (
            {"age__spread": "iqr", "age__spread_high": "60", "age__max": "59"},
            "Age: upper limit (60) above age: highest (59)",
        ),
    ],
)
def test_numbers_of_one_measure_in_the_wrong_order_are_an_error(texts, words):
    assert the_finding("wrong_order", make_cohort(age__centre="median", **texts)).message == words


@pytest.mark.catalogue("N12")
def test_a_median_lies_between_its_quartiles_and_a_mean_need_not():
    quartiles = {"age__spread": "iqr", "age__spread_low": "21", "age__spread_high": "30"}

    found = the_finding(
        "wrong_order", make_cohort(age__centre="median", age__value="20", **quartiles)
    )

    assert (found.key, found.overridable) == ("age.spread_low", True)
    assert codes(make_cohort(age__centre="mean", age__value="31", **quartiles)) == []


def test_an_interval_of_a_mean_says_nothing_of_the_lowest_and_highest():
    interval = {"age__spread": "ci95", "age__spread_low": "38", "age__spread_high": "42"}

    assert codes(make_cohort(**mean_of("age", "40"), **interval, age__min="39")) == []
    assert codes(make_cohort(**mean_of("age", "43"), **interval)) == ["wrong_order"]


@pytest.mark.catalogue("N12")
def test_a_reviews_own_measures_are_checked_like_the_shipped_ones():
    assert codes(make_cohort(space__min="12", **mean_of("space", "11.9"))) == ["wrong_order"]


def test_a_study_mean_is_not_below_the_follow_up_that_everybody_reached():
    at_least = {"follow_up_at_least": "24", "follow_up__unit": "years"}

    assert codes(make_cohort(**at_least, **mean_of("follow_up", "4"))) == []
    found = the_finding("wrong_order", make_cohort(**at_least, **mean_of("follow_up", "1.5")))
    assert found.key == "follow_up.value"


def test_a_bound_that_a_qualifier_leaves_open_is_not_called_wrong():
    shown = [make_cohort(), make_outcome()]

    assert codes(*shown, make_mean("r1", "30", estimate__min="≥24")) == []
    assert codes(*shown, make_mean("r1", "20", estimate__min="≥24")) == ["wrong_order"]
    assert codes(*shown, make_mean("r1", "20", estimate__min="~24")) == []


@pytest.mark.parametrize(
    ("texts", "key"),
    [
        ({"age__value": "41"}, "age.centre"),
        ({"age__centre": "mean"}, "age.value"),
        ({"age__spread": "sd", "age__spread_value": "8"}, "age.centre"),
        ({"age__centre": "none", "age__spread": "se", "age__spread_value": "8"}, "age.centre"),
        ({"age__spread_value": "8", "age__centre": "mean", "age__value": "41"}, "age.spread"),
        ({"age__spread": "none", "age__spread_value": "8"}, "age.spread"),
        ({"age__spread_low": "30", "age__spread_high": "50"}, "age.spread"),
        ({"age__centre": "mean", "age__value": "41", "age__spread": "sd"}, "age.spread_value"),
        ({"age__spread": "iqr", "age__spread_high": "50"}, "age.spread_low"),
        ({"age__spread": "ci95", "age__spread_low": "30"}, "age.spread_high"),
    ],
)
def test_half_a_summary_statistic_is_a_warning_at_the_part_that_lacks(texts, key):
    found = the_finding("half_a_summary", make_cohort(**texts))

    assert (found.severity, found.element_uid, found.key) == ("warning", "c1", key)


@pytest.mark.parametrize(
    "texts",
    [
        {"age__min": "18", "age__max": "57"},
        {"age__centre": "median", "age__value": "40"},
        {"age__centre": "median", "age__value": "40", "age__min": "18", "age__max": "57"},
        {"age__centre": "none", "age__value": "24"},
        {"age__value": "nr"},
        {"age__centre": "mean", "age__value": "40", "age__spread": "sd", "age__spread_value": "nr"},
        {"age__spread": "iqr", "age__spread_low": "30", "age__spread_high": "50"},
    ],
)
def test_any_other_combination_of_parts_is_whole(texts):
    assert codes(make_cohort(**texts)) == []


def test_a_statistic_is_not_of_more_than_there_are():
    cohort = make_cohort(patients_treated="20", units_treated="23", age__n="24")

    found = the_finding("more_than_possible", cohort)

    assert (found.key, found.overridable) == ("age.n", True)
    assert codes(make_cohort(patients_treated="20", units_treated="23", age__n="23")) == []


@pytest.mark.catalogue("N11")
def test_an_sd_of_zero_is_a_warning():
    cohort = make_cohort(**mean_of("age", "41", "0"))

    assert the_finding("sd_zero", cohort).severity == "warning"


@pytest.mark.catalogue("N11")
def test_an_sd_that_number_mean_and_range_exclude_is_a_warning_with_the_bounds():
    series = {"patients_treated": "17", "age__min": "24", "age__max": "60"}

    assert codes(make_cohort(**series, **mean_of("age", "38.5", "10.2"))) == []
    found = the_finding("sd_outside_bounds", make_cohort(**series, **mean_of("age", "38.5", "2.5")))
    assert found.severity == "warning"
    assert "standard error" in found.message
    assert "sd_outside_bounds" in codes(make_cohort(**series, **mean_of("age", "38.5", "20")))


@pytest.mark.catalogue("N11")
def test_a_mean_that_no_values_of_this_range_have_is_a_warning():
    series = {"patients_treated": "8", "age__min": "0", "age__max": "100"}

    assert codes(make_cohort(**series, **mean_of("age", "95"))) == ["mean_outside_bounds"]


@pytest.mark.catalogue("N11")
@pytest.mark.parametrize(
    ("counts", "low", "high", "mean", "least", "most"),
    [
        ([17], "24.0000000", "60.0000000", None, "6.363961", "18.521847"),
        ([17], "24.0000000", "60.0000000", "38.5000000", "6.498878", "17.909495"),
        ([12], "0.0000000", "10.0000000", "1.2000000", "2.774167", "3.046309"),
        ([2], "3.0000000", "9.0000000", "6.0000000", "4.242641", "4.242641"),
    ],
)
def test_sd_bounds_are_those_of_the_closed_form(counts, low, high, mean, least, most):
    found = sd_bounds(
        counts=counts,
        low=Decimal(low),
        high=Decimal(high),
        mean=Decimal(mean) if mean else None,
    )

    assert [float(bound) for bound in found] == pytest.approx([float(least), float(most)], abs=2e-6)


@pytest.mark.catalogue("N11")
def test_sd_bounds_refuse_a_mean_that_cannot_be():
    with pytest.raises(Impossible):
        sd_bounds(counts=[8], low=Decimal(0), high=Decimal(100), mean=Decimal(95))


@pytest.mark.catalogue("N11")
@given(
    st.lists(
        st.one_of(st.sampled_from([0.0, 50.0, 100.0]), st.floats(min_value=0, max_value=100)),
        min_size=2,
        max_size=40,
    ),
    st.sampled_from([1, 2, 3]),
)
def test_the_sd_of_real_values_always_lies_within_the_bounds_of_their_rounded_summary(
    values, decimals
):
    low, high, mean = (
        Decimal(str(round(value, decimals)))
        for value in (min(values), max(values), sum(values) / len(values))
    )
    least, most = sd_bounds(counts=[len(values)], low=low, high=high, mean=mean)

    assert float(least) - 1e-9 <= stdev(values) <= float(most) + 1e-9


@pytest.mark.catalogue("N13")
def test_an_interval_is_ordered_and_holds_its_estimate():
    shown = [make_cohort(), make_outcome()]
    interval = {"estimate__spread": "ci95", "estimate__spread_low": "5"}

    assert codes(
        *shown,
        make_result(estimate__spread="ci95", estimate__spread_low="9", estimate__spread_high="5"),
    ) == ["wrong_order"]
    assert codes(*shown, make_mean("r1", "12", **interval, estimate__spread_high="9")) == [
        "wrong_order"
    ]
    assert codes(*shown, make_mean("r1", "7", **interval, estimate__spread_high="9")) == []
