"""Groups, order, windows and choice of rows of saved tables; what they leave out is told."""

import pytest
from django.core.exceptions import ValidationError

from extraction.schema import shipped_form
from extraction.services import publish_form
from reporting.services import save_table
from reporting.snapshot import take_snapshot
from tests.reporting.factories import hip_series, make_study
from tests.reporting.saving import (
    WINDOWS,
    keys,
    notes,
    own,
    people,
    save,
    texts,
    visit,
    visits,
)

pytestmark = pytest.mark.django_db


def test_numbers_are_put_in_order_by_value_and_blanks_last(lead):
    people(lead, 9, 101, None, 12)

    up = save(lead, sorted_by=[{"key": "patients"}])
    assert own(lead, up, "patients") == ["9", "12", "101", ""]
    down = save(lead, sorted_by=[{"key": "patients", "descending": True}])
    assert own(lead, down, "patients") == ["101", "12", "9", ""]


def test_texts_are_put_in_order_whatever_their_capitals_and_ties_stay(lead):
    for label in ("bob", "Carl", "ALI"):
        make_study(lead, cohorts=[hip_series(), hip_series(kind="subgroup")], label=label)

    report = save(lead, columns=("study", "cohort"), sorted_by=[{"key": "study"}])

    assert texts(lead, report)[:6] == [
        [label, f"Cohort {n}"] for label in ("ALI", "bob", "Carl") for n in (1, 2)
    ]


def test_the_first_key_goes_before_the_second(lead):
    for label, number in (("A", 5), ("B", 7), ("C", 5)):
        make_study(lead, cohorts=[hip_series({"patients.treated": number})], label=label)
    order = [{"key": "patients"}, {"key": "study", "descending": True}]

    report = save(lead, sorted_by=order)

    assert own(lead, report, "study") == ["C", "A", "B"]


def test_totals_stay_below_their_own_group(lead):
    people(lead, 12, 9)

    report = save(lead, sorted_by=[{"key": "patients"}])

    assert texts(lead, report)[:3] == [
        ["Series of 9", "9"], ["Series of 12", "12"], ["Total", "21"],
    ]  # fmt: skip
    assert "left out" not in notes(lead, report)


def test_totals_of_other_groups_are_left_out_with_a_word(lead):
    people(lead, 12, 9)

    report = save(lead, grouped_by="study")

    rows = list(report.table(take_snapshot(lead.review)).rows)
    assert [(row.group, row.is_total) for row in rows] == [
        ("Series of 12", False), ("Series of 9", False),
    ]  # fmt: skip
    # The total of all people, and the subtotal of those whose treatment is not stated.
    assert "2 totals are left out, made for other groups than these." in notes(lead, report)


def test_people_are_grouped_by_the_treatment_of_their_cohort(lead):
    for category in ("open decompression", "injection"):
        make_study(lead, cohorts=[hip_series()], interventions=[{"category": category}])

    report = save(lead, grouped_by="treatment")

    rows = report.table(take_snapshot(lead.review)).rows
    assert [row.group for row in rows] == ["injection", "open decompression"]


def test_outcomes_grouped_by_treatment_keep_the_totals_of_their_groups(lead):
    visits(lead, visit(0, 3, "70"))

    report = save(lead, "outcomes", columns=("study", "studies_reporting"), grouped_by="treatment")

    assert texts(lead, report) == [["Ali 2020", ""], ["Reporting, arthroscopic", "1 of 1"]]


def test_outcomes_are_grouped_by_instrument(lead):
    for label in ("Ali 2020", "Bo 2021"):
        visits(lead, visit(0, 3, "70"), visit(1, 3, "60"), label=label)

    report = save(lead, "outcomes", columns=("study", "after"), grouped_by="outcome")

    rows = report.table(take_snapshot(lead.review)).rows
    assert [(row.group, row.cell("study").text) for row in rows] == [
        ("mHHS", "Ali 2020"), ("mHHS", "Bo 2021"),
        ("iHOT-12", "Ali 2020"), ("iHOT-12", "Bo 2021"),
    ]  # fmt: skip


