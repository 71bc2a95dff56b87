"""Sums by treatment: who is in them, who is left out and why, and what is never added."""

from decimal import Decimal

import pytest

from extraction.services import set_vocabulary
from extraction.vocabularies import Term
from reporting.evidence import evidence_of
from reporting.quantities import QUANTITIES
from reporting.ranges import mean_range
from reporting.reports import REPORTS
from reporting.snapshot import take_snapshot
from reviews.services import update_settings
from tests.factories import make_lead
from tests.reporting.factories import make_study

pytestmark = pytest.mark.django_db
WHOLE = {"kind": "whole_series", "counts": "yes"}


@pytest.fixture
def lead():
    return make_lead()


def totals(lead):
    """Return the rows of the table of totals by quantity, category and unit."""
    table = REPORTS["totals"].table(take_snapshot(lead.review))
    return {
        tuple(row.cell(key).text for key in ("quantity", "category", "unit")): row
        for row in table.rows
    }


def said(row):
    """Return value, numerator/denominator, x of y, and who is left out."""
    return (
        row.cell("value").text,
        f"{row.cell('numerator').text}/{row.cell('denominator').text}",
        f"{row.cell('studies_reporting').text} of {row.cell('studies').text}",
        row.cell("left_out").text,
    )


def arthroscopy(**said):
    return {"label": "Scope", "category": "arthroscopic", **said}


def complication(**said):
    return {"class": "complication", **said}


def test_events_of_a_study_count_though_who_was_affected_is_unknown(lead):
    make_study(
        lead,
        label="Onda 2014",
        cohorts=[{**WHOLE, "patients.treated": 12, "units.treated": 14}],
        interventions=[arthroscopy()],
        events=[complication(events=3, affected=2, of=14, **{"of.unit": "units"})],
    )
    make_study(
        lead,
        label="Pardo 2016",
        cohorts=[{**WHOLE, "patients.treated": 9, "units.treated": "nr"}],
        interventions=[arthroscopy()],
        events=[complication(events=1, affected="nr")],
    )

    rows = totals(lead)

    assert said(rows["patients", "", "patients"]) == ("21", "/", "2 of 2", "")
    assert said(rows["units", "", "units"]) == ("14", "/", "1 of 2", "Pardo 2016 (not reported)")
    assert rows["events.complication", "arthroscopic", "events"].cell("value").text == "4"
    assert said(rows["affected.complication", "arthroscopic", "units"]) == (
        "14.3",
        "2/14",
        "1 of 2",
        "Pardo 2016 (no unit given)",
    )


def test_treatments_are_never_added_to_each_other(lead):
    for category, affected, of in (("injection", 3, 20), ("derotation osteotomy", 0, 25)):
        make_study(
            lead,
            cohorts=[{**WHOLE, "patients.treated": of}],
            interventions=[{"label": "Treatment", "category": category}],
            events=[
                complication(events=affected, affected=affected, of=of, **{"of.unit": "patients"})
            ],
        )

    rows = {key: row for key, row in totals(lead).items() if key[0] == "affected.complication"}

    assert {key[1]: said(row)[:3] for key, row in rows.items()} == {
        "derotation osteotomy": ("0.0", "0/25", "1 of 1"),
        "injection": ("15.0", "3/20", "1 of 1"),
    }


def test_a_sum_over_all_treatments_is_printed_only_where_the_lead_asks_for_it(lead):
    make_study(
        lead,
        cohorts=[{**WHOLE, "patients.treated": 20}],
        interventions=[{"label": "Needle", "category": "injection"}],
        events=[complication(events=3, affected=3, of=20, **{"of.unit": "patients"})],
    )
    assert not any(key[1] == "all" for key in totals(lead))

    update_settings(lead=lead, changes={"sum_all_treatments": True})

    assert said(totals(lead)["affected.complication", "all", "patients"])[:3] == (
        "15.0",
        "3/20",
        "1 of 1",
    )


