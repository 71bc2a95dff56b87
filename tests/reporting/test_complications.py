"""Complications: events apart from people affected, by treatment, nothing left in silence."""

import pytest

from reporting.printed import printed
from reporting.renderers import RENDERERS
from reporting.reports import REPORTS
from reporting.snapshot import take_snapshot
from reviews.services import update_settings
from tests.reporting.factories import hip_series, make_study
from tests.reporting.tables import journal_rows_of, rows_of, totals_of

pytestmark = pytest.mark.django_db
SURGERY = [{"category": "arthroscopic"}]


def event(**said):
    return {"class": "complication", **{key.replace("__", "."): v for key, v in said.items()}}


def series(lead, label, *events, category="arthroscopic", **cohort):
    make_study(
        lead,
        label=label,
        cohorts=[hip_series(cohort)],
        interventions=[{"category": category}],
        events=list(events),
    )


def test_events_and_people_affected_are_summed_apart_and_what_is_unknown_is_named(lead):
    series(lead, "Known", event(events=3, affected=2, of=14, of__unit="units"))
    series(lead, "Unknown", event(events=1, affected="nr"))
    series(lead, "Many", event(events=7, affected="nr"))

    totals = totals_of(rows_of(lead, "complications"))

    # 3 + 1 + 7 events; one event is one affected, but of what is unknown.
    assert totals["Total, arthroscopic, events"]["events"] == "11"
    hips = totals["Total, arthroscopic, hips"]
    assert (hips["affected"], hips["affected_percent"]) == ("2/14", "14.3")
    assert hips["studies_reporting"] == "1 of 3"
    assert "Many (not reported)" in hips["note"]
    assert "Unknown (no unit given)" in hips["note"]


def test_nobody_stays_in_the_denominator_whose_numerator_is_unknown(lead):
    series(lead, "A", event(events=11, affected=11, of=100, of__unit="units"))
    series(lead, "B", event(events=6, affected="nr", of=49, of__unit="units"))

    row = totals_of(rows_of(lead, "complications"))["Total, arthroscopic, hips"]

    assert row["affected"] == "11/100"
    assert "B (" in row["note"]


def test_treatments_are_not_mixed(lead):
    series(lead, "A", event(events=0, of=26, of__unit="patients"), category="injection")
    series(lead, "B", event(events=2, affected=2, of=58, of__unit="units"))
    series(lead, "C", event(events=2, affected=2, of=23, of__unit="units"), category="open")

    totals = totals_of(rows_of(lead, "complications"))

    assert totals["Total, injection, patients"]["affected"] == "0/26"
    assert totals["Total, arthroscopic, hips"]["affected"] == "2/58"
    assert totals["Total, open, hips"]["affected"] == "2/23"
    assert not any("all" in name for name in totals)


def test_a_sum_over_all_treatments_prints_where_the_lead_asks_for_it(lead):
    update_settings(lead=lead, changes={"sum_all_treatments": True})
    series(lead, "B", event(events=2, affected=2, of=58, of__unit="units"))
    series(lead, "C", event(events=2, affected=2, of=23, of__unit="units"), category="open")

    totals = totals_of(rows_of(lead, "complications"))

    assert totals["Total, all, hips"]["affected"] == "4/81"
    assert totals["Total, all, events"]["events"] == "4"


def test_a_row_that_is_in_no_total_for_want_of_a_unit_is_marked_and_named(lead):
    series(lead, "Unitless", event(events=2, affected=2, of=20))
    series(lead, "Known", event(events=0, of=171, of__unit="units"))

    rows = rows_of(lead, "complications")

    row = next(row for row in rows if row["study"] == "Unitless")
    assert (row["affected"], row["unit"]) == ("2/20", "")
    assert "affected (no unit given)" in row["note"]
    total = totals_of(rows)["Total, arthroscopic, hips"]
    assert (total["affected"], total["studies_reporting"]) == ("0/171", "1 of 2")
    assert "Unitless (no unit given)" in total["note"]


