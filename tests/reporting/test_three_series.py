"""Three series of invented names in the shape of real ones, and their tables worked out by hand.

The first two have the shape of openly reported series: combined surgical dislocation and
periacetabular osteotomy (J Hip Preserv Surg 2019;6:117-123: 45 patients with 46 hips, complications
by grade of Clavien-Dindo, Harris hip score before and after), and periacetabular osteotomy for
borderline dysplasia (52 patients with 55 hips, return to sport of those active before). The third
adds what those lack: two treatments in sequence, a median with its range, and a visit at 6 weeks.
"""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from reporting.reports import REPORTS
from reporting.sentence import sentence_text
from reporting.snapshot import take_snapshot
from reviews.models import Review

SHEET = Path(__file__).parent / "data" / "three_series.csv"
pytestmark = pytest.mark.django_db


@pytest.fixture
def snapshot():
    call_command("create_review", "series", title="Series", extraction="single", stdout=StringIO())
    call_command(
        "import_extraction",
        "series",
        str(SHEET),
        form="orthopaedic-case-series",
        final=True,
        create_studies=True,
        stdout=StringIO(),
    )
    return take_snapshot(Review.objects.get(slug="series"))


def rows(snapshot, slug, *keys):
    """Return a table as lists of texts, of the columns asked for."""
    return [[row.cell(key).text for key in keys] for row in REPORTS[slug].table(snapshot).rows]


def totals(snapshot):
    keys = ("quantity", "category", "unit", "value", "numerator", "denominator")
    keys = (*keys, "studies_reporting", "studies", "left_out")
    return {tuple(row[:3]): row[3:] for row in rows(snapshot, "totals", *keys)}


def test_people_are_summed_once_and_by_treatment(snapshot):
    found = totals(snapshot)

    # 45 + 52 + 30: the six operated later are among the thirty who had the injection.
    assert found["patients", "", "patients"] == ["127", "", "", "3", "3", ""]
    # 46 + 55 + 33.
    assert found["units", "", "units"][0] == "134"
    by_treatment = {key[1]: row[0] for key, row in found.items() if key[0] == "patients" and key[1]}
    # 45 + 52 after osteotomy; 30 after injection; 6 of these after resection.
    assert by_treatment == {"osteotomy": "97", "injection": "30", "arthroscopic": "6"}
    hips = {key[1]: row[0] for key, row in found.items() if key[0] == "units" and key[1]}
    assert hips == {"osteotomy": "101", "injection": "33", "arthroscopic": "7"}


def test_women_come_from_the_one_number_that_prints_as_the_percentage(snapshot):
    # 70 % of 30: 20 would be 66.7 and 22 would be 73.3 %, so it is 21.
    assert totals(snapshot)["women", "", "patients"] == [
        "70.0", "21", "30", "1", "3", "Alder 2031 (not reported); Birch 2032 (not reported)",
    ]  # fmt: skip


def test_grades_are_the_same_events_as_the_class_and_are_not_added_to_it(snapshot):
    found = totals(snapshot)

    # Six of any kind; by grade 2 + 2 + 2 are the same six, never twelve.
    assert found["events.complication", "osteotomy", "events"][0] == "6"
    # 6 of 46 hips is 13.04 %; Birch says nothing of complications.
    assert found["affected.complication", "osteotomy", "units"] == [
        "13.0", "6", "46", "1", "2", "Birch 2032 (not reported)",
    ]  # fmt: skip
    # None of 30 patients after the injection: an event with 0, so a zero.
    assert found["affected.complication", "injection", "patients"][:3] == ["0.0", "0", "30"]
    # Two events in 7 hips, and to how many is not reported: events count, hips do not.
    assert found["events.complication", "arthroscopic", "events"][0] == "2"
    assert found["affected.complication", "arthroscopic", ""] == [
        "", "", "", "0", "1", "Cedar 2033 (not reported)",
    ]  # fmt: skip


def test_a_conversion_a_reoperation_and_a_crossover_stay_apart(snapshot):
    found = totals(snapshot)

    # One event is one affected: 1 of 46 is 2.17 %.
    assert found["affected.conversion", "osteotomy", "units"][:3] == ["2.2", "1", "46"]
    assert found["affected.other_reoperation", "osteotomy", "units"][:3] == ["2.2", "1", "46"]
    # Nobody reports any reoperation as a whole, and it is not made up from its kinds.
    assert found["affected.any_reoperation", "osteotomy", ""][3:5] == ["0", "2"]
    # 6 of 30 went on to surgery: a crossover and no reoperation.
    assert found["affected.crossover", "injection", "patients"][:3] == ["20.0", "6", "30"]


