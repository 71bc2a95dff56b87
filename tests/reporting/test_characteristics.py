"""Characteristics and interventions: one fact a column, lists in their places, rows that add up."""

from extraction.services import set_vocabulary
from extraction.vocabularies import Term
from reporting.reports import REPORTS
from reporting.snapshot import take_snapshot
from reviews.models import Membership
from tests.reporting.factories import hip_series, make_study
from tests.reporting.test_summary import note_of, rows_of

TABLE = "study-characteristics"


def first_of(lead: Membership, table: str = TABLE) -> dict[str, str]:
    return next(iter(rows_of(lead, table).values()))


def test_the_lost_are_a_share_of_the_treated(lead):
    # 30 patients and 31 hips were treated, 24 patients seen again and 4 lost: 4/30 is 13.3 %.
    said = {"patients.treated": 30, "units.treated": 31, "patients.analysed": 24}
    make_study(lead, cohorts=[hip_series({**said, "units.analysed": 25, "patients.lost": 4})])

    row = first_of(lead)

    assert (row["patients_treated"], row["units_treated"]) == ("30", "31")
    assert (row["patients_analysed"], row["units_analysed"]) == ("24", "25")
    assert (row["patients_lost"], row["patients_lost_percent"]) == ("4", "13.3")


def test_the_total_lost_is_of_those_treated_in_the_same_studies(lead):
    # 4 of 30 and 2 of 20 are 6 of 50, 12 %; the 40 of a study that tells nothing are not in it.
    for treated, lost in ((30, 4), (20, 2), (40, "nr")):
        make_study(lead, cohorts=[hip_series(patients__treated=treated, patients__lost=lost)])

    total = rows_of(lead, TABLE)["total"]

    assert (total["patients_treated"], total["patients_lost"]) == ("90", "6")
    assert total["patients_lost_percent"] == "12.0"
    assert "Study 3 (not reported)" in note_of(lead, "total", "patients_lost_percent", TABLE)


def test_totals_take_treated_patients_and_units_each_from_who_reports_them(lead):
    # The seven real series: 23, 13, 5, 7, 4, 30, 14 patients; 25, 16 and 31 hips of three of them.
    hips = {23: 25, 13: 16, 30: 31}
    for patients in (23, 13, 5, 7, 4, 30, 14):
        units = hips.get(patients, "nr")
        make_study(lead, cohorts=[hip_series(patients__treated=patients, units__treated=units)])

    row = rows_of(lead, TABLE)["total"]
    note = REPORTS[TABLE].row(take_snapshot(lead.review), "total").note

    assert (row["patients_treated"], row["units_treated"]) == ("96", "72")
    assert "patients treated 7 of 7 studies; hips treated 3 of 7 studies" in note


def test_lists_over_cohorts_keep_their_places(lead):
    cohorts = [
        hip_series(kind="arm", follow_up__value=value, follow_up__max=None)
        for value in ("24", "30", "24")
    ]
    silent = {"follow_up.centre": None, "follow_up.value": None, "follow_up.min": None}
    make_study(lead, cohorts=[*cohorts, hip_series(silent, kind="arm", follow_up__max=40)])

    row = first_of(lead)

    assert row["follow_up_value"] == "24; 30; 24; –"
    assert row["follow_up_max"] == "–; –; –; 40"
    assert row["patients_treated"] == "40"


def test_a_sum_over_cohorts_names_the_cohort_that_gives_no_number(lead):
    cohorts = [hip_series(kind="arm"), hip_series(kind="arm", label="Late", units__treated="nr")]
    study = make_study(lead, cohorts=cohorts)

    assert first_of(lead)["units_treated"] == "12"
    assert note_of(lead, str(study.uid), "units_treated", TABLE) == "Not given for: Late."


def test_follow_up_of_at_least_24_months_prints_as_a_bound(lead):
    said = {"follow_up.centre": None, "follow_up.value": None, "follow_up.min": None}
    study = make_study(
        lead, cohorts=[hip_series({**said, "follow_up.at_least": 24, "follow_up.max": None})]
    )

    row = first_of(lead)

    assert (row["follow_up_min"], row["follow_up_value"]) == ("≥ 24", "")
    assert row["follow_up_statistic"] == ""
    assert "bound" in note_of(lead, str(study.uid), "follow_up_min", TABLE)


