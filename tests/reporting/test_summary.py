"""The summary and its sentence: people once, treatments apart, x of y, rounded once."""

import pytest

from extraction.choices import CopyStanding
from extraction.services import set_vocabulary
from extraction.vocabularies import Term
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


def note_of(lead: Membership, key: str, column: str = "value", table: str = "summary") -> str:
    """Return what is noted of a cell."""
    row = REPORTS[table].row(take_snapshot(lead.review), key)
    assert row is not None
    return row.cell(column).note


def treated(lead: Membership, category: str, *, label: str = "", **said: object) -> None:
    """Make a study of one plain cohort that had one treatment."""
    lists = {name: said.pop(name) for name in ("events", "activities") if name in said}
    make_study(
        lead,
        label=label,
        cohorts=[hip_series(**said)],
        interventions=[{"category": category}],
        **lists,
    )


def harm(event_class: str = "complication", **said: object) -> dict[str, object]:
    return {
        "class": event_class,
        "of.unit": "units",
        **{k.replace("__", "."): v for k, v in said.items()},
    }


def test_a_total_says_how_many_studies_report_it_and_names_who_is_left_out(lead):
    make_study(lead, cohorts=[hip_series()])
    make_study(lead, cohorts=[hip_series(women="nr", age__value="nr")])

    rows = rows_of(lead)

    assert rows["patients"] == {
        "quantity": "patients", "value": "20", "unit": "patients", "studies_reporting": "2",
        "studies": "2", "category": "",
    }  # fmt: skip
    assert rows["hips"]["value"] == "24"
    assert (rows["female"]["value"], rows["female"]["studies_reporting"]) == ("9", "1")
    assert note_of(lead, "female") == "Left out: Study 2 (not reported)."
    assert (rows["female_percent"]["value"], rows["age_mean_highest"]["studies_reporting"]) == (
        "90.00",
        "1",
    )


def test_not_reported_is_not_zero_and_blank_is_neither(lead):
    make_study(lead, cohorts=[hip_series(women="nr", units__treated="uc")])
    make_study(lead, cohorts=[{"patients.treated": 0, "kind": "arm"}])

    rows = rows_of(lead)

    assert (rows["female"]["value"], rows["female"]["studies_reporting"]) == ("", "0")
    assert (rows["hips"]["value"], rows["patients"]["value"]) == ("", "10")
    assert note_of(lead, "hips") == "Left out: Study 1 (unclear); Study 2 (not reported)."
    demographics = list(rows_of(lead, "demographics").values())
    assert [row["women"] for row in demographics] == ["NR", "", "", ""]
    assert demographics[1]["patients"] == "0"


def test_women_are_a_share_of_the_cohorts_whose_sex_is_given(lead):
    # 33 of 36 is 91.67 %, where 33 of all 90 patients would be 36.67 %.
    make_study(lead, cohorts=[hip_series(patients__treated=36, women=33)])
    make_study(lead, cohorts=[hip_series(patients__treated=54, women="nr")])

    rows = rows_of(lead)

    assert rows["female_percent"]["value"] == "91.67"
    assert (rows["female"]["value"], rows["patients"]["value"]) == ("33", "90")
    total = rows_of(lead, "demographics")["total"]
    assert (total["women"], total["women_of"], total["women_percent"]) == ("33", "36", "91.7")


def test_patients_and_hips_and_treatments_are_never_one_sum(lead):
    # Injection 0/15 + 0/11 patients; arthroscopic 1/18 + 1/13 + 0/27 hips; osteotomy 2/23 hips.
    for of in (15, 11):
        treated(lead, "injection", events=[harm(events=0, of=of, of__unit="patients")])
    for affected, of in ((1, 18), (1, 13), (0, 27)):
        treated(lead, "arthroscopic", events=[harm(affected=affected, of=of)])
    treated(lead, "osteotomy", events=[harm(affected=2, of=23)])

    rows = rows_of(lead)

    assert rows["complications-injection-patients"]["value"] == "0/26"
    assert rows["complications-injection-patients"]["studies_reporting"] == "2"
    assert rows["complications-arthroscopic-units"]["value"] == "2/58"
    assert rows["complications-arthroscopic-units"]["unit"] == "hips"
    assert rows["complications-osteotomy-units"]["value"] == "2/23"
    assert not any(text in row["value"] for row in rows.values() for text in ("/81", "/107"))


