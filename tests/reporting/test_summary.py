"""Totals over studies: nobody twice, units apart, missing is not zero."""

import pytest

from extraction.choices import CopyStanding
from reporting.reports import REPORTS
from reporting.sentence import sentence_text
from reporting.snapshot import take_snapshot
from reviews.models import Membership
from reviews.services import update_settings
from tests.reporting.factories import hip_series, make_study


def rows_of(lead: Membership, table: str = "summary") -> dict[str, dict[str, str]]:
    """Return the printed texts of a table by key of the row."""
    definition = REPORTS[table]
    rows = definition.table(take_snapshot(lead.review)).rows
    return {
        row.key: {column.key: row.cell(column.key).text for column in definition.columns}
        for row in rows
    }


def test_a_total_says_how_many_studies_report_it(lead):
    make_study(lead, cohorts=[hip_series()])
    make_study(lead, cohorts=[hip_series(women="nr", age_mean="nr")])

    rows = rows_of(lead)

    assert rows["patients"] == {
        "quantity": "patients", "value": "20", "unit": "patients", "studies_reporting": "2",
    }  # fmt: skip
    assert rows["hips"]["value"] == "24"
    assert (rows["female"]["value"], rows["female"]["studies_reporting"]) == ("9", "1")
    assert (rows["female_percent"]["value"], rows["age_mean_highest"]["studies_reporting"]) == (
        "90.00",
        "1",
    )


def test_not_reported_is_not_zero_and_blank_is_neither(lead):
    make_study(lead, cohorts=[hip_series(women="nr", units_treated="uc")])
    make_study(lead, cohorts=[{"patients_treated": 0, "cohort_kind": "arm"}])

    rows = rows_of(lead)

    assert rows["female"]["value"] == "NR"
    assert rows["hips"]["value"] == "unclear"
    assert rows["patients"]["value"] == "10"
    assert rows["satisfied_patients"]["value"] == ""
    demographics = list(rows_of(lead, "demographics").values())
    assert [row["women"] for row in demographics] == ["NR", "", "NR"]
    assert demographics[1]["patients"] == "0"


def test_patients_and_hips_with_complications_are_never_one_sum(lead):
    share = {"complications_affected": 0, "complications_total": 26}
    make_study(lead, cohorts=[hip_series(**share, complications_unit="patients")])
    for affected, total in ((1, 18), (1, 13), (2, 50)):
        said = {"complications_affected": affected, "complications_total": total}
        make_study(lead, cohorts=[hip_series(**said, complications_unit="units")])

    rows = rows_of(lead)

    assert rows["complications_patients"]["value"] == "0/26"
    assert rows["complications_patients"]["studies_reporting"] == "1"
    assert rows["complications_hips"]["value"] == "4/81"
    assert rows["complications_hips"]["studies_reporting"] == "3"
    assert not any("107" in row["value"] for row in rows.values())
    table = rows_of(lead, "complications")
    assert table["total-patients"]["affected"] == "0/26"
    assert table["total-units"]["affected"] == "4/81"
    assert table["total-units"]["unit"] == "hips"


def test_no_events_means_nobody_affected_but_events_alone_count_nobody(lead):
    none = {"complications_events": 0, "complications_total": 10, "complications_unit": "patients"}
    some = {"complications_events": 3, "complications_total": 10, "complications_unit": "patients"}
    make_study(lead, cohorts=[hip_series(**none)])
    make_study(lead, cohorts=[hip_series(**some)])

    row = rows_of(lead)["complications_patients"]

    assert (row["value"], row["studies_reporting"]) == ("0/10", "1")


def test_a_cohort_within_a_counted_cohort_is_not_counted_twice(lead):
    whole = hip_series(patients_treated=30, units_treated=36)
    part = hip_series(patients_treated=12, units_treated=14, part_of=0, cohort_kind="subgroup")
    deeper = hip_series(patients_treated=5, units_treated=5, part_of=1, cohort_kind="subgroup")
    make_study(lead, cohorts=[whole, part, deeper])

    rows = rows_of(lead)

    assert (rows["patients"]["value"], rows["hips"]["value"]) == ("30", "36")


def test_the_eligible_subset_of_a_series_that_does_not_count_is_counted(lead):
    mixed = hip_series(patients_treated=30, counts_towards_totals="no")
    subset = hip_series(patients_treated=12, part_of=0, cohort_kind="eligible_subset")
    make_study(lead, cohorts=[mixed, subset])

    assert rows_of(lead)["patients"]["value"] == "12"


def test_means_range_over_studies_and_individuals_stand_apart(lead):
    make_study(lead, cohorts=[hip_series(follow_up_mean="18.0", age_mean="47.0")])
    make_study(lead, cohorts=[hip_series(follow_up_mean="48", follow_up_max=72, age_mean="26.0")])

    rows = rows_of(lead)

    assert rows["follow_up_mean_lowest"]["value"] == "18.0"
    assert rows["follow_up_mean_highest"]["value"] == "48"
    assert rows["follow_up_shortest"]["value"] == "12"
    assert rows["follow_up_longest"]["value"] == "72"
    assert rows["age_mean_lowest"]["value"] == "26.0"


def test_a_shortest_follow_up_that_is_a_bound_keeps_its_sign(lead):
    make_study(lead, cohorts=[hip_series(follow_up_min="≥24")])

    assert rows_of(lead)["follow_up_shortest"]["value"] == "≥24"


def test_studies_are_counted_by_category_of_intervention(lead):
    for category in ("injection", "Injection ", "open / closed"):
        make_study(lead, cohorts=[hip_series()], interventions=[{"category": category}])

    rows = rows_of(lead)

    assert rows["category-injection"]["quantity"] == "category:injection"
    assert rows["category-injection"]["value"] == "2"
    assert all("/" not in key for key in rows)


def test_a_study_without_final_consensus_is_in_no_report(lead):
    make_study(lead, cohorts=[hip_series()])
    make_study(lead, cohorts=[hip_series(patients_treated=99)], standing=CopyStanding.DRAFT)

    rows = rows_of(lead)

    assert (rows["studies"]["value"], rows["patients"]["value"]) == ("1", "10")


def test_the_unit_of_analysis_is_the_reviews_own(lead):
    update_settings(lead=lead, changes={"unit_singular": "knee", "unit_plural": "knees"})
    make_study(lead, cohorts=[hip_series()])

    rows = rows_of(lead)

    assert rows["knees"]["value"] == "12"
    assert "hips" not in rows


def test_the_sentence_says_what_the_cells_say(lead):
    update_settings(lead=lead, changes={"table_note": "illustrative"})
    for _ in range(7):
        make_study(lead, study={"level_of_evidence": "IV"}, cohorts=[hip_series()])

    assert sentence_text(take_snapshot(lead.review)) == (
        "Seven studies (level IV) with 70 patients (84 hips), 90% female; mean age 40.5 "
        "years; mean follow-up 24 months (individual patients: 12 to 36 months). "
        "(Illustrative.)"
    )


@pytest.mark.parametrize("table", sorted(REPORTS))
def test_every_report_of_an_empty_review_has_no_figure_and_no_error(lead, table):
    rows = rows_of(lead, table)

    if table not in {"summary", "prisma"}:
        assert rows == {}
