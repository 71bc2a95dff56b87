"""Results in long form: every part in a column of its own, numbers as numbers."""

import re
from pathlib import Path

import pytest

from extraction.schema import shipped_form
from extraction.services import publish_form
from reporting.reports import REPORTS
from tests.reporting.factories import hip_series, make_study
from tests.reporting.tables import rows_of

pytestmark = pytest.mark.django_db
SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "examples" / "results_long.R"


def mean(value, kind, spread, n, **more):
    said = {"centre": "mean", "value": value, "spread": kind, "spread_value": spread}
    return {
        **{f"estimate.{part}": text for part, text in said.items()},
        "n": n,
        "n.unit": "units",
        **{key.replace("__", "."): text for key, text in more.items()},
    }


def series(lead, *results, **more):
    make_study(
        lead,
        label="Onda 2014",
        cohorts=[hip_series(label="Series")],
        interventions=[{"category": "arthroscopic", "label": "Resection"}],
        outcomes=[
            {"instrument": "mHHS", "direction": "higher_better", "unit": "points", "mcid": "8"}
        ],
        results=list(results),
        **more,
    )
    return rows_of(lead, "results-long")


def test_a_result_has_its_parts_and_those_of_its_baseline(lead):
    first, last = series(
        lead,
        mean("50.2", "sd", "9.5", 12, time__kind="baseline"),
        mean("80.4", "sd", "8.1", 12, time__kind="final_follow_up", time=6, time__unit="weeks"),
    )

    assert (last["study"], last["cohort"], last["outcome"]) == ("Onda 2014", "Series", "mHHS")
    assert (last["instrument"], last["direction"], last["unit"]) == (
        "mHHS",
        "higher_better",
        "points",
    )
    assert (last["mean"], last["sd"], last["sd_kind"]) == ("80.4", "8.1", "reported")
    assert (last["n"], last["n_unit"], last["months"]) == ("12", "units", "1.4")
    assert (last["baseline_n"], last["baseline_mean"], last["baseline_sd"]) == (
        "12",
        "50.2",
        "9.5",
    )
    assert (last["change_mean"], last["change_kind"], last["change_n"]) == (
        "30.2",
        "derived",
        "12",
    )
    assert (last["category"], last["treatment"], last["page"]) == ("arthroscopic", "Resection", "4")
    assert last["as_printed"] == "80.4 (8.1)"
    assert (first["time_point_kind"], first["baseline_mean"], first["change_mean"]) == (
        "baseline",
        "",
        "",
    )
    assert last["baseline"] == first["result"]


def test_a_standard_error_gives_a_derived_sd_with_its_formula(lead):
    (row,) = series(lead, mean("6.1", "se", "0.4", 25, time__kind="final_follow_up"))

    # 0.4 × √25 = 2.0, with one decimal more than the SE has.
    assert (row["se"], row["sd"], row["sd_kind"]) == ("0.4", "2.00", "derived")
    assert "0.4 × √25" in row["note"]


def test_a_reported_change_has_its_own_interval_in_columns_of_its_own(lead):
    change = {
        "change.centre": "mean",
        "change.value": "29.0",
        "change.spread": "ci95",
        "change.spread_low": "22.5",
        "change.spread_high": "35.5",
        "change.p": "< 0.001",
    }
    *_, row = series(
        lead,
        mean("50", "sd", "9", 12, time__kind="baseline"),
        {**mean("80", "sd", "8", 12, time__kind="final_follow_up"), **change},
    )

    assert (row["change_mean"], row["change_kind"], row["change_sd"]) == ("29.0", "reported", "")
    assert (row["change_low"], row["change_high"]) == ("22.5", "35.5")
    assert (row["change_limits_kind"], row["change_p"]) == ("ci95", "< 0.001")
    assert (row["low"], row["limits_kind"]) == ("", "")


def test_what_is_missing_or_a_bound_is_a_blank_in_columns_of_numbers(lead):
    bound, missing = series(
        lead,
        {"estimate.centre": "mean", "estimate.value": "<5", "time.kind": "final_follow_up"},
        {"estimate.value": "nr", "time.kind": "scheduled_visit", "n": "nr"},
    )

    assert (bound["qualifier"], bound["value"], bound["mean"]) == ("<", "5", "")
    assert (missing["missing"], missing["mean"], missing["n"]) == ("nr", "", "")
    numeric = [column.key for column in REPORTS["results-long"].columns if column.numeric]
    for row in (bound, missing):
        for key in numeric:
            assert re.fullmatch(r"(-?[0-9]+(\.[0-9]+)?)?", row[key]), (key, row[key])


def test_medians_ranges_and_counts_have_columns_of_their_own(lead):
    median, count = series(
        lead,
        {
            "time.kind": "final_follow_up",
            "estimate.centre": "median",
            "estimate.value": "8",
            "estimate.spread": "iqr",
            "estimate.spread_low": "5",
            "estimate.spread_high": "9",
            "estimate.min": "2",
            "estimate.max": "10",
            "n": 11,
        },
        {"time.kind": "scheduled_visit", "events": 7, "n": 11, "percent": "64", "mcid.n": 6},
    )

    assert (median["median"], median["mean"], median["limits_kind"]) == ("8", "", "iqr")
    assert [median[key] for key in ("low", "high", "min", "max")] == ["5", "9", "2", "10"]
    assert (count["events"], count["n"], count["percent"], count["value"]) == (
        "7",
        "11",
        "64",
        "7",
    )
    assert (count["mcid"], count["mcid_n"], count["mcid_of"]) == ("8", "6", "11")


def test_a_value_of_another_analysis_set_is_no_baseline_for_a_change(lead):
    publish_form(lead=lead, definition=shipped_form("two-arm-trial").as_data())
    *_, row = series(
        lead,
        mean("50", "sd", "9", 12, time__kind="baseline", set="itt"),
        mean("80", "sd", "8", 12, time__kind="final_follow_up", set="per_protocol"),
    )

    assert (row["baseline_mean"], row["change_mean"], row["change_kind"]) == ("50", "", "")


def test_the_example_script_reads_only_columns_that_are_there():
    columns = {column.key for column in REPORTS["results-long"].columns} | {"note"}
    named = set(re.findall(r"\b[a-z]+\$([a-z_]+)", SCRIPT.read_text(encoding="utf-8")))

    assert len(named) > 10
    assert sorted(named - columns) == []