def test_assessed_without_an_event_is_not_reported_and_not_none(lead):
    series(lead, "Silent", complications__assessed="yes")

    row, *totals = rows_of(lead, "complications")

    assert (row["events"], row["affected"]) == ("NR", "NR")
    assert "not none" in row["note"]
    assert "In no total" in row["note"]
    assert [total["events"] + total["affected"] for total in totals] == ["", ""]
    assert {total["studies_reporting"] for total in totals} == {"0 of 1"}


def test_not_looked_for_is_neither_none_nor_not_reported(lead):
    series(lead, "A", complications__assessed="no")

    row = rows_of(lead, "complications")[0]

    assert (row["events"], row["affected"]) == ("", "")
    assert "In no total: not assessed" in row["note"]


def test_an_arm_that_says_nothing_is_told_through_the_whole_that_does(lead):
    make_study(
        lead,
        cohorts=[hip_series(), {"kind": "arm", "part_of": 0, "counts": "no"}],
        interventions=[{"category": "arthroscopic"}],
        events=[event(events=1, affected=1, of=12, of__unit="units")],
    )

    rows = {row["cohort"]: row for row in rows_of(lead, "complications")}

    assert "In no total: reported of Cohort 1 only" in rows["Cohort 2"]["note"]


def test_kinds_are_shown_below_the_whole_and_counted_in_it_alone(lead):
    series(
        lead,
        "A",
        event(events=5, affected=4, of=20, of__unit="units"),
        event(type="neurapraxia", events=3, affected=3, of=20, of__unit="units"),
        event(type="haematoma", events=2, affected=1, of=20, of__unit="units"),
    )

    rows = rows_of(lead, "complications")

    assert [row["type"] for row in rows[:3]] == ["any complication", "neurapraxia", "haematoma"]
    assert (rows[0]["events"], rows[0]["affected"]) == ("5", "4/20")
    assert all("A kind of complication" in row["note"] for row in rows[1:3])
    totals = totals_of(rows)
    assert totals["Total, arthroscopic, events"]["events"] == "5"
    assert totals["Total, arthroscopic, hips"]["affected"] == "4/20"


def test_grades_without_a_whole_are_summed_once_and_affected_stays_unknown(lead):
    series(
        lead,
        "A",
        event(scheme="Clavien-Dindo", grade="I", events=4, affected=3, of=20, of__unit="units"),
        event(scheme="Clavien-Dindo", grade="II", events=1, affected=1, of=20, of__unit="units"),
    )

    rows = rows_of(lead, "complications")

    assert (rows[0]["events"], rows[0]["affected"]) == ("5", "")
    assert [(row["severity_scheme"], row["grade"]) for row in rows[1:3]] == [
        ("Clavien-Dindo", "I"),
        ("Clavien-Dindo", "II"),
    ]
    assert totals_of(rows)["Total, arthroscopic, events"]["events"] == "5"


def test_a_lower_bound_stands_in_a_row_of_its_own_where_the_review_asks_for_it(lead):
    update_settings(lead=lead, changes={"affected_at_least": True})
    series(
        lead,
        "A",
        event(type="pain", events=4, affected=3, of=20, of__unit="units"),
        event(type="haematoma", events=1, affected=1, of=20, of__unit="units"),
    )

    row = totals_of(rows_of(lead, "complications"))["Total, arthroscopic, at least, hips"]

    assert (row["affected"], row["affected_percent"]) == ("≥ 3", "")


def test_a_cohort_in_sequence_has_a_row_for_each_treatment(lead):
    make_study(
        lead,
        cohorts=[hip_series()],
        interventions=[
            {"category": "injection", "order": 1},
            {"category": "arthroscopic", "order": 2},
        ],
        events=[
            event(after=0, events=0, of=10, of__unit="patients"),
            event(after=1, events=1, affected=1, of=10, of__unit="patients"),
        ],
    )

    rows = {row["category"]: row for row in rows_of(lead, "complications") if row["cohort"]}

    assert (rows["injection"]["affected"], rows["arthroscopic"]["affected"]) == ("0/10", "1/10")


