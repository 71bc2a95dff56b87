"""Outcomes: each value in its own statistic, and a change of the same people only."""

import pytest

from reporting.printed import printed
from reporting.reports import REPORTS
from reporting.snapshot import take_snapshot
from tests.reporting.factories import hip_series, make_study
from tests.reporting.tables import rows_of, totals_of

pytestmark = pytest.mark.django_db


def mean(value, sd=None, n=None, unit=None, **more):
    """Return the answers of a result that is a mean."""
    return {
        "estimate.centre": "mean",
        "estimate.value": value,
        "estimate.spread": "sd" if sd else None,
        "estimate.spread_value": sd,
        "n": n,
        "n.unit": unit,
        **more,
    }


def before(**said):
    return {"time.kind": "baseline", **said}


def after(**said):
    return {"time.kind": "final_follow_up", **said}


def outcomes(lead, first, last, **more):
    """Make a study of one outcome at two visits, and return the row of the later one."""
    make_study(
        lead,
        **{
            "cohorts": [hip_series()],
            "interventions": [{"category": "arthroscopic"}],
            "outcomes": [{"instrument": "mHHS"}],
            "results": [before(**first), after(**last)],
            **more,
        },
    )
    return next(row for row in rows_of(lead, "outcomes") if not row["study"].startswith("Rep"))


def test_a_change_is_derived_from_two_means_of_as_many_of_the_same(lead):
    row = outcomes(lead, mean("6.9", "1.1", 12, "units"), mean("1.6", "1.2", 12, "units"))

    assert (row["before"], row["after"], row["statistic"]) == (
        "6.9 (1.1)",
        "1.6 (1.2)",
        "mean (SD)",
    )
    assert (row["change"], row["change_from"], row["change_interval"]) == ("-5.3", "derived", "")
    assert "assumed to be the same" in row["note"]


def test_131_hips_before_and_98_patients_after_make_no_change(lead):
    row = outcomes(lead, mean("48.0", None, 131, "units"), mean("84.0", None, 98, "patients"))

    assert (row["change"], row["change_from"]) == ("", "")
    assert "131 hips before, 98 patients after" in row["note"]


def test_a_mean_of_seven_and_a_median_of_two_make_no_change(lead):
    row = outcomes(
        lead,
        mean("7.0", "1.0", 14, "units"),
        {"estimate.centre": "median", "estimate.value": "2", "n": 14, "n.unit": "units"},
    )

    assert (row["before"], row["after"], row["change"]) == ("7.0 (1.0)", "2", "")
    assert (row["statistic_before"], row["statistic"]) == ("mean (SD)", "median")
    assert "before is mean (SD), after is median" in row["note"]


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        (mean("50"), mean("80", None, 10, "patients"), "n before is not given"),
        (mean("50", None, 10, "patients"), mean("80"), "n after is not given"),
        (
            mean("50", None, 10, "patients"),
            mean("80", None, 9, "patients"),
            "10 patients before, 9 patients after",
        ),
    ],
)
def test_what_is_not_of_the_same_people_makes_no_change_and_says_why(lead, first, last, why):
    row = outcomes(lead, first, last)

    assert row["change"] == ""
    assert f"No change: {why}" in row["note"]


def test_a_reported_change_wins_and_has_its_own_interval_and_p(lead):
    last = mean(
        "80.0", "9.0", 10, "patients",
        p="<0.05",
        **{
            "change.centre": "mean",
            "change.value": "29.0",
            "change.spread": "ci95",
            "change.spread_low": "22.5",
            "change.spread_high": "35.5",
            "change.p": "NS",
        },
    )  # fmt: skip
    row = outcomes(lead, mean("50.0", "9.0", 10, "patients"), last)

    assert (row["change"], row["change_from"]) == ("29.0", "reported")
    assert (row["change_interval"], row["interval"]) == ("22.5 to 35.5", "")
    assert (row["p"], row["change_p"]) == ("<0.05", "NS")


def test_per_cent_before_and_after_print(lead):
    row = outcomes(lead, {"percent": "24", "n": 25}, {"percent": "84", "n": 25})

    assert (row["before"], row["after"], row["statistic"]) == ("24", "84", "per cent")
    assert row["change"] == ""


def test_counts_print_out_of_their_whole_with_the_percentage_as_printed_beside(lead):
    row = outcomes(lead, {"events": 3, "n": 26}, {"events": 19, "n": 26, "percent": "73"})

    assert (row["before"], row["after"], row["statistic"]) == ("3/26", "19/26", "n/N")
    assert "73 % as printed" in row["note"]