def test_patients_and_units_have_a_row_for_each_category_in_the_reviews_order(lead):
    terms = [Term("osteotomy"), Term("injection", ("quadratus femoris injection",))]
    set_vocabulary(lead=lead, name="categories", terms=terms)
    treated(lead, "Quadratus femoris injection", units__treated="nr")
    treated(lead, "osteotomy")
    treated(lead, "other", patients__treated=3)

    rows = [row for row in rows_of(lead).values() if row["quantity"] == "treated"]

    assert [(r["category"], r["unit"], r["value"]) for r in rows] == [
        ("osteotomy", "patients", "10"),
        ("injection", "patients", "10"),
        ("other", "patients", "3"),
        ("osteotomy", "hips", "12"),
        ("injection", "hips", ""),
        ("other", "hips", "12"),
    ]
    assert note_of(lead, "treated-injection-units") == "Left out: Study 1 (not reported)."


def test_a_category_that_nobody_reports_still_prints_blank_0_of_y(lead):
    treated(lead, "injection")
    treated(lead, "injection")

    row = rows_of(lead)["satisfied-injection"]

    assert (row["value"], row["studies_reporting"], row["studies"]) == ("", "0", "2")


def test_events_whose_people_are_unknown_leave_the_share_and_stay_events(lead):
    # 11 events in a study of 49 whose affected are unknown: never 11/149, but 4/100 and 15 events.
    treated(lead, "arthroscopic", events=[harm(events=4, affected=4, of=100)])
    treated(lead, "arthroscopic", label="B", events=[harm(events=11, of=49)])

    rows = rows_of(lead)

    assert rows["complications-arthroscopic-units"]["value"] == "4/100"
    assert rows["complication_events-arthroscopic-events"]["value"] == "15"
    assert "B (" in note_of(lead, "complications-arthroscopic-units")


def test_conversions_without_a_whole_are_named_where_they_are_left_out(lead):
    # Two conversions of an unknown number and none of 25: 0/25 is no total of both in silence.
    treated(lead, "osteotomy", events=[harm("conversion", events=0, affected=0, of=25)])
    unknown = harm("conversion", affected=2, of="nr", of__unit="patients")
    treated(lead, "osteotomy", label="B", events=[unknown])

    row = rows_of(lead)["conversions-osteotomy-units"]

    assert (row["value"], row["studies_reporting"], row["studies"]) == ("0/25", "1", "2")
    said = note_of(lead, "conversions-osteotomy-units")
    assert said == "Left out: B (out of how many is not given)."


def test_return_to_sport_and_to_work_are_never_one_sum(lead):
    # 55/64 to sport and 20/21 to work; 75/85 is neither.
    treated(
        lead,
        "arthroscopic",
        activities=[
            {"kind": "sport", "any": 55, "assessed": 64},
            {"kind": "work", "any": 20, "assessed": 21},
        ],
    )

    rows = rows_of(lead)

    assert rows["return_to_sport-arthroscopic-patients"]["value"] == "55/64"
    assert rows["return_to_work-arthroscopic-patients"]["value"] == "20/21"


def test_a_sum_over_all_treatments_prints_only_where_the_lead_asks_for_it(lead):
    for category in ("injection", "arthroscopic"):
        treated(lead, category, events=[harm(affected=1, of=10)])
    key = "complications-all-units"

    assert key not in rows_of(lead)
    update_settings(lead=lead, changes={"sum_all_treatments": True})
    assert rows_of(lead)[key]["value"] == "2/20"


