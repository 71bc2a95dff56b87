"""Return to activity: kinds apart, and who was assessed is the denominator."""

import pytest

from tests.reporting.factories import hip_series, make_study
from tests.reporting.tables import journal_rows_of, rows_of, totals_of

pytestmark = pytest.mark.django_db


def series(lead, label, *activities, category="arthroscopic"):
    make_study(
        lead,
        label=label,
        cohorts=[hip_series()],
        interventions=[{"category": category}],
        activities=list(activities),
    )


def test_sport_and_work_are_never_summed(lead):
    series(lead, "Sport", {"kind": "sport", "assessed": 64, "any": 55})
    series(lead, "Work", {"kind": "work", "assessed": 21, "any": 20})

    totals = totals_of(rows_of(lead, "return-to-activity"))

    # 75/85 would be both together.
    assert totals["Total, arthroscopic, sport, patients"]["returned_any"] == "55/64"
    assert totals["Total, arthroscopic, work, patients"]["returned_any"] == "20/21"
    assert totals["Total, arthroscopic, sport, patients"]["returned_any_percent"] == "85.9"
    assert totals["Total, arthroscopic, sport, patients"]["studies_reporting"] == (
        "returned any 1 of 2; returned same or higher 0 of 2"
    )
    assert len(totals) == 2


def test_who_did_it_before_is_shown_and_never_the_denominator(lead):
    series(lead, "A", {"kind": "sport", "eligible": 30, "any": 20})
    series(lead, "B", {"kind": "sport", "eligible": 30, "assessed": 25, "any": 20})

    rows = rows_of(lead, "return-to-activity")

    found = {row["study"]: row for row in rows}
    assert (found["A"]["eligible"], found["A"]["returned_any"]) == ("30", "20/–")
    assert "out of how many is not given" in found["A"]["note"]
    total = totals_of(rows)["Total, arthroscopic, sport, patients"]
    assert (total["returned_any"], total["returned_any_percent"]) == ("20/25", "80.0")
    assert "A (out of how many is not given)" in total["note"]


def test_levels_that_make_up_any_are_added_with_their_formula(lead):
    series(lead, "A", {"kind": "sport", "assessed": 20, "higher": 2, "same": 10, "lower": 5})

    row = rows_of(lead, "return-to-activity")[0]

    assert (row["returned_any"], row["returned_any_percent"]) == ("17/20", "85.0")
    assert (row["returned_same_or_higher"], row["returned_lower"]) == ("12/20", "5/20")


def test_definitions_that_differ_are_named_in_the_total(lead):
    series(lead, "A", {"kind": "sport", "assessed": 20, "any": 15, "definition": "any sport"})
    series(lead, "B", {"kind": "sport", "assessed": 10, "any": 5, "definition": "competition"})

    total = totals_of(rows_of(lead, "return-to-activity"))["Total, arthroscopic, sport, patients"]

    assert total["returned_any"] == "20/30"
    assert "Definitions differ: A: any sport; B: competition" in total["note"]


def test_two_answers_for_one_kind_leave_the_choice_open(lead):
    series(
        lead,
        "A",
        {"kind": "sport", "assessed": 20, "any": 15},
        {"kind": "sport", "assessed": 18, "any": 15},
    )

    rows = rows_of(lead, "return-to-activity")

    assert all("choice open" in row["note"] for row in rows if row["cohort"])
    assert totals_of(rows)["Total, arthroscopic, sport"]["returned_any"] == ""


def test_a_time_in_weeks_is_printed_in_months_and_a_median_is_called_one(lead):
    time = {"time.centre": "median", "time.value": "26", "time.unit": "weeks", "time.max": "52"}
    series(lead, "A", {"kind": "work", "assessed": 20, "any": 15, **time})

    row = rows_of(lead, "return-to-activity")[0]

    # 26 weeks are 182 of 365.25 days of twelve months.
    assert (row["time"], row["time_max"]) == ("6.0", "12.0")
    assert row["time_statistic"].startswith("median")
    assert "Printed: 26 weeks" in row["note"]


def test_a_journal_prints_who_returned_with_the_percentage_and_the_time_in_words(lead):
    time = {
        "time.centre": "mean",
        "time.value": "5.1",
        "time.spread": "sd",
        "time.spread_value": "1.2",
        "time.min": "3",
        "time.max": "9",
    }
    levels = {"higher": 1, "same": 6, "lower": 1}
    series(lead, "A", {"kind": "sport", "eligible": 10, "assessed": 9, **levels, **time})

    row, total = journal_rows_of(lead, "return-to-activity")

    # 8 of 9 are 88.89 %, 7 of 9 are 77.78 %.
    assert row["people"] == "10 / 9"
    assert row["returned_any_share"] == "8/9 (89 %)"
    assert row["returned_same_or_higher_share"] == "7/9 (78 %)"
    assert row["levels"] == "higher 1/9; same 6/9; lower 1/9"
    assert row["time_described"] == "5.1 (1.2; 3–9)"
    assert (total["returned_any_share"], total["people"]) == ("8/9 (89 %)", "")
    assert total["cohort_or_reporting"] == "1 of 1"


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ({"time.value": "nr"}, "NR"),
        ({"time.min": "3", "time.max": "9"}, "range 3–9"),
        ({"time.centre": "median", "time.value": "6"}, "median 6"),
        (
            {"time.centre": "median", "time.value": "6", "time.spread": "iqr"}
            | {"time.spread_low": "4", "time.spread_high": "7"},
            "median 6 (IQR 4–7)",
        ),
    ],
)
def test_a_journal_prints_of_a_time_what_is_given(lead, time, said):
    series(lead, "A", {"kind": "sport", "assessed": 9, "any": 8, **time})

    assert journal_rows_of(lead, "return-to-activity")[0]["time_described"] == said