def test_a_duration_in_another_unit_prints_in_months_with_what_the_paper_prints(lead):
    # 4 (SD 1) years are 48 (12) months; 6 weeks are 6 × 84 ÷ 365.25 = 1.38 months.
    years = {"follow_up.value": 4, "follow_up.spread": "sd", "follow_up.spread_value": 1}
    study = make_study(
        lead, cohorts=[hip_series({**years, "follow_up.unit": "years", "follow_up.min": None})]
    )
    make_study(lead, cohorts=[hip_series(follow_up__value=6, follow_up__unit="weeks")])

    rows = rows_of(lead, TABLE)
    first, second = list(rows.values())[:2]

    assert (first["follow_up_value"], first["follow_up_spread"]) == ("48.0", "12.0")
    assert first["follow_up_statistic"] == "mean (SD)"
    assert second["follow_up_value"] == "1.4"
    assert note_of(lead, str(study.uid), "follow_up_value", TABLE) == "Printed: 4 years."


def test_a_study_that_counts_nowhere_looks_different_and_says_so(lead):
    make_study(lead, cohorts=[hip_series(counts="no")])
    make_study(lead, cohorts=[hip_series()])

    rows = list(REPORTS[TABLE].table(take_snapshot(lead.review)).rows)

    assert [row.counts for row in rows[:2]] == [False, True]
    assert rows[0].mark == "Not in the total: it does not count towards totals."
    assert rows[2].cell("patients_treated").text == "10"
    assert "Study 1 (no cohort counts towards totals)" in rows[2].cell("patients_treated").note


def test_every_total_row_says_who_reports_it_and_opens(lead):
    for category, units in (("injection", "nr"), ("osteotomy", 12)):
        make_study(
            lead,
            cohorts=[hip_series(units__treated=units)],
            interventions=[{"category": category}],
        )

    rows = [r for r in REPORTS[TABLE].table(take_snapshot(lead.review)).rows if r.is_total]

    assert [row.cell("study").text for row in rows] == [
        "Total",
        "Subtotal, injection",
        "Subtotal, osteotomy",
    ]
    assert rows[0].note.startswith("Everybody once: patients treated 2 of 2 studies; hips treated")
    assert "hips treated 0 of 1 studies" in rows[1].note
    for row in rows:
        given = [cell for key, cell in row.cells.items() if key != "study" and cell.text]
        assert given
        assert all(cell.sources for cell in given)


def test_a_person_with_two_treatments_stands_under_both_and_once_in_the_total(lead):
    make_study(
        lead,
        cohorts=[hip_series(patients__treated=7)],
        interventions=[
            {"category": "injection", "order": 1},
            {"category": "arthroscopic", "order": 2},
        ],
    )

    rows = rows_of(lead, TABLE)

    assert rows["total"]["patients_treated"] == "7"
    assert rows["total-injection"]["patients_treated"] == "7"
    assert rows["total-arthroscopic"]["patients_treated"] == "7"
    assert first_of(lead)["intervention_category"] == "injection; arthroscopic"


def test_every_field_of_a_study_is_asked_for_by_its_meaning(lead):
    about = {
        "design": "Case series",
        "direction": "retrospective",
        "level_of_evidence": "IV",
        "level_scheme": "jbjs-2015",
        "site": "One clinic",
        "recruitment_start": "2014-03",
        "recruitment_end": "2018-11",
    }
    make_study(lead, study=about, cohorts=[hip_series()])

    row = first_of(lead)

    assert (row["direction_of_data"], row["centre"]) == ("Retrospective", "One clinic")
    assert row["level_of_evidence"] == "Level IV (JBJS, 2015)"
    assert row["recruitment_period"] == "2014-03–2018-11"


def test_concomitant_procedures_print_with_number_and_units_in_their_places(lead):
    set_vocabulary(
        lead=lead, name="categories", terms=[Term("arthroscopic", ("endoscopic resection",))]
    )
    make_study(
        lead,
        cohorts=[hip_series()],
        interventions=[
            {"label": "Resection", "category": "Endoscopic resection"},
            {"label": "Another", "category": "nr"},
        ],
        procedures=[
            {"name": "Labral repair", "n": 2, "of": 9},
            {"name": "Bursectomy"},
            {"name": "Microfracture", "n": 1, "of": 9},
        ],
    )

    first, second = rows_of(lead, "interventions").values()

    assert (first["procedure"], first["category"]) == ("Resection", "arthroscopic")
    assert first["concomitant"] == "Labral repair; Bursectomy; Microfracture"
    assert first["concomitant_n"] == "2/9; –; 1/9"
    assert (second["category"], second["concomitant"]) == ("NR", "")
