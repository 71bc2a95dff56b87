"""Satisfaction: counts with their unit, the percentage as printed beside the computed one."""

import pytest

from tests.reporting.factories import hip_series, make_study
from tests.reporting.tables import journal_rows_of, rows_of, totals_of

pytestmark = pytest.mark.django_db


def series(lead, label, *asked, category="arthroscopic", **listed):
    make_study(
        lead,
        label=label,
        cohorts=[hip_series()],
        interventions=[{"category": category}],
        satisfactions=list(asked),
        **listed,
    )


def test_the_percentage_as_printed_stands_beside_the_computed_one(lead):
    series(lead, "A", {"satisfied": 19, "of": 26, "of.unit": "patients", "percent": "73"})

    row, total = rows_of(lead, "satisfaction")

    assert (row["satisfied"], row["satisfied_percent"], row["percent_reported"]) == (
        "19/26",
        "73.1",
        "73",
    )
    assert (total["satisfied"], total["satisfied_percent"]) == ("19/26", "73.1")


def test_a_number_comes_of_a_percentage_only_where_one_number_does(lead):
    series(lead, "One", {"percent": "80", "of": 25, "of.unit": "patients"})
    series(lead, "Many", {"percent": "80", "of": 2500, "of.unit": "patients"})

    rows = rows_of(lead, "satisfaction")

    found = {row["study"]: row for row in rows}
    assert found["One"]["satisfied"] == "20/25"
    assert "From 80 % of 25" in found["One"]["note"]
    assert (found["Many"]["satisfied"], found["Many"]["percent_reported"]) == ("", "80")
    total = totals_of(rows)["Total, arthroscopic, patients"]
    assert total["satisfied"] == "20/25"
    assert "Many (" in total["note"]


def test_satisfaction_after_injections_is_not_that_after_an_osteotomy(lead):
    asked = {"satisfied": 10, "of": 14, "of.unit": "patients"}
    series(lead, "Injected", asked, category="injection")
    series(lead, "Turned", category="osteotomy")

    totals = totals_of(rows_of(lead, "satisfaction"))

    assert totals["Total, injection, patients"]["satisfied"] == "10/14"
    assert totals["Total, osteotomy"]["satisfied"] == ""
    assert totals["Total, osteotomy"]["studies_reporting"] == "0 of 1"


def test_without_a_unit_it_is_in_no_total(lead):
    series(lead, "A", {"satisfied": 10, "of": 14})

    row, total = rows_of(lead, "satisfaction")

    assert "In no total: no unit given" in row["note"]
    assert total["satisfied"] == ""


def test_scores_print_in_the_statistic_in_which_they_are_given(lead):
    score = {
        "score.centre": "median",
        "score.value": "9",
        "score.min": "6",
        "score.max": "10",
        "scale": "0 to 10",
    }
    series(lead, "A", score)

    row = rows_of(lead, "satisfaction")[0]

    assert (row["score"], row["score_statistic"]) == ("9 (6–10)", "median (range)")


def test_who_would_do_it_again_has_its_own_whole_and_unit(lead):
    series(
        lead,
        "A",
        {
            "satisfied": 10,
            "of": 12,
            "of.unit": "units",
            "again": 8,
            "again.of": 10,
            "again.unit": "patients",
        },
    )

    rows = rows_of(lead, "satisfaction")

    assert (rows[0]["would_repeat"], rows[0]["would_repeat_unit"]) == ("8/10", "patients")
    totals = totals_of(rows)
    assert totals["Total, arthroscopic, hips"]["satisfied"] == "10/12"
    assert totals["Total, arthroscopic, patients"]["would_repeat"] == "8/10"


def test_a_journal_prints_counts_with_percentages_and_another_unit_by_its_name(lead):
    series(
        lead,
        "A",
        {
            "instrument": "Are you satisfied?",
            "scale": "yes or no",
            "satisfied": 10,
            "of": 12,
            "of.unit": "units",
            "percent": "83",
            "again": 8,
            "again.of": 10,
            "again.unit": "patients",
            "score.centre": "mean",
            "score.value": "8.5",
            "score.spread": "iqr",
            "score.spread_low": "7",
            "score.spread_high": "10",
        },
    )

    row, patients, hips = journal_rows_of(lead, "satisfaction")

    # 10 of 12 are 83.33 %, 8 of 10 are 80 %.
    assert row["question"] == "Are you satisfied? (yes or no)"
    assert (row["satisfied_share"], row["percent_reported"]) == ("10/12 (83 %)", "83")
    assert (row["unit"], row["would_repeat_share"]) == ("hips", "8/10 (80 %) patients")
    assert row["score_described"] == "mean 8.5 (IQR 7–10)"
    assert (hips["satisfied_share"], hips["would_repeat_share"]) == ("10/12 (83 %)", "")
    assert patients["would_repeat_share"] == "8/10 (80 %)"