def test_sport_and_work_have_each_its_own_denominator(snapshot):
    found = totals(snapshot)

    # 37 of 40 is 92.5 %; 20 of 21 is 95.24 %.
    assert found["activity.sport.any", "osteotomy", "patients"][:5] == [
        "92.5", "37", "40", "1", "2",
    ]  # fmt: skip
    assert found["activity.work.any", "osteotomy", "patients"][:3] == ["95.2", "20", "21"]
    printed = rows(snapshot, "return-to-activity", "study", "kind", "returned_any", "assessed")
    assert ["Birch 2032", "Sport", "37/40", "40"] in printed
    assert ["Birch 2032", "Work", "20/21", "21"] in printed


def test_a_median_is_no_study_mean(snapshot):
    found = totals(snapshot)

    assert found["age.mean.lowest", "", "years"][0] == ""
    assert "Birch 2032 (median)" in found["age.mean.lowest", "", "years"][5]
    assert found["follow_up.mean.lowest", "", "months"][0] == "36"
    assert found["follow_up.mean.highest", "", "months"][0] == "62.8"


def test_a_change_is_of_two_means_of_the_same_people(snapshot):
    keys = ("study", "instrument", "months", "statistic", "before", "after", "change", "p")

    printed = [row for row in rows(snapshot, "outcomes", *keys) if row[1]]

    assert sorted(printed) == [
        # 80 - 62.
        ["Alder 2031", "HHS", "36", "mean (SD)", "62 (13)", "80 (19)", "18", ""],
        # 7.0 - 5.2.
        ["Birch 2032", "UCLA activity scale", "62.8", "mean (SD)", "5.2 (2.4)", "7.0 (1.8)", "1.8",
         "<0.001"],
        # A mean before and a median after: no difference. 6 weeks are 6 × 84 / 365.25 months.
        ["Cedar 2033", "VAS pain", "1.4", "median (range)", "7.0 (1.0)", "2 (0–6)", "", ""],
    ]  # fmt: skip


def test_the_summary_says_what_few_studies_report(snapshot):
    said = sentence_text(snapshot)

    assert said.startswith("Three studies with 127 patients and 134 hips")
    assert "36 to 62.8 months (2 of 3 studies)" in said
    # One of three studies gives the sex: that is fewer than half.
    assert "% female" not in said
    assert "sex (1 of 3 studies)" in said


def test_every_row_of_people_complications_and_reoperations_prints_what_the_sheet_says(snapshot):
    people = rows(snapshot, "demographics", "study", "cohort", "patients", "units")
    assert [row for row in people if row[1]] == [
        ["Alder 2031", "Dislocation with osteotomy", "45", "46"],
        ["Birch 2032", "Osteotomy alone", "52", "55"],
        ["Cedar 2033", "Injected", "30", "33"],
        ["Cedar 2033", "Operated later", "6", "7"],
    ]
    keys = ("study", "type", "grade", "events", "affected", "affected_percent", "unit")
    happened = [row for row in rows(snapshot, "complications", *keys) if row[3]]
    assert [row for row in happened if not row[0].startswith("Total")] == [
        ["Cedar 2033", "any complication", "", "2", "NR", "", "hips"],
        ["Cedar 2033", "any complication", "", "0", "0/30", "0.0", "patients"],
        # 6 of 46 is 13.04 %.
        ["Alder 2031", "any complication", "", "6", "6/46", "13.0", "hips"],
        ["Alder 2031", "", "I", "2", "2/–", "", ""],
        ["Alder 2031", "", "II", "2", "2/–", "", ""],
        ["Alder 2031", "", "III or IV", "2", "2/–", "", ""],
    ]
    again = ("study", "cohort", "arthroplasty", "other", "any_reoperation", "crossover")
    operated = [row for row in rows(snapshot, "reoperations", *again) if any(row[2:])]
    assert [row for row in operated if row[1]] == [
        ["Cedar 2033", "Injected", "", "", "", "6/30"],
        ["Alder 2031", "Dislocation with osteotomy", "1/46", "1/46", "", ""],
    ]


def test_the_characteristics_print_each_series_and_its_treatment(snapshot):
    keys = ("study", "patients_treated", "units_treated", "patients_lost", "intervention_category")
    printed = rows(snapshot, "study-characteristics", *keys)
    assert printed[:3] == [
        ["Alder 2031", "45", "46", "0", "osteotomy"],
        ["Birch 2032", "52", "55", "", "osteotomy"],
        ["Cedar 2033", "30", "33", "", "injection; arthroscopic"],
    ]