def test_a_share_whose_unit_is_not_given_is_left_out_by_name(lead):
    make_study(
        lead,
        label="Units given",
        cohorts=[WHOLE],
        interventions=[arthroscopy()],
        events=[complication(events=0, affected=0, of=171, **{"of.unit": "units"})],
    )
    make_study(
        lead,
        label="Unit missing",
        cohorts=[WHOLE],
        interventions=[arthroscopy()],
        events=[complication(events=2, affected=2, of=20)],
    )

    assert said(totals(lead)["affected.complication", "arthroscopic", "units"]) == (
        "0.0",
        "0/171",
        "1 of 2",
        "Unit missing (no unit given)",
    )


def test_a_class_that_nobody_reports_is_blank_and_names_everybody(lead):
    make_study(lead, label="A", cohorts=[WHOLE], interventions=[arthroscopy()])

    assert said(totals(lead)["affected.revision", "arthroscopic", ""]) == (
        "",
        "/",
        "0 of 1",
        "A (not reported)",
    )


def test_assessed_without_an_event_is_not_zero(lead):
    make_study(
        lead,
        label="Looked",
        cohorts=[{**WHOLE, "complications.assessed": "yes", "reoperations.assessed": "yes"}],
        interventions=[arthroscopy()],
    )

    rows = totals(lead)
    for name in ("complication", "revision", "any_reoperation"):
        assert said(rows[f"affected.{name}", "arthroscopic", ""])[2] == "0 of 1"


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        # The class as a whole goes before its kinds.
        ([{"events": 5, "affected": 4}, {"type": "nerve", "events": 2, "affected": 2}], (5, 4)),
        # One event is one affected; none is nobody.
        ([{"events": 1}], (1, 1)),
        ([{"events": 0}], (0, 0)),
        # Kinds are summed; who was affected is known only where one kind has events.
        ([{"type": "nerve", "events": 2, "affected": 2}, {"type": "clot", "events": 0}], (2, 2)),
        ([{"type": "nerve", "events": 2, "affected": 2}, {"type": "clot", "events": 1}], (3, None)),
        # Types and grades are the same events seen twice.
        (
            [{"type": "a", "events": 3}, {"grade": "I", "events": 2}, {"grade": "II", "events": 1}],
            (3, None),
        ),
        ([{"grade": "I", "events": 2}, {"grade": "II", "events": 1}], (3, None)),
        # A kind that does not tell how often leaves the sum unknown.
        ([{"type": "nerve", "events": 2}, {"type": "clot", "events": "nr"}], (None, None)),
        # The one kind with events is not all there was.
        ([{"events": 5, "affected": "nr"}, {"type": "a", "events": 3, "affected": 2}], (5, None)),
        ([{"events": 3, "affected": "nr"}, {"type": "nerve", "events": 3, "affected": 2}], (3, 2)),
        # Given twice, it is not chosen.
        ([{"events": 3, "affected": 3}, {"events": 4, "affected": 4}], (None, None)),
    ],
)  # fmt: skip
def test_events_and_affected_of_a_class(lead, events, expected):
    make_study(
        lead,
        cohorts=[WHOLE],
        interventions=[arthroscopy()],
        events=[complication(of=20, **{"of.unit": "patients"}, **one) for one in events],
    )

    rows = {key[0]: row for key, row in totals(lead).items() if key[1] == "arthroscopic"}

    found = (
        rows["events.complication"].cell("value").value,
        rows["affected.complication"].cell("numerator").value,
    )
    assert found == tuple(None if one is None else Decimal(one) for one in expected)


