"""What a journal prints of the tables by study: each joined by hand from what is extracted."""

import pytest

from reporting.layouts import JOURNAL, laid_out
from reporting.reports import REPORTS
from reporting.snapshot import take_snapshot
from reviews.services import update_settings
from tests.reporting.factories import hip_series, make_study
from tests.reporting.shapes import journal_of, make_every_shape
from tests.reporting.tables import rows_of
from tests.reporting.test_selection import declare, result


@pytest.fixture
def snapshot(lead):
    return make_every_shape(lead)


def test_the_first_table_of_a_paper(snapshot):
    plain, arms, silent, *totals = journal_of(snapshot, "study-characteristics")

    assert plain == {
        "study": "Plain 2019",
        "country": "Norway",
        "level_of_evidence": "",
        "study_design": "Case series, retrospective",
        "patients_units": "26 (29)",
        # 7 ÷ 26 is 26.9 %.
        "women_share": "7/26 (27 %)",
        "age": "41.7 (11.2; 18–65)",
        "follow_up": "24.0 (12–36)",
        "intervention_category": "arthroscopic",
        "appraisal": "",
    }
    # 15 + 11 patients, of whom 12 + 9 women: 21 of 26 are 80.8 %.
    assert (arms["patients_units"], arms["women_share"]) == ("26 (24)", "21/26 (81 %)")
    assert arms["age"] == "40.5 (9.1); median 44 (IQR 36–51)"
    assert arms["follow_up"] == "24.0 (12–36); 30.0 (12–36)"
    assert (silent["patients_units"], silent["women_share"]) == ("NR", "NR")
    assert (silent["age"], silent["follow_up"]) == ("unclear", "unclear (NR)")
    # 28 of 52 women are 53.8 %.
    assert totals[0]["study"] == "Total"
    assert (totals[0]["patients_units"], totals[0]["women_share"]) == ("52 (53)", "28/52 (54 %)")


def test_women_and_age_of_a_study_are_those_of_its_demographics(lead, snapshot):
    of_study = {row["study"]: row for row in rows_of(lead, "study-characteristics")}
    keys = ("women", "women_of", "women_percent", "women_percent_reported")
    keys = (*keys, "age_statistic", "age_value", "age_spread", "age_min", "age_max")

    for row in rows_of(lead, "demographics"):
        if not row["study"].startswith("Arms"):
            assert [row[key] for key in keys] == [of_study[row["study"]][key] for key in keys]
    assert of_study["Arms 2020"]["women_percent"] == "80.8"
    assert of_study["Arms 2020"]["age_statistic"] == "mean (SD); median (IQR)"


def test_women_of_one_arm_alone_are_said_to_be_so(lead):
    arms = [hip_series(kind="arm", women=7), hip_series(kind="arm", label="Late", women="nr")]
    study = make_study(lead, cohorts=arms)
    snapshot = take_snapshot(lead.review)

    row = REPORTS["study-characteristics"].row(snapshot, str(study.uid))

    assert [row.cell(key).text for key in ("women", "women_of", "women_percent")] == [
        "7",
        "10",
        "70.0",
    ]
    assert row.cell("women").note == "Not given for: Late."


def test_a_percentage_that_stands_for_no_one_number_prints_as_reported(lead):
    # 50 % of 301 is no whole number, and 150 and 151 both round to it.
    said = {"patients.treated": 301, "women": None, "women.percent": 50}
    make_study(lead, cohorts=[hip_series(said)])
    snapshot = take_snapshot(lead.review)

    row = journal_of(snapshot, "study-characteristics")[0]

    assert row["women_share"] == "50 % as reported"


def test_several_cohorts_that_name_no_statistic_are_not_taken_for_means(lead):
    arms = [
        hip_series(kind="arm", age__centre=None, age__spread=None, age__spread_value=None)
        for _ in range(2)
    ]
    make_study(lead, cohorts=arms)
    snapshot = take_snapshot(lead.review)

    row = journal_of(snapshot, "study-characteristics")[0]

    assert row["age"] == "40.5 (statistic not stated); 40.5 (statistic not stated)"


def test_demographics_of_a_journal(snapshot):
    plain, *_ = journal_of(snapshot, "demographics")

    assert plain["sides"] == "15/14 (3)"
    assert plain["body_mass_index"] == "24.1 (3.2)"
    assert plain["women_share"] == "7/26 (27 %)"


