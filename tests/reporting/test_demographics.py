"""Demographics: statistics as the report gives them, and rows that do not count look different."""

import pytest

from reporting.reports import REPORTS
from reporting.snapshot import take_snapshot
from reviews.models import Membership
from tests.reporting.factories import hip_series, make_form, make_study
from tests.reporting.test_summary import note_of, rows_of

TABLE = "demographics"
NO_AGE = {
    f"age.{part}": None
    for part in ("centre", "value", "spread", "spread_value", "spread_low", "spread_high")
}
SPACE = {
    "key": "ischiofemoral_space",
    "question": "Ischiofemoral space",
    "group": "cohort",
    "section": "imaging",
    "type": "summary",
    "unit": "mm",
}
OEDEMA = [
    {
        "key": f"oedema_{part}",
        "question": f"Oedema: {words}",
        "group": "cohort",
        "section": "imaging",
        "type": "integer",
        "unit": "units",
    }
    for part, words in (("with", "number with"), ("examined", "number examined"))
]


def only(lead: Membership) -> dict[str, str]:
    """Return the row of the first cohort."""
    return next(iter(rows_of(lead, TABLE).values()))


@pytest.mark.parametrize(
    ("given", "statistic", "value", "spread"),
    [
        (
            {"centre": "mean", "value": 40, "spread": "sd", "spread_value": 9},
            "mean (SD)",
            "40",
            "9",
        ),
        ({"centre": "mean", "value": 46, "spread": "none"}, "mean", "46", ""),
        ({"centre": "mean", "value": 40, "min": 20, "max": 60}, "mean (range)", "40", ""),
        (
            {"centre": "mean", "value": 40, "spread": "se", "spread_value": 2},
            "mean (SE)",
            "40",
            "2",
        ),
        (
            {"centre": "mean", "value": 40, "spread": "ci95", "spread_low": 38, "spread_high": 42},
            "mean (95 % CI)",
            "40",
            "38–42",
        ),
        (
            {"centre": "median", "value": 40, "spread": "iqr", "spread_low": 30, "spread_high": 50},
            "median (IQR)",
            "40",
            "30–50",
        ),
        ({"centre": "median", "value": 40, "min": 20, "max": 60}, "median (range)", "40", ""),
        ({"centre": "median", "value": 40}, "median", "40", ""),
        ({"centre": "none", "spread": "none", "min": 20, "max": 60}, "range", "", ""),
        ({"value": 40}, "not named", "40", ""),
        ({"value": "nr"}, "", "NR", ""),
        ({}, "", "", ""),
    ],
)
def test_a_statistic_is_named_as_the_report_gives_it(lead, given, statistic, value, spread):
    said = {f"age.{part}": answer for part, answer in given.items()}
    make_study(lead, cohorts=[hip_series({**NO_AGE, **said})])

    row = only(lead)

    assert (row["age_statistic"], row["age_value"], row["age_spread"]) == (statistic, value, spread)


@pytest.mark.parametrize(
    ("spread", "note"),
    [("sd", ""), ("se", "Standard error, not SD."), ("unclear", "The report does not say which")],
)
def test_what_spreads_otherwise_than_an_sd_has_a_footnote(lead, spread, note):
    study = make_study(lead, cohorts=[hip_series(age__spread=spread)])

    key = next(iter(rows_of(lead, TABLE)))

    assert note_of(lead, key, "age_spread", TABLE).startswith(note)
    assert bool(note_of(lead, key, "age_spread", TABLE)) == bool(note)
    assert study.number == 1


def test_statistics_in_one_cell_name_their_parts(lead):
    bmi = {"centre": "mean", "value": "24.1", "spread": "sd", "spread_value": "3.2", "max": 30}
    symptoms = {"centre": "median", "value": 1, "min": "0.5", "max": 2, "unit": "years"}
    said = {f"bmi.{part}": answer for part, answer in bmi.items()}
    said |= {f"symptom_duration.{part}": answer for part, answer in symptoms.items()}
    make_study(lead, cohorts=[hip_series(said)])
    make_study(lead, cohorts=[hip_series({"bmi.value": "nr", "symptom_duration.max": 60})])

    first, second = list(rows_of(lead, TABLE).values())[:2]

    assert first["bmi"] == "mean 24.1 (SD 3.2; range …–30)"
    assert first["symptom_duration"] == "median 12.0 (range 6.0–24.0)"
    assert (second["bmi"], second["symptom_duration"]) == ("NR", "range …–60")