def test_where_one_cohort_does_not_tell_who_was_affected_the_study_leaves_that_sum_alone(lead):
    make_study(
        lead,
        label="Two arms",
        cohorts=[
            {"label": "Scope A", "kind": "arm", "counts": "yes"},
            {"label": "Scope B", "kind": "arm", "counts": "yes"},
            {"label": "Needle", "kind": "arm", "counts": "yes"},
        ],
        interventions=[
            arthroscopy(cohorts=[0, 1]),
            {"label": "Injection", "category": "injection", "cohorts": [2]},
        ],
        events=[
            complication(events=1, affected=1, of=10, cohort=0, **{"of.unit": "patients"}),
            complication(events=4, affected="nr", of=10, cohort=1, **{"of.unit": "patients"}),
            complication(events=2, affected=2, of=8, cohort=2, **{"of.unit": "patients"}),
        ],
    )

    rows = totals(lead)

    assert rows["events.complication", "arthroscopic", "events"].cell("value").text == "5"
    assert said(rows["affected.complication", "injection", "patients"])[1:3] == ("2/8", "1 of 1")
    assert said(rows["affected.complication", "arthroscopic", "patients"]) == (
        "", "/", "0 of 1", "Two arms (Scope B: not reported)",
    )  # fmt: skip


def test_a_cohort_that_says_nothing_is_named_beside_the_one_that_does(lead):
    make_study(
        lead,
        label="Half",
        cohorts=[{**WHOLE, "label": "Told"}, {**WHOLE, "label": "Silent"}],
        interventions=[arthroscopy()],
        events=[complication(events=1, affected=1, of=10, cohort=0, **{"of.unit": "units"})],
    )

    assert said(totals(lead)["affected.complication", "arthroscopic", "units"]) == (
        "10.0",
        "1/10",
        "1 of 1",
        "Half (only some cohorts; Silent: not reported)",
    )


def test_people_treated_twice_stand_under_both_treatments_and_once_in_the_sum(lead):
    make_study(
        lead,
        cohorts=[
            {"label": "All", **WHOLE, "patients.treated": 30},
            {
                "label": "Operated later",
                "kind": "sequential_phase",
                "counts": "no",
                "part_of": 0,
                "patients.treated": 6,
            },
        ],
        interventions=[
            {"label": "Injection", "category": "injection", "cohorts": [0], "order": 1},
            arthroscopy(cohorts=[1], order=2),
        ],
    )

    rows = totals(lead)

    assert rows["patients", "", "patients"].cell("value").text == "30"
    assert rows["patients", "injection", "patients"].cell("value").text == "30"
    assert rows["patients", "arthroscopic", "patients"].cell("value").text == "6"


def test_what_cannot_be_put_to_one_of_several_treatments_stands_apart(lead):
    make_study(
        lead,
        cohorts=[{**WHOLE, "patients.treated": 20}],
        interventions=[
            {"label": "Injection", "category": "injection", "order": 1},
            arthroscopy(order=2),
        ],
        events=[
            complication(events=1, affected=1, of=20, after=1, **{"of.unit": "patients"}),
            {"class": "revision", "events": 2, "affected": 2, "of": 20, "of.unit": "patients"},
        ],
    )

    rows = totals(lead)

    assert said(rows["affected.complication", "arthroscopic", "patients"])[1] == "1/20"
    assert said(rows["affected.revision", "several treatments", "patients"])[1] == "2/20"
    assert said(rows["affected.revision", "arthroscopic", ""])[2] == "0 of 1"


def test_the_arms_of_a_series_stand_under_their_treatments_and_the_whole_aside(lead):
    make_study(
        lead,
        cohorts=[
            {"label": "All", **WHOLE, "patients.treated": 40},
            {"label": "A", "kind": "arm", "counts": "no", "part_of": 0, "patients.treated": 25},
            {"label": "B", "kind": "arm", "counts": "no", "part_of": 0, "patients.treated": 15},
        ],
        interventions=[
            arthroscopy(cohorts=[1]),
            {"label": "Injection", "category": "injection", "cohorts": [2]},
        ],
    )

    rows = {key: row for key, row in totals(lead).items() if key[0] == "patients"}

    assert {key[1]: row.cell("value").text for key, row in rows.items()} == {
        "": "40",
        "arthroscopic": "25",
        "injection": "15",
    }


