"""The forest: one change of each cohort, outcome and treatment, with its own interval; no diamond.

Patients and units, treatments and kinds of statistic differ in these studies, so that a number of
the wrong one shows. Quantiles of t are those of the table: 2.2281 with 10 degrees of freedom,
2.3060 with 8, 2.1314 with 15, 2.0639 with 24.
"""

from decimal import Decimal

import pytest

from reporting.reports.forest import FOREST
from reporting.snapshot import take_snapshot
from tests.reporting.changes import after, before, change, limits, only, parts, score, study
from tests.reporting.factories import hip_series

pytestmark = pytest.mark.django_db


def test_a_reported_interval_is_taken_as_printed_even_where_an_sd_would_give_another(lead):
    study(
        lead,
        before("50.0", "9.0"),
        change(
            "29.0",
            change__spread="ci95",
            change__spread_low="22.5",
            change__spread_high="35.55",
            **score("estimate", "80.0", "9.0"),
        ),
    )

    row = only(lead)

    assert (row["change"], row["change_from"], *limits(row)) == (
        "29.0",
        "reported",
        "22.5",
        "35.55",
    )
    assert (row["level"], row["interval_from"], row["low_r02"]) == ("95", "reported", "")
    assert (row["n"], row["n_unit"], row["not_drawn"]) == ("10", "patients", "")


def test_an_interval_of_another_level_is_not_drawn_as_one_of_95_per_cent(lead):
    study(
        lead,
        change(
            "29.0", change__spread="ci_other", change__spread_low="24", change__spread_high="34"
        ),
    )

    row = only(lead)

    assert (row["change"], *limits(row), row["level"]) == ("29.0", "", "", "")
    assert (row["interval_from"], row["not_drawn"]) == ("", "")
    assert "The interval reported, 24 to 34, is not said to be of 95 %" in row["note"]


def test_the_interval_follows_from_the_sd_of_the_change_and_n(lead):
    # 16 hips of 13 patients: 20 ± 2.1314 × 8 / √16 = 20 ± 4.263.
    cohort = hip_series({"patients.treated": 13, "units.treated": 16})
    study(lead, change("20.0", "8.0", n=16, unit="units"), cohorts=[cohort])

    row = only(lead)

    assert (*limits(row), row["interval_from"]) == ("15.7", "24.3", "from SD of the change")
    assert (row["n"], row["n_unit"]) == ("16", "hips")
    assert "Hips treated as independent" in row["note"]


def test_the_interval_follows_from_the_se_of_the_change(lead):
    # 12 ± 2.3060 × 2.0 = 12 ± 4.612; with the SE taken for an SD it would be ± 1.5.
    result = change("12", n=9, change__spread="se", change__spread_value="2.0")
    study(lead, result)

    row = only(lead)

    # The change is printed without decimals, and so are its limits.
    assert (row["change"], *limits(row), row["interval_from"]) == ("12", "7", "17", "from SE")
    assert "independent" not in row["note"]


def test_a_derived_change_states_the_correlation_and_shows_a_lower_and_a_higher_one(lead):
    study(lead, before("50.0", "9.0", 25), after("80.0", "12.0", 25))

    row = only(lead)

    # 81 + 144 - 2 × 0.5 × 108 = 117; √117 = 10.817; 30 ± 2.0639 × 10.817 / 5 = 30 ± 4.465.
    assert (row["change"], row["change_from"], *limits(row)) == ("30.0", "derived", "25.5", "34.5")
    assert row["interval_from"] == "derived, r = 0.5"
    # With 0.2: √181.8 = 13.483, ± 5.566; with 0.8: √52.2 = 7.225, ± 2.982.
    assert limits(row, "_r02") == ("24.4", "35.6")
    assert limits(row, "_r08") == ("27.0", "33.0")
    assert "correlation of 0.5" in row["note"]