def test_interventions_of_a_journal(snapshot):
    plain, arms, silent = journal_of(snapshot, "interventions")

    assert plain["procedure_cohort"] == "Resection (Cohort 1)"
    assert plain["concomitant_with_each"] == "Labral repair 2/29; Bursectomy"
    assert arms["treatment"] == "injection (1)"
    assert silent["drug_injections"] == "NR"


def test_outcomes_of_a_journal(snapshot):
    rows = [row for row in journal_of(snapshot, "outcomes") if row["outcome"]]
    arms = next(row for row in rows if row["study"] == "Arms 2020")
    function, pain = (row for row in rows if row["study"] == "Plain 2019")

    assert (function["outcome"], function["time"]) == ("mHHS (0–100)", "24")
    assert function["analysed"] == "26 patients; before: 29 hips"
    assert (function["before_in_statistic"], function["after_in_statistic"]) == (
        "58.4 (9.5)",
        "49.1 (9.5)",
    )
    # 26 patients are not 29 hips: no change.
    assert (function["change_interval_of"], function["p_values"]) == ("", "<0.05")
    assert pain["after_in_statistic"] == "median 91 (IQR 84–96)"
    assert pain["reached"] == "MCID 20/29"
    assert arms["change_interval_of"] == "−4.5 (CI −7.0 to −2.0)"
    assert arms["p_values"] == "0.01 (change)"


def test_a_total_says_in_the_place_of_its_cohort_who_reports(snapshot):
    rows = laid_out(REPORTS["outcomes"], JOURNAL).table(snapshot).rows
    total = next(row for row in rows if row.key == "reporting-arthroscopic")

    cell = total.cell("cohort_or_reporting")
    assert cell.text.startswith("2 of 2")
    assert len(cell.studies) == 2


def test_contrasts_of_a_journal(snapshot):
    mean, event = journal_of(snapshot, "contrasts")

    assert (mean["groups"], mean["compared"]) == ("Open against Closed", "mHHS")
    assert (mean["estimate_limits"], mean["p"]) == ("−3.5 (−7.0 to 0.0)", "NS")
    assert (event["compared"], event["measured_as"]) == ("any reoperation", "p only")


def test_the_flow_of_a_journal(snapshot):
    rows = [row for row in journal_of(snapshot, "flow") if row["study"] == "Plain 2019"]

    assert [(row["point"], row["patients_units"]) for row in rows] == [
        ("enrolled", "30 (NR)"),
        ("treated", "26 (29)"),
        ("lost", "1"),
    ]


def test_the_summary_of_a_journal_says_of_how_many_studies_each_figure_is(snapshot):
    rows = {
        (row["quantity_in_words"], row["category_of"]): (
            row["value_with_unit"],
            row["reporting_of"],
        )
        for row in journal_of(snapshot, "summary")
    }

    assert rows["patients", ""] == ("52 patients", "2 of 3")
    assert rows["female percent", ""] == ("53.85 %", "2 of 3")
    assert rows["complications", "arthroscopic"] == ("2/29 hips", "1 of 2")
    assert rows["studies by treatment", "arthroscopic"][0] == "2"


def test_a_value_that_the_rule_of_selection_does_not_take_stands_in_the_full_layout(lead):
    declare(lead, "window: 6-24 months, nearest 12")
    make_study(
        lead,
        cohorts=[hip_series()],
        interventions=[{"category": "arthroscopic"}],
        outcomes=[{"instrument": "mHHS", "domain": "function"}],
        results=[result("70", 12), result("75", 24), result("80", 60), result("nr", 18)],
    )
    snapshot = take_snapshot(lead.review)

    full = [row["after"] for row in rows_of(lead, "outcomes")][:4]
    journal = [row["after_in_statistic"] for row in journal_of(snapshot, "outcomes")]

    assert full == ["70", "75", "80", "NR"]
    assert journal == ["70", "NR", ""]


def test_the_review_names_its_own_unit_in_a_joined_heading(lead):
    update_settings(
        lead=lead, changes={"unit_singular": "knee", "unit_plural": "knees"}, why="Knees"
    )
    snapshot = take_snapshot(lead.review)

    columns = laid_out(REPORTS["study-characteristics"], JOURNAL).columns_for(snapshot)

    assert "Patients (knees)" in [column.heading for column in columns]