def test_a_cohort_in_another_one_taken_a_subgroup_and_a_mixed_series_are_not_summed(lead):
    make_study(
        lead,
        cohorts=[
            {"label": "Mixed", "kind": "whole_series", "counts": "no", "patients.treated": 100},
            {"label": "Fits", "kind": "eligible_subset", "counts": "yes", "part_of": 0,
             "patients.treated": 20},
            {"label": "Men", "kind": "subgroup", "counts": "no", "part_of": 1,
             "patients.treated": 5},
        ],
        interventions=[arthroscopy(cohorts=[0])],
    )  # fmt: skip

    rows = totals(lead)

    assert said(rows["patients", "", "patients"])[0] == "20"
    assert said(rows["patients", "arthroscopic", "patients"])[0] == "20"


def test_categories_are_those_of_the_reviews_list_in_its_order_with_other_names_known(lead):
    set_vocabulary(
        lead=lead,
        name="categories",
        terms=[Term("injection"), Term("arthroscopic", ("lesser trochanter resection",))],
    )
    for category in ("Lesser Trochanter Resection", "injection", "", "Yoga"):
        make_study(
            lead,
            cohorts=[{**WHOLE, "patients.treated": 10}],
            interventions=[{"label": "Treatment", "category": category or None}],
        )

    found = [key[1] for key in totals(lead) if key[0] == "patients"]

    assert found == ["", "injection", "arthroscopic", "Yoga", "not stated"]


def test_women_are_out_of_those_whose_sex_is_given(lead):
    make_study(
        lead,
        cohorts=[
            {
                **WHOLE,
                "patients.treated": 90,
                "women": "nr",
                "women.of": 36,
                "women.percent": "91.7",
            }
        ],
        interventions=[arthroscopy()],
    )

    assert said(totals(lead)["women", "", "patients"])[:3] == ("91.7", "33/36", "1 of 1")


def test_a_percentage_is_rounded_once_from_the_exact_fraction(lead):
    make_study(lead, cohorts=[{**WHOLE, "patients.treated": 221, "women": 200}])

    # 200 / 221 is 90.4977 %: rounded to two decimals first it would print as 90.5 and then as 91.
    total = totals(lead)["women", "", "patients"].cell("value")
    assert total.text == "90.5"
    assert total.formula == "200 ÷ 221 × 100"


def test_sport_and_work_are_never_added(lead):
    make_study(
        lead,
        cohorts=[WHOLE],
        interventions=[arthroscopy()],
        activities=[
            {"kind": "sport", "eligible": 60, "assessed": 64, "any": 55},
            {"kind": "work", "assessed": 21, "any": 20},
        ],
    )

    rows = totals(lead)

    assert said(rows["activity.sport.any", "arthroscopic", "patients"])[1] == "55/64"
    assert said(rows["activity.work.any", "arthroscopic", "patients"])[1] == "20/21"


def test_several_results_of_one_activity_are_not_chosen_from(lead):
    make_study(
        lead,
        label="Twice",
        cohorts=[WHOLE],
        interventions=[arthroscopy()],
        activities=[
            {"kind": "sport", "assessed": 20, "any": 10, "definition": "training"},
            {"kind": "sport", "assessed": 20, "any": 8, "definition": "competition"},
        ],
    )

    assert said(totals(lead)["activity.sport.any", "arthroscopic", ""]) == (
        "",
        "/",
        "0 of 1",
        "Twice (several results: choice open)",
    )


def test_same_or_higher_is_the_two_together_or_their_sum(lead):
    for activity in ({"same_or_higher": 12}, {"same": 5, "higher": 2}, {"same": 5}):
        make_study(
            lead,
            cohorts=[WHOLE],
            interventions=[arthroscopy()],
            activities=[{"kind": "sport", "assessed": 20, **activity}],
        )

    assert said(totals(lead)["activity.sport.same_or_higher", "arthroscopic", "patients"])[1:3] == (
        "19/40",
        "2 of 3",
    )