def test_a_subgroup_is_in_no_total_and_looks_different(lead):
    make_study(
        lead,
        cohorts=[hip_series(), {"kind": "subgroup", "part_of": 0, "counts": "no"}],
        interventions=[{"category": "arthroscopic", "cohorts": [0]}],
        events=[
            event(events=1, affected=1, of=12, of__unit="units"),
            event(cohort=1, events=1, affected=1, of=5, of__unit="units"),
        ],
    )

    table = printed(REPORTS["complications"], take_snapshot(lead.review))

    rows = {p.row.cell("cohort").text: p.row for p in table.rows if not p.row.is_total}
    assert (rows["Cohort 1"].counts, rows["Cohort 1"].mark) == (True, "")
    assert (rows["Cohort 2"].counts, rows["Cohort 2"].mark) == (False, "In no total: a subgroup.")
    page = RENDERERS["html"].whole(REPORTS["complications"], take_snapshot(lead.review)).decode()
    assert page.count('class="uncounted-row"') == 1


def test_a_category_that_nobody_reports_still_prints(lead):
    series(lead, "A", event(events=0, of=26, of__unit="patients"), category="injection")
    series(lead, "B", category="open")

    totals = totals_of(rows_of(lead, "complications"))

    events, affected = totals["Total, open, events"], totals["Total, open"]
    assert (events["events"], events["studies_reporting"]) == ("", "0 of 1")
    assert (affected["affected"], affected["studies_reporting"]) == ("", "0 of 1")


def test_two_hundred_of_221_are_rounded_once(lead):
    series(lead, "A", event(events=200, affected=200, of=221, of__unit="units"))

    row = totals_of(rows_of(lead, "complications"))["Total, arthroscopic, hips"]

    # 200 / 221 = 90.497…: rounded to 90.5 first it would be 91 %, once it is 90 %.
    assert row["affected_percent"] == "90.5"
    snapshot = take_snapshot(lead.review)
    cell = REPORTS["complications"].row(snapshot, "total-arthroscopic-units")
    assert cell.cell("affected_percent").exact < 90.5


def test_a_journal_prints_a_complication_with_its_grade_and_affected_with_its_percentage(lead):
    series(
        lead,
        "A",
        event(events=5, affected=4, of=20, of__unit="units"),
        event(
            type="neurapraxia",
            scheme="Clavien-Dindo",
            grade="II",
            major="no",
            related="probably",
            events=5,
            affected="nr",
            of=20,
            of__unit="units",
            time=2,
            time__unit="weeks",
            treated="none",
        ),
        complications__assessed="yes",
        complications__definition="any harm",
    )

    whole, kind, events, hips = journal_rows_of(lead, "complications")

    # 4 of 20 are 20 %; five events in four hips are never one number.
    assert (whole["events"], whole["affected_share"], whole["unit"]) == ("5", "4/20 (20 %)", "hips")
    assert (whole["looked_for"], whole["complication"]) == ("yes (any harm)", "any complication")
    assert kind["complication"] == "neurapraxia (Clavien-Dindo II; minor; related: probably)"
    assert (kind["affected_share"], kind["time"], kind["treatment"]) == ("NR", "2 weeks", "none")
    assert (events["events"], events["affected_share"]) == ("5", "")
    assert (hips["events"], hips["affected_share"]) == ("", "4/20 (20 %)")
    assert hips["cohort_or_reporting"] == "1 of 1"


def test_a_journal_keeps_the_row_that_only_says_not_reported(lead):
    series(lead, "Silent", complications__assessed="yes")

    row = journal_rows_of(lead, "complications")[0]

    assert (row["study"], row["events"], row["affected_share"]) == ("Silent", "NR", "NR")


def test_a_grade_without_a_type_names_a_complication_in_a_journal(lead):
    graded = {"scheme": "Clavien-Dindo", "events": 1, "affected": 1, "of": 9, "of__unit": "units"}
    series(lead, "A", event(grade="I", **graded), event(grade="II", **graded))

    rows = journal_rows_of(lead, "complications")

    assert [row["complication"] for row in rows[:3]] == [
        "any complication",
        "Clavien-Dindo I",
        "Clavien-Dindo II",
    ]