@pytest.mark.parametrize(
    ("said", "text", "statistic"),
    [
        (mean("80"), "80", "mean"),
        (
            {"centre": "median", "value": "80", "min": "60", "max": "96"},
            "80 (60–96)",
            "median (range)",
        ),
        (
            {"centre": "median", "value": "8", "spread": "iqr", "spread_low": 5, "spread_high": 9},
            "8 (5–9)",
            "median (IQR)",
        ),
        ({"min": "60", "max": "96"}, "60–96", "range"),
        ({"min": "-5", "max": "3"}, "-5 to 3", "range"),
        (
            {"centre": "mean", "value": "8", "spread": "se", "spread_value": "0.4"},
            "8 (0.4)",
            "mean (SE)",
        ),
        (
            {"centre": "mean", "value": 8, "spread": "ci95", "spread_low": 7, "spread_high": 9},
            "8 (7–9)",
            "mean (95 % CI)",
        ),
        (
            {"centre": "mean", "value": 8, "spread": "sd", "spread_value": 2, "min": 3, "max": 9},
            "8 (2; 3–9)",
            "mean (SD; range)",
        ),
    ],
)
def test_a_value_prints_in_the_statistic_in_which_it_is_given_and_no_other(
    lead, said, text, statistic
):
    named = {key if "." in key or key == "n" else f"estimate.{key}": v for key, v in said.items()}
    row = outcomes(lead, mean("50"), named)

    assert (row["after"], row["statistic"]) == (text, statistic)


def test_the_value_before_is_the_one_that_precedes_the_treatment(lead):
    make_study(
        lead,
        cohorts=[hip_series()],
        interventions=[
            {"category": "injection", "order": 1},
            {"category": "arthroscopic", "order": 2},
        ],
        outcomes=[{"instrument": "VAS"}],
        results=[
            before(**mean("8.0", n=10, unit="patients"), after=0),
            after(**mean("5.0", n=10, unit="patients"), after=0),
            before(**mean("7.0", n=10, unit="patients"), after=1),
            after(**mean("2.0", n=10, unit="patients"), after=1),
        ],
    )

    rows = [row for row in rows_of(lead, "outcomes") if row["before"]]

    found = {row["category"]: (row["before"], row["after"], row["change"]) for row in rows}
    assert found == {"injection": ("8.0", "5.0", "-3.0"), "arthroscopic": ("7.0", "2.0", "-5.0")}


def test_a_baseline_without_a_treatment_precedes_the_first_one(lead):
    make_study(
        lead,
        cohorts=[hip_series()],
        interventions=[
            {"category": "injection", "order": 1},
            {"category": "arthroscopic", "order": 2},
        ],
        outcomes=[{"instrument": "VAS"}],
        results=[
            before(**mean("8.0", n=10, unit="patients")),
            after(**mean("5.0", n=10, unit="patients"), after=0),
            after(**mean("2.0", n=10, unit="patients"), after=1),
        ],
    )

    rows = {row["after"]: row for row in rows_of(lead, "outcomes") if row["after"]}

    assert (rows["5.0"]["before"], rows["5.0"]["change"]) == ("8.0", "-3.0")
    assert (rows["2.0"]["before"], rows["2.0"]["change"]) == ("", "")
    assert "no value before this treatment" in rows["2.0"]["note"]


def test_two_values_before_leave_the_choice_open(lead):
    make_study(
        lead,
        cohorts=[hip_series()],
        outcomes=[{"instrument": "VAS"}],
        results=[
            before(**mean("8.0", n=10)),
            before(**mean("7.5", n=10)),
            after(**mean("5.0", n=10)),
        ],
    )

    (row,) = [row for row in rows_of(lead, "outcomes") if row["after"]]

    assert (row["before"], row["change"]) == ("", "")
    assert "choice open" in row["note"]


def test_six_weeks_are_printed_in_months_with_what_the_report_says(lead):
    row = outcomes(lead, mean("50"), {**mean("80"), "time": 6, "time.unit": "weeks"})

    assert row["months"] == "1.4"
    assert "Printed: 6 weeks" in row["note"]


def test_thresholds_are_of_their_own_whole_or_of_those_analysed(lead):
    row = outcomes(
        lead,
        mean("50"),
        mean("80", None, 24, "units", **{"mcid.n": 20, "pass.n": 15, "pass.of": 22}),
    )

    assert (row["n_reaching_mcid"], row["n_reaching_pass"]) == ("20/24", "15/22")


def test_an_outcome_with_a_baseline_alone_keeps_its_row(lead):
    make_study(
        lead,
        cohorts=[hip_series()],
        outcomes=[{"instrument": "VAS"}],
        results=[before(**mean("8.0", "1.0"))],
    )

    (row,) = [row for row in rows_of(lead, "outcomes") if row["before"]]

    assert (row["before"], row["after"]) == ("8.0 (1.0)", "")


def test_every_category_says_how_many_of_its_studies_report_an_outcome(lead):
    outcomes(lead, mean("50"), mean("80"))
    make_study(
        lead,
        label="Silent 2020",
        cohorts=[hip_series()],
        interventions=[{"category": "arthroscopic"}],
    )

    row = totals_of(rows_of(lead, "outcomes"))["Reporting, arthroscopic"]

    assert row["studies_reporting"] == "1 of 2"
    assert "Silent 2020" in row["note"]


def test_the_table_is_grouped_by_category_of_treatment(lead):
    outcomes(lead, mean("50"), mean("80"))

    table = printed(REPORTS["outcomes"], take_snapshot(lead.review))

    assert [row.heads for row in table.rows] == ["arthroscopic", ""]