def test_least_numbers_stand_in_rows_of_their_own_where_the_review_asks_for_them(lead):
    make_study(
        lead,
        cohorts=[WHOLE],
        interventions=[arthroscopy()],
        events=[
            complication(type="nerve", events=2, affected=2, of=20, **{"of.unit": "patients"}),
            complication(type="clot", events=3, affected="nr", of=20, **{"of.unit": "patients"}),
        ],
    )
    name = "affected.complication.at_least"
    assert not any(key[0] == name for key in totals(lead))

    update_settings(lead=lead, changes={"affected_at_least": True})

    assert said(totals(lead)[name, "arthroscopic", "patients"])[:2] == ("2", "/")


def test_a_study_mean_is_that_of_the_whole_series_where_it_is_reported(lead):
    def arms(whole):
        return [
            {"label": "All", "kind": "whole_series", "counts": "no", **whole},
            *(
                {"label": name, "kind": "arm", "counts": "yes", "part_of": 0,
                 "age.centre": "mean", "age.value": mean}
                for name, mean in (("A", "30"), ("B", "50.5"))
            ),
        ]  # fmt: skip

    make_study(lead, label="Whole", cohorts=arms({"age.centre": "mean", "age.value": "41"}))
    make_study(lead, label="Arms", cohorts=arms({}))
    make_study(lead, label="Median", cohorts=[{**WHOLE, "age.centre": "median", "age.value": "20"}])
    make_study(lead, label="Unnamed", cohorts=[{**WHOLE, "age.value": "10"}])

    found = mean_range(evidence_of(take_snapshot(lead.review)), "age")

    assert found.end(min, "lowest").text == "30"
    assert found.end(max, "highest").text == "50.5"
    assert sorted(mean.text for mean in found.means) == ["30", "41", "50.5"]
    assert found.note == (
        "2 of 4 studies; means of arms: Arms; "
        "left out: Median (median); Unnamed (statistic not named)."
    )


def test_a_bound_is_no_mean_and_a_mean_in_weeks_is_printed_in_months(lead):
    make_study(lead, label="Bound", cohorts=[{**WHOLE, "follow_up.at_least": "24"}])
    make_study(
        lead,
        label="Weeks",
        cohorts=[
            {
                **WHOLE,
                "follow_up.centre": "mean",
                "follow_up.value": "26",
                "follow_up.unit": "weeks",
            }
        ],
    )

    rows = totals(lead)

    assert rows["follow_up.mean.lowest", "", "months"].cell("value").text == "6.0"
    assert rows["follow_up.mean.lowest", "", "months"].cell("left_out").text == (
        "Bound (at least 24, no mean)"
    )


def test_limbs_of_the_same_people_are_not_summed_as_patients(lead):
    make_study(
        lead,
        label="Limbs",
        cohorts=[
            {"label": "All", **WHOLE},
            *(
                {"label": side, "kind": "paired_limb", "counts": "no", "part_of": 0,
                 "patients.treated": 10, "units.treated": 10}
                for side in ("Right", "Left")
            ),
        ],
        interventions=[arthroscopy(cohorts=[1, 2])],
    )  # fmt: skip

    rows = totals(lead)

    assert rows["units", "arthroscopic", "units"].cell("value").text == "20"
    assert ("patients", "arthroscopic", "patients") in rows
    assert (
        "limbs of the same people"
        in rows["patients", "arthroscopic", "patients"].cell("left_out").text
    )


def test_every_total_opens_on_the_values_behind_it(lead):
    make_study(
        lead,
        cohorts=[{**WHOLE, "patients.treated": 12}],
        interventions=[arthroscopy()],
        events=[complication(events=1, affected=1, of=12, **{"of.unit": "patients"})],
    )

    rows = totals(lead)

    assert len(rows["patients", "", "patients"].cell("value").sources) == 1
    share = rows["affected.complication", "arthroscopic", "patients"]
    assert len(share.cell("value").sources) == 4
    assert share.cell("numerator").sources == share.cell("value").sources


def test_the_names_of_quantities_stay_as_scripts_know_them():
    assert set(QUANTITIES) >= {
        "patients", "units", "women", "events.complication", "affected.any_reoperation",
        "activity.sport.any", "activity.work.same_or_higher", "satisfied", "again",
    }  # fmt: skip
