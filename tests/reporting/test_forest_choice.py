"""Which changes the forest draws: one of several results, and nobody twice."""

import pytest

from reviews.services import update_settings
from tests.reporting.changes import change, drawn, forest, parts, study, visits, words
from tests.reporting.factories import hip_series

pytestmark = pytest.mark.django_db


def test_without_a_rule_the_final_follow_up_is_drawn_else_the_latest_visit(lead):
    study(lead, *visits((11, 12), (13, 24)), change("12.0", "5", time=6), label="With")
    # The number of the time is not its length: 30 weeks end before 12 months.
    study(lead, *visits((21, 12)), *visits((22, 30), time__unit="weeks"), label="Without")

    assert [(row["study"], row["change"]) for row in forest(lead)] == [
        ("With", "12.0"),
        ("Without", "21.0"),
    ]


@pytest.mark.parametrize(
    ("results", "why"),
    [
        ([change("1.0"), change("2.0")], "choice open: 2 results at final follow-up"),
        (visits((1, 12), (2, 12)), "choice open: 2 results at the latest visit"),
        (visits((1, 12), (2, None)), "choice open: several visits, not all with a time"),
    ],
)
def test_results_that_nothing_tells_apart_are_all_listed_and_none_is_drawn(lead, results, why):
    study(lead, *results)

    assert [row["not_drawn"] for row in forest(lead)] == [why, why]
    assert parts(lead) == []


def test_the_rule_of_the_review_chooses_and_what_it_leaves_open_is_not_drawn(lead):
    rule = "window: 6-24 months, nearest 12"
    update_settings(lead=lead, changes={"selection_rule": rule}, why="Before extraction")
    domain = {"domain": "function"}
    study(lead, *visits((11, 6), (12, 13), (13, 60)), label="Chosen", outcome=domain)
    study(lead, *visits((21, 6), (22, 18)), label="Open", outcome=domain)
    study(lead, *visits((31, 36)), label="Late", outcome=domain)

    rows = [(row["study"], row["change"], row["not_drawn"]) for row in forest(lead)]

    assert rows[0] == ("Chosen", "12.0", "")
    assert [row[:2] for row in rows[1:]] == [("Open", "21.0"), ("Open", "22.0"), ("Late", "31.0")]
    assert "choice open: 2 results" in rows[1][2]
    assert rows[3][2] == "not chosen by the review’s rule (not eligible: outside every window)"
    [part] = parts(lead)
    assert [one.study.label for one in part.drawn] == ["Chosen"]


def test_each_window_of_the_rule_has_a_figure_of_its_own(lead):
    rule = "window: 3-12 months\nwindow: 13-60 months"
    update_settings(lead=lead, changes={"selection_rule": rule}, why="Before extraction")
    study(lead, *visits((11, 6), (12, 24)), outcome={"domain": "function"})

    assert [(part.title, len(part.drawn)) for part in parts(lead)] == [
        ("mHHS, 3–12 months", 1),
        ("mHHS, 13–60 months", 1),
    ]


def test_treatments_in_sequence_each_have_a_row_under_their_own_category(lead):
    study(
        lead,
        change("2.0", "4.0", n=10, after=0),
        change("31.0", "9.0", n=12, unit="units", after=1),
        interventions=[
            {"category": "injection", "order": 1},
            {"category": "open decompression", "order": 2},
        ],
    )

    rows = {row["category"]: row for row in forest(lead)}

    assert rows["injection"]["change"] == "2.0"
    assert rows["open decompression"]["change"] == "31.0"
    [part] = parts(lead)
    assert [name for name, _ in part.groups] == ["injection", "open decompression"]


def test_two_cohorts_of_one_study_are_two_rows_and_are_told_apart(lead):
    study(
        lead,
        change("20.0", "8.0", n=16),
        change("10.0", "8.0", n=9, cohort=1),
        label="Bellwood 2021",
        cohorts=[hip_series(label="Partial resection"), hip_series(label="Whole resection")],
    )
    study(lead, change("5.0", "8.0"), label="Alone 2020", cohorts=[hip_series(label="Everybody")])

    figure = drawn(lead)

    assert [row["cohort"] for row in forest(lead)] == [
        "Partial resection",
        "Whole resection",
        "Everybody",
    ]
    said = words(figure)
    assert said.count("Bellwood 2021") == 1
    assert {"Partial resection", "Whole resection"} <= set(said)
    assert "Everybody" not in said
    assert "Bellwood 2021, Whole resection, 9 patients" in figure.description


def test_nobody_is_drawn_twice_after_one_treatment(lead):
    cohorts = [
        hip_series(label="Series"),
        hip_series(label="Right", kind="arm", part_of=0, counts="no"),
        hip_series(label="Young", kind="subgroup", part_of=0, counts="no"),
    ]
    results = [change(f"{20 + place}.0", "5", cohort=place) for place in range(3)]
    study(lead, *results, cohorts=cohorts)

    assert [(row["cohort"], row["not_drawn"]) for row in forest(lead)] == [
        ("Series", ""),
        ("Right", "the same people are drawn through Series"),
        ("Young", "a subgroup"),
    ]


def test_a_mixed_series_gives_way_to_the_part_that_fits(lead):
    cohorts = [
        hip_series(label="All hips", counts="no"),
        hip_series(label="Those with impingement", kind="eligible_subset", part_of=0),
    ]
    study(lead, change("1.0", "5"), change("2.0", "5", cohort=1), cohorts=cohorts)

    assert [(row["change"], row["not_drawn"]) for row in forest(lead)] == [
        ("1.0", "a mixed series, of which a part fits the review"),
        ("2.0", ""),
    ]