def test_limits_keep_their_exact_number_their_formula_and_every_value_they_are_from(lead):
    study(lead, before("50.0", "9.0", 25), after("80.0", "12.0", 25))
    snapshot = take_snapshot(lead.review)

    [row] = FOREST.table(snapshot).rows
    low = row.cell("low")

    assert low.exact is not None
    assert round(low.exact, 6) == Decimal("25.535105")
    assert low.value == Decimal("25.5")
    for named in ("mean", "t × SE", "SD₁", "n = 25", "r = 0.5", "30.0", "9.0", "12.0", "2.0639"):
        assert named in low.formula
    results = {
        (cell.key, cell.text): cell.uid
        for element in snapshot.studies[0].results
        for cell in element.cells.values()
    }
    behind = {uid for (_, text), uid in results.items() if text in ("50.0", "80.0", "9.0", "12.0")}
    behind |= {uid for (key, text), uid in results.items() if text == "25"}
    assert behind <= set(low.sources)


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        (before("50", None, 12), after("80", "9", 12), "no SD before is reported"),
        (before("50", "9", 12), after("80", None, 12), "no SD after is reported"),
        (before("50", "9", 1), after("80", "9", 1), "a single observation has no spread"),
    ],
)
def test_a_derived_change_without_what_an_interval_needs_is_a_point_alone(lead, first, last, why):
    study(lead, first, last)

    row = only(lead)

    assert (row["change"], *limits(row), row["not_drawn"]) == ("30", "", "", "")
    assert why in row["note"]


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (change("15", "5.0", n=None), "n is not given"),
        (change("15", "5.0", n=1), "a single observation has no spread"),
        (change("15"), "no SD, SE or interval is reported"),
        (change("15", "9" * 40, n=2), "the numbers are too large to be printed"),
        (
            change("15", change__spread="unclear", change__spread_value="4"),
            "the spread of the change is not said to be an SD",
        ),
        (change("15", change__spread="ci95", change__spread_low="9"), "only one limit"),
    ],
)
def test_a_reported_change_without_what_an_interval_needs_is_a_point_alone(lead, result, why):
    study(lead, result)

    row = only(lead)

    assert (row["change"], *limits(row), row["interval_from"]) == ("15", "", "", "")
    assert (row["not_drawn"], why in row["note"]) == ("", True)


def test_a_change_says_itself_how_many_it_is_of(lead):
    # t with 8 degrees of freedom: 20 ± 2.3060 × 6 / √9 = 20 ± 4.612, of nine and not of ten.
    study(lead, change("20.0", "6.0", n=10, change__n=9))

    row = only(lead)

    assert (row["n"], *limits(row)) == ("9", "15.4", "24.6")


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (change("30", change__centre="median"), "median"),
        (change("30", change__centre=None), "statistic of the change not stated"),
        (change(">30"), "a bound"),
        (
            change(None, change__centre=None, change__spread="ci95", change__spread_low="1"),
            "an interval of the change without the change",
        ),
    ],
)
def test_a_change_that_is_no_mean_is_listed_and_not_drawn(lead, result, why):
    study(lead, result)

    assert only(lead)["not_drawn"] == why
    assert parts(lead) == []


@pytest.mark.parametrize(
    ("last", "why"),
    [
        (after("80") | {"estimate.centre": "median"}, "median"),
        ({"time.kind": "final_follow_up", "events": 7, "n": 10}, "n/N"),
        ({"time.kind": "final_follow_up", "percent": "70"}, "per cent"),
        ({"time.kind": "final_follow_up", "estimate.min": 60, "estimate.max": 90}, "range"),
        ({"time.kind": "final_follow_up"}, "no value"),
        (after("80", n=9), "10 patients before, 9 patients after"),
    ],
)
def test_what_makes_no_mean_change_is_listed_with_the_reason(lead, last, why):
    study(lead, before("50"), last)

    row = only(lead)

    assert (row["not_drawn"], row["change"], row["figure"]) == (why, "", "")


def test_an_outcome_with_a_value_before_treatment_alone_is_listed(lead):
    study(lead, before("50.0", "9.0"))

    assert only(lead)["not_drawn"] == "only a value before treatment"