def test_women_are_out_of_those_whose_sex_is_given(lead):
    make_study(lead, cohorts=[hip_series(patients__treated=90, women=33, women__of=36)])

    row = only(lead)

    assert (row["women"], row["women_of"], row["women_percent"]) == ("33", "36", "91.7")


def test_women_derived_from_a_percentage_say_so_and_keep_what_was_printed(lead):
    # 96 % of 23 is 22 and nothing else: 22/23 is 95.7 %, 21/23 91.3 %, 23/23 100 %.
    make_study(
        lead, cohorts=[hip_series({"women": None, "women.percent": 96}, patients__treated=23)]
    )

    row, key = only(lead), next(iter(rows_of(lead, TABLE)))

    assert (row["women"], row["women_percent"], row["women_percent_reported"]) == (
        "22",
        "95.7",
        "96",
    )
    assert note_of(lead, key, "women", TABLE) == "Derived: 96 % of 23."
    assert rows_of(lead, TABLE)["total"]["women"] == "22"


def test_rows_that_are_not_in_the_total_look_different_and_say_why(lead):
    make_study(
        lead,
        cohorts=[
            hip_series(label="All", patients__treated=30),
            hip_series(label="Young", part_of=0, kind="subgroup"),
            hip_series(label="Mixed", counts="no", kind="arm"),
        ],
    )

    rows = list(REPORTS[TABLE].table(take_snapshot(lead.review)).rows)

    assert [row.counts for row in rows[:3]] == [True, False, False]
    assert [row.mark for row in rows[:3]] == [
        "",
        "Not in the total: part of “All”, which counts.",
        "Not in the total: it does not count towards totals.",
    ]
    assert rows[3].cell("patients").text == "30"


def test_a_whole_that_does_not_count_leaves_the_total_to_its_eligible_subset(lead):
    make_study(
        lead,
        cohorts=[
            hip_series(label="Everybody", counts="no", patients__treated=50),
            hip_series(label="Ours", part_of=0, kind="eligible_subset", patients__treated=12),
        ],
        interventions=[{"category": "injection"}],
    )

    rows = rows_of(lead, TABLE)

    assert rows["total"]["patients"] == "12"
    assert rows["total-injection"]["patients"] == "12"


def test_each_category_has_a_subtotal_of_people_with_who_is_left_out(lead):
    for number, units in enumerate((12, "nr")):
        make_study(
            lead,
            cohorts=[hip_series(units__treated=units, patients__treated=10 + number)],
            interventions=[{"category": "injection"}],
        )
    make_study(lead, cohorts=[hip_series()], interventions=[{"category": "osteotomy"}])

    rows = rows_of(lead, TABLE)

    assert (rows["total"]["patients"], rows["total"]["units"]) == ("31", "24")
    injection = rows["total-injection"]
    assert (injection["patients"], injection["units"], injection["women"]) == ("21", "12", "18")
    assert injection["women_percent"] == "85.7"
    said = note_of(lead, "total-injection", "units", TABLE)
    assert said == "1 of 2 studies; left out: Study 2 (not reported)."


def test_questions_on_imaging_print_as_one_measure_each(lead):
    make_form(lead, extra_fields=[SPACE, *OEDEMA])
    space = {"centre": "mean", "value": "12.4", "spread": "sd", "spread_value": "2.6"}
    said = {f"ischiofemoral_space.{part}": answer for part, answer in space.items()}
    make_study(lead, cohorts=[hip_series({**said, "oedema_with": 9, "oedema_examined": 11})])
    make_study(lead, cohorts=[hip_series({"ischiofemoral_space.value": "nr"})])
    make_study(lead, cohorts=[hip_series()])

    rows = list(rows_of(lead, TABLE).values())

    assert rows[0]["imaging"] == "Ischiofemoral space mean 12.4 (SD 2.6) mm; Oedema 9/11"
    assert [row["imaging"] for row in rows[1:3]] == ["Ischiofemoral space NR", ""]


def test_imaging_outcomes_before_treatment_stand_with_imaging(lead):
    value = {"estimate.centre": "median", "estimate.value": "12.4", "estimate.max": 20}
    make_study(
        lead,
        cohorts=[hip_series()],
        outcomes=[{"instrument": "Femoral version", "domain": "imaging", "unit": "degrees"}],
        results=[
            {"time.kind": "baseline", **value},
            {"time.kind": "final_follow_up", "estimate.value": 30},
        ],
    )

    assert only(lead)["imaging"] == "Femoral version median 12.4 (range …–20) degrees"