def test_groups_are_taken_away(lead):
    visits(lead, visit(0, 3, "70"), visit(1, 3, "60"))

    report = save(
        lead,
        "outcomes",
        columns=("after",),
        grouped_by="none",
        sorted_by=[{"key": "after"}],
    )

    rows = list(report.table(take_snapshot(lead.review)).rows)
    assert [(row.group, row.cell("after").text) for row in rows] == [("", "60"), ("", "70")]


def five(lead):
    visits(
        lead,
        visit(0, "6", "61", **{"time.unit": "weeks"}),
        visit(0, 3, "63"),
        visit(0, 4, "64"),
        visit(0, 12, "72"),
        visit(0, None, "99"),
    )


def test_rows_lie_in_their_windows_and_a_gap_is_named_with_how_many_are_in_none(lead):
    five(lead)

    report = save(
        lead, "outcomes", columns=("after", "window"), windows=WINDOWS, grouped_by="window"
    )

    assert texts(lead, report) == [["61", "early"], ["63", "early"], ["72", "late"]]
    said = notes(lead, report)
    assert "No window holds 3 to 6 months; 1 result is in none." in said
    assert "1 result is in no window: no time is given" in said
    assert "1 total is left out" in said


def test_a_gap_is_named_when_it_is_saved(lead):
    spec = {"columns": keys("study"), "windows": WINDOWS}
    table = {"lead": lead, "slug": "own", "name": "T", "table": "outcomes", "spec": spec}

    _, remarks = save_table(**table)
    _, again = save_table(**table)

    assert remarks == ["No window holds 3 to 6 months; results at such times are not shown."]
    assert again == remarks


def test_only_the_windows_asked_for_are_shown_and_the_others_told(lead):
    five(lead)

    report = save(lead, "outcomes", columns=("after",), windows=WINDOWS, shown_windows=["late"])

    assert texts(lead, report) == [["72"]]
    said = "2 results are in windows that are not shown: early (0 to 3 months)."
    assert said in notes(lead, report)


def test_where_every_result_lies_in_a_window_totals_stay(lead):
    visits(lead, visit(0, 3, "70"))
    everything = [{"name": "any", "low": 0}]

    report = save(lead, "outcomes", columns=("study",), windows=everything)

    assert texts(lead, report) == [["Ali 2020"], ["Reporting, arthroscopic"]]
    assert "window" not in notes(lead, report)


def test_a_bound_lies_in_a_window_only_where_every_time_it_allows_does(lead):
    form = shipped_form().as_data()
    for field in form["fields"]:
        if (field["group"], field.get("means")) == ("result", "time"):
            field["qualifier"] = True
    publish_form(lead=lead, definition=form)
    visits(lead, visit(0, "≥24", "1"), visit(0, ">2", "2"), visit(0, "<3", "3"))

    report = save(lead, "outcomes", columns=("after", "window"), windows=WINDOWS, grouped_by="none")

    assert texts(lead, report) == [["1", "late"], ["3", "early"]]
    assert "or a bound that no window holds whole" in notes(lead, report)


@pytest.mark.parametrize("table", ["demographics", "complications"])
def test_a_table_without_times_in_months_refuses_windows(lead, table):
    with pytest.raises(ValidationError, match="no column of times in months"):
        save(lead, table, columns=("study",), windows=WINDOWS)


def test_rows_are_those_that_have_one_of_the_texts(lead):
    visits(lead, visit(0, 3, "70"), visit(1, 3, "60"))

    report = save(
        lead, "outcomes", columns=("study", "after"), rows={"instrument": ["MHHS", "HOS"]}
    )

    assert texts(lead, report) == [["Ali 2020", "70"]]
    said = notes(lead, report)
    assert "No row has “HOS” as its instrument." in said
    assert "Left out: 1 row whose instrument is not MHHS or HOS." in said
    assert "1 total is left out, made of rows that are not shown too." in said


def test_the_total_of_a_group_that_is_shown_whole_stays(lead):
    visits(lead, visit(0, 3, "70"))
    make_study(
        lead,
        label="Bo 2021",
        cohorts=[hip_series()],
        interventions=[{"category": "injection"}],
        outcomes=[{"instrument": "mHHS"}],
        results=[visit(0, 3, "60")],
    )

    report = save(lead, "outcomes", columns=("study",), rows={"category": ["arthroscopic"]})

    assert texts(lead, report) == [["Ali 2020"], ["Reporting, arthroscopic"]]