def test_a_cohort_within_a_counted_cohort_is_not_counted_twice(lead):
    whole = hip_series(patients__treated=30, units__treated=36)
    part = hip_series(patients__treated=12, units__treated=14, part_of=0, kind="subgroup")
    deeper = hip_series(patients__treated=5, units__treated=5, part_of=1, kind="subgroup")
    make_study(lead, cohorts=[whole, part, deeper])

    rows = rows_of(lead)

    assert (rows["patients"]["value"], rows["hips"]["value"]) == ("30", "36")


def test_the_eligible_subset_of_a_series_that_does_not_count_is_counted(lead):
    mixed = hip_series(patients__treated=30, counts="no")
    subset = hip_series(patients__treated=12, part_of=0, kind="eligible_subset")
    make_study(lead, cohorts=[mixed, subset])

    assert rows_of(lead)["patients"]["value"] == "12"


def test_means_range_over_studies_and_individuals_stand_apart(lead):
    make_study(lead, cohorts=[hip_series(follow_up__value="18.0", age__value="47.0")])
    second = hip_series(follow_up__value="48", follow_up__max=72, age__value="26.0")
    make_study(lead, cohorts=[second])

    rows = rows_of(lead)

    assert rows["follow_up_mean_lowest"]["value"] == "18.0"
    assert rows["follow_up_mean_highest"]["value"] == "48"
    assert rows["follow_up_shortest"]["value"] == "12"
    assert rows["follow_up_longest"]["value"] == "72"
    assert rows["age_mean_lowest"]["value"] == "26.0"


def test_the_mean_of_the_whole_series_goes_before_those_of_its_arms(lead):
    whole = hip_series(counts="no", age__value="40")
    arms = [hip_series(part_of=0, kind="arm", age__value=age) for age in ("30", "50")]
    make_study(lead, cohorts=[whole, *arms])

    rows = rows_of(lead)

    assert (rows["age_mean_lowest"]["value"], rows["age_mean_highest"]["value"]) == ("40", "40")


def test_means_of_arms_are_named_as_such(lead):
    arms = [hip_series(kind="arm", age__value=age) for age in ("30", "50")]
    make_study(lead, cohorts=arms)

    assert rows_of(lead)["age_mean_highest"]["value"] == "50"
    assert note_of(lead, "age_mean_highest") == "Means of arms: Study 1."


def test_a_median_is_no_mean_and_is_named(lead):
    make_study(lead, cohorts=[hip_series(age__centre="median", age__value="60")])
    make_study(lead, cohorts=[hip_series()])

    assert rows_of(lead)["age_mean_highest"]["value"] == "40.5"
    assert note_of(lead, "age_mean_highest") == "Left out: Study 1 (median)."


def test_at_least_24_months_is_a_bound_and_neither_a_mean_nor_the_number_24(lead):
    bound = {"follow_up.centre": None, "follow_up.value": None, "follow_up.min": None}
    make_study(lead, cohorts=[hip_series({**bound, "follow_up.at_least": 24})])

    rows = rows_of(lead)

    assert rows["follow_up_mean_lowest"]["value"] == ""
    assert note_of(lead, "follow_up_mean_lowest") == "Left out: Study 1 (at least 24, no mean)."
    assert rows["follow_up_shortest"]["value"] == "≥ 24"
    assert note_of(lead, "follow_up_shortest").startswith("Bounds, as the reports give them:")


def test_the_shortest_is_a_number_where_a_bound_is_no_lower(lead):
    bound = {"follow_up.min": None, "follow_up.at_least": 24}
    make_study(lead, cohorts=[hip_series(bound)])
    make_study(lead, cohorts=[hip_series(follow_up__min=24)])

    assert rows_of(lead)["follow_up_shortest"]["value"] == "24"


