"""Reoperations: class by class, removals and crossover apart, any reoperation never added up."""

import pytest

from tests.reporting.factories import hip_series, make_study
from tests.reporting.tables import journal_rows_of, rows_of, totals_of

pytestmark = pytest.mark.django_db


def event(kind, **said):
    return {"class": kind, **{key.replace("__", "."): v for key, v in said.items()}}


def series(lead, label, *events, category="arthroscopic", **cohort):
    make_study(
        lead,
        label=label,
        cohorts=[hip_series(cohort)],
        interventions=[{"category": category}],
        events=list(events),
    )


def test_conversions_out_of_nobody_knows_how_many_leave_the_total_by_name(lead):
    series(lead, "Two", event("conversion", events=2, affected=2, of__unit="units"))

    row, total = rows_of(lead, "reoperations")[:2]

    assert (row["arthroplasty"], row["arthroplasty_events"]) == ("2/–", "2")
    assert "conversion to arthroplasty (out of how many is not given)" in row["note"]
    assert (total["arthroplasty"], total["arthroplasty_percent"]) == ("", "")
    assert "Two (out of how many is not given)" in total["note"]


def test_conversions_after_arthroscopy_are_not_put_to_an_osteotomys_none_of_25(lead):
    series(lead, "Two", event("conversion", events=2, affected=2, of__unit="units"))
    series(
        lead, "Kim", event("conversion", events=0, of=25, of__unit="units"), category="osteotomy"
    )

    totals = totals_of(rows_of(lead, "reoperations"))

    assert totals["Total, osteotomy, hips"]["arthroplasty"] == "0/25"
    assert totals["Total, arthroscopic"]["arthroplasty"] == ""
    assert totals["Total, arthroscopic"]["studies_reporting"] == "0 of 1"


def test_any_reoperation_is_never_added_up(lead):
    series(
        lead,
        "A",
        event("revision", events=1, affected=1, of=20, of__unit="units"),
        event("conversion", events=1, affected=1, of=20, of__unit="units"),
    )

    row, total = rows_of(lead, "reoperations")[:2]

    assert (row["revision"], row["arthroplasty"], row["any_reoperation"]) == ("1/20", "1/20", "")
    assert (total["revision"], total["any_reoperation"]) == ("1/20", "")


def test_planned_removals_stand_apart_and_any_reoperation_says_whether_it_counts_them(lead):
    without = [
        event("any_reoperation", events=1, affected=1, of=25, of__unit="units"),
        event("planned_removal", events=9, affected=9, of=25, of__unit="units"),
    ]
    series(lead, "Apart", *without, includes_planned_removal="no")
    counted = event("any_reoperation", events=5, affected=5, of=20, of__unit="units")
    series(lead, "Among", counted, includes_planned_removal="yes")

    rows = rows_of(lead, "reoperations")

    found = {row["study"]: row for row in rows}
    assert (found["Apart"]["any_reoperation"], found["Apart"]["hardware_removal"]) == (
        "1/25",
        "9/25",
    )
    assert "Planned removals are included" in found["Among"]["note"]
    assert "Planned removals are included" not in found["Apart"]["note"]
    total = totals_of(rows)["Total, arthroscopic, hips"]
    assert (total["any_reoperation"], total["hardware_removal"]) == ("6/45", "9/25")
    assert "Planned removals are included in: Among" in total["note"]


def test_crossover_is_no_reoperation(lead):
    crossed = event("crossover", events=3, affected=3, of=26, of__unit="patients")
    series(lead, "A", crossed, category="injection")

    row, total = rows_of(lead, "reoperations")[:2]

    assert (row["crossover"], row["any_reoperation"], row["revision"]) == ("3/26", "", "")
    assert (total["study"], total["crossover"]) == ("Total, injection, patients", "3/26")


def test_looked_for_makes_no_class_none(lead):
    series(lead, "A", reoperations__assessed="yes")

    row, total = rows_of(lead, "reoperations")[:2]

    assert (row["assessed"], row["revision"], row["revision_events"]) == ("yes", "", "")
    assert total["revision"] == ""
    assert "In no total: not reported" in row["note"]


def test_patients_and_hips_of_one_cohort_stand_in_rows_of_their_own(lead):
    series(
        lead,
        "A",
        event("revision", events=1, affected=1, of=12, of__unit="units"),
        event("conversion", events=1, affected=1, of=10, of__unit="patients"),
    )

    rows = {row["unit"]: row for row in rows_of(lead, "reoperations") if row["cohort"]}

    assert (rows["hips"]["revision"], rows["hips"]["arthroplasty"]) == ("1/12", "")
    assert (rows["patients"]["revision"], rows["patients"]["arthroplasty"]) == ("", "1/10")


def test_events_are_summed_apart_from_the_people_affected(lead):
    series(lead, "A", event("revision", events=3, affected=2, of=12, of__unit="units"))
    series(lead, "B", event("revision", events=4, affected="nr"))

    totals = totals_of(rows_of(lead, "reoperations"))

    assert totals["Total, arthroscopic, events"]["revision_events"] == "7"
    assert totals["Total, arthroscopic, hips"]["revision"] == "2/12"


def test_kinds_are_named_beside_their_class(lead):
    series(
        lead,
        "A",
        event("revision", type="re-resection", events=2, affected=2, of=12, of__unit="units"),
        event("revision", type="lavage", events=0, affected=0, of=12, of__unit="units"),
    )

    row = rows_of(lead, "reoperations")[0]

    assert row["kinds"] == "re-resection (2); lavage (0)"
    assert (row["revision"], row["revision_events"]) == ("2/12", "2")


def test_a_journal_prints_events_beside_those_affected_only_where_they_differ(lead):
    series(
        lead,
        "A",
        event(
            "revision", events=3, affected=2, of=12, of__unit="units", time=1, time__unit="years"
        ),
        event("conversion", type="arthroplasty", events=1, affected=1, of=12, of__unit="units"),
        event("other_reoperation", events=4, affected="nr", of=12, of__unit="units"),
        event("planned_removal", events=2, affected=2, of__unit="units"),
    )

    row, hips, events = journal_rows_of(lead, "reoperations")

    # 2 of 12 are 16.67 %, 1 of 12 are 8.33 %.
    assert row["revision_share"] == "2/12 (17 %); 3 events"
    assert row["arthroplasty_share"] == "1/12 (8 %)"
    assert row["other_share"] == "NR; 4 events"
    assert row["hardware_removal_share"] == "2/–"
    assert (row["any_reoperation_share"], row["crossover_share"]) == ("", "")
    assert (row["unit"], row["kinds_time"]) == ("hips", "arthroplasty (1); 1 year")
    assert (hips["revision_share"], hips["other_share"]) == ("2/12 (17 %)", "")
    assert (events["revision_share"], events["arthroplasty_share"]) == ("3 events", "1 event")


def test_a_journal_names_together_what_has_one_x_of_y(lead):
    series(lead, "A", event("revision", events=0, of=12, of__unit="units"))
    series(lead, "B", event("crossover", events=0, of=12, of__unit="units"))

    total = journal_rows_of(lead, "reoperations")[2]

    assert total["study"] == "Total, arthroscopic, hips"
    assert total["cohort_or_reporting"] == (
        "revision, injection to surgery 1 of 2; "
        "conversion to arthroplasty, planned hardware removal, other, any reoperation 0 of 2"
    )