def test_years_are_printed_in_months(lead):
    # 4 years are 48 months, the longest of 6 years 72.
    said = {"follow_up.value": 4, "follow_up.min": None, "follow_up.max": 6}
    make_study(lead, cohorts=[hip_series({**said, "follow_up.unit": "years"})])

    rows = rows_of(lead)

    assert rows["follow_up_mean_highest"]["value"] == "48.0"
    assert rows["follow_up_longest"]["value"] == "72.0"


def test_studies_are_counted_by_category_of_intervention(lead):
    for category in ("injection", "Injection ", "open / closed"):
        treated(lead, category)

    rows = rows_of(lead)

    assert rows["category-injection"]["quantity"] == "category:injection"
    assert rows["category-injection"]["value"] == "2"
    assert all("/" not in key for key in rows)


def test_categories_are_one_by_the_aliases_of_the_review(lead):
    set_vocabulary(lead=lead, name="categories", terms=[Term("injection", ("QF injection",))])
    treated(lead, "QF  Injection")
    treated(lead, "injection")

    row = rows_of(lead)["category-injection"]

    assert (row["quantity"], row["value"]) == ("category:injection", "2")


def test_a_study_without_final_consensus_is_in_no_report(lead):
    make_study(lead, cohorts=[hip_series()])
    make_study(lead, cohorts=[hip_series(patients__treated=99)], standing=CopyStanding.DRAFT)

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
        "Seven studies (level IV) with 70 patients and 84 hips, 90% female; mean age of the "
        "studies 40.5 years; mean follow-up of the studies 24 months; follow-up of individual "
        "patients 12 to 36 months. (Illustrative.)"
    )


def test_the_sentence_leaves_out_what_fewer_than_half_of_the_studies_report_and_says_so(lead):
    for number in range(7):
        make_study(
            lead,
            study={"level_of_evidence": "IV"} if number < 6 else {},
            cohorts=[
                hip_series(
                    units__treated=12 if number < 3 else "nr",
                    women=9 if number < 4 else "nr",
                )
            ],
        )

    # 4 of 7 studies give the sex: 36 of 40 women are 90 %. 3 of 7 give hips: fewer than half.
    assert sentence_text(take_snapshot(lead.review)) == (
        "Seven studies (level IV; 6 of 7 studies) with 70 patients, 90% female (4 of 7 studies); "
        "mean age of the studies 40.5 years; mean follow-up of the studies 24 months; follow-up "
        "of individual patients 12 to 36 months. Left out, for fewer than half of the studies "
        "report them: hips (3 of 7 studies)."
    )


def test_the_sentence_marks_studies_that_report_in_part(lead):
    make_study(lead, cohorts=[hip_series(kind="arm"), hip_series(kind="arm", units__treated="nr")])

    said = sentence_text(take_snapshot(lead.review))

    assert "20 patients and 12 hips (1 of 1 studies, some in part)" in said


def test_the_sentence_rounds_once_from_the_exact_fraction(lead):
    # 200 of 221 are 90.4977 %: 90 %, where 90.50 rounded again would be 91 %.
    make_study(lead, cohorts=[hip_series(patients__treated=221, women=200)])

    assert rows_of(lead)["female_percent"]["value"] == "90.50"
    assert "90% female" in sentence_text(take_snapshot(lead.review))


def test_every_sum_opens_and_says_who_reports_it(lead):
    treated(lead, "injection", events=[harm(affected=1, of=10)])
    treated(lead, "injection")

    rows = REPORTS["summary"].table(take_snapshot(lead.review)).rows

    for row in rows:
        value, reporting = row.cell("value"), row.cell("studies_reporting")
        assert value.opens or not value.text, row.key
        assert row.cell("studies").opens
        assert reporting.text == "0" or reporting.opens, row.key
        if reporting.value != row.cell("studies").value:
            said = value.note + row.cell("value").note
            assert "Study" in said, row.key


@pytest.mark.parametrize("table", sorted(REPORTS))
def test_every_report_of_an_empty_review_has_no_figure_and_no_error(lead, table):
    rows = rows_of(lead, table)

    if table not in {"summary", "prisma", "totals"}:
        assert rows == {}
