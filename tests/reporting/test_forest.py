"""The forest: one change of each cohort, outcome and treatment, with its own interval; no diamond.

Patients and units, treatments and kinds of statistic differ in these studies, so that a number of
the wrong one shows. Quantiles of t are those of the table: 2.2281 with 10 degrees of freedom,
2.3060 with 8, 2.1314 with 15, 2.0639 with 24.
"""

from decimal import Decimal

import pytest

from reporting.figures.shapes import Rect, Words
from reporting.figures.widths import text_width
from reporting.forest.parts import part_named, parts_of
from reporting.forest.words import not_pooled, people_words
from reporting.reports.forest import FOREST
from reporting.snapshot import take_snapshot
from reviews.services import update_settings
from tests.reporting.factories import hip_series, make_study
from tests.reporting.tables import rows_of

pytestmark = pytest.mark.django_db


def score(stem, value, sd=None, **more):
    """Return the answers of a mean, of an estimate or of a change."""
    said = {"centre": "mean", "value": value, **more}
    if sd is not None:
        said |= {"spread": "sd", "spread_value": sd}
    return {f"{stem}.{part}": given for part, given in said.items()}


def change(value, sd=None, n=10, unit="patients", kind="final_follow_up", **more):
    """Return a result with a reported mean change; parts of it are named by ``change__part``."""
    parts = {k.removeprefix("change__"): v for k, v in more.items() if k.startswith("change__")}
    others = {k.replace("__", "."): v for k, v in more.items() if not k.startswith("change__")}
    return {
        "time.kind": kind,
        "n": n,
        "n.unit": unit,
        **score("change", value, sd, **parts),
        **others,
    }


def before(value, sd=None, n=10, unit="patients", **more):
    return {
        "time.kind": "baseline", "n": n, "n.unit": unit, **score("estimate", value, sd), **more
    }  # fmt: skip


def after(value, sd=None, n=10, unit="patients", **more):
    return before(value, sd, n, unit) | {"time.kind": "final_follow_up"} | more


def study(lead, *results, label="", category="arthroscopic", outcome=None, **more):
    """Make a study of one cohort, treatment and outcome, unless more are given."""
    return make_study(
        lead,
        label=label,
        **{
            "study": {"level_of_evidence": "IV"},
            "cohorts": [hip_series()],
            "interventions": [{"category": category}],
            "outcomes": [{"instrument": "mHHS", "direction": "higher_better", **(outcome or {})}],
            "results": list(results),
            **more,
        },
    )


def forest(lead):
    return rows_of(lead, "forest")


def only(lead):
    [row] = forest(lead)
    return row


def limits(row, suffix=""):
    return row[f"low{suffix}"], row[f"high{suffix}"]


def parts(lead):
    return parts_of(take_snapshot(lead.review))


def drawn(lead, part=""):
    return FOREST.figure.draw(take_snapshot(lead.review), part)


def words(figure):
    return [shape.text for shape in figure.shapes if isinstance(shape, Words)]


def test_a_reported_interval_is_taken_as_printed_even_where_an_sd_would_give_another(lead):
    study(
        lead,
        before("50.0", "9.0"),
        change(
            "29.0",
            change__spread="ci95",
            change__spread_low="22.5",
            change__spread_high="35.55",
            **score("estimate", "80.0", "9.0"),
        ),
    )

    row = only(lead)

    assert (row["change"], row["change_from"], *limits(row)) == (
        "29.0",
        "reported",
        "22.5",
        "35.55",
    )
    assert (row["level"], row["interval_from"], row["low_r02"]) == ("95", "reported", "")
    assert (row["n"], row["n_unit"], row["not_drawn"]) == ("10", "patients", "")


def test_an_interval_of_another_level_is_not_drawn_as_one_of_95_per_cent(lead):
    study(
        lead,
        change(
            "29.0", change__spread="ci_other", change__spread_low="24", change__spread_high="34"
        ),
    )

    row = only(lead)

    assert (row["change"], *limits(row), row["level"]) == ("29.0", "", "", "")
    assert (row["interval_from"], row["not_drawn"]) == ("", "")
    assert "The interval reported, 24 to 34, is not said to be of 95 %" in row["note"]


def test_the_interval_follows_from_the_sd_of_the_change_and_n(lead):
    # 16 hips of 13 patients: 20 ± 2.1314 × 8 / √16 = 20 ± 4.263.
    cohort = hip_series({"patients.treated": 13, "units.treated": 16})
    study(lead, change("20.0", "8.0", n=16, unit="units"), cohorts=[cohort])

    row = only(lead)

    assert (*limits(row), row["interval_from"]) == ("15.7", "24.3", "from SD of the change")
    assert (row["n"], row["n_unit"]) == ("16", "hips")
    assert "Hips treated as independent" in row["note"]


def test_the_interval_follows_from_the_se_of_the_change(lead):
    # 12 ± 2.3060 × 2.0 = 12 ± 4.612; with the SE taken for an SD it would be ± 1.5.
    result = change("12", n=9, change__spread="se", change__spread_value="2.0")
    study(lead, result)

    row = only(lead)

    # The change is printed without decimals, and so are its limits.
    assert (row["change"], *limits(row), row["interval_from"]) == ("12", "7", "17", "from SE")
    assert "independent" not in row["note"]


def test_a_derived_change_states_the_correlation_and_shows_a_lower_and_a_higher_one(lead):
    study(lead, before("50.0", "9.0", 25), after("80.0", "12.0", 25))

    row = only(lead)

    # 81 + 144 - 2 × 0.5 × 108 = 117; √117 = 10.817; 30 ± 2.0639 × 10.817 / 5 = 30 ± 4.465.
    assert (row["change"], row["change_from"], *limits(row)) == ("30.0", "derived", "25.5", "34.5")
    assert row["interval_from"] == "derived, r = 0.5"
    # With 0.2: √181.8 = 13.483, ± 5.566; with 0.8: √52.2 = 7.225, ± 2.982.
    assert limits(row, "_r02") == ("24.4", "35.6")
    assert limits(row, "_r08") == ("27.0", "33.0")
    assert "correlation of 0.5" in row["note"]


def test_limits_keep_their_exact_number_their_formula_and_every_value_they_are_from(lead):
    study(lead, before("50.0", "9.0", 25), after("80.0", "12.0", 25))
    snapshot = take_snapshot(lead.review)

    [row] = FOREST.table(snapshot).rows
    low = row.cell("low")

    assert low.exact is not None
    assert round(low.exact, 6) == Decimal("25.535105")
    assert low.value == Decimal("25.5")
    for named in ("mean", "t × SE", "SD₁", "n = 25", "r = 0.5", "30.0", "9.0", "12.0", "2.0639"):
        assert named in low.formula
    results = {
        (cell.key, cell.text): cell.uid
        for element in snapshot.studies[0].results
        for cell in element.cells.values()
    }
    behind = {uid for (_, text), uid in results.items() if text in ("50.0", "80.0", "9.0", "12.0")}
    behind |= {uid for (key, text), uid in results.items() if text == "25"}
    assert behind <= set(low.sources)


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        (before("50", None, 12), after("80", "9", 12), "no SD before is reported"),
        (before("50", "9", 12), after("80", None, 12), "no SD after is reported"),
        (before("50", "9", 1), after("80", "9", 1), "a single observation has no spread"),
    ],
)
def test_a_derived_change_without_what_an_interval_needs_is_a_point_alone(lead, first, last, why):
    study(lead, first, last)

    row = only(lead)

    assert (row["change"], *limits(row), row["not_drawn"]) == ("30", "", "", "")
    assert why in row["note"]


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (change("15", "5.0", n=None), "n is not given"),
        (change("15", "5.0", n=1), "a single observation has no spread"),
        (change("15"), "no SD, SE or interval is reported"),
        (
            change("15", change__spread="unclear", change__spread_value="4"),
            "the spread of the change is not said to be an SD",
        ),
        (change("15", change__spread="ci95", change__spread_low="9"), "only one limit"),
    ],
)
def test_a_reported_change_without_what_an_interval_needs_is_a_point_alone(lead, result, why):
    study(lead, result)

    row = only(lead)

    assert (row["change"], *limits(row), row["interval_from"]) == ("15", "", "", "")
    assert (row["not_drawn"], why in row["note"]) == ("", True)


def test_a_change_says_itself_how_many_it_is_of(lead):
    # t with 8 degrees of freedom: 20 ± 2.3060 × 6 / √9 = 20 ± 4.612, of nine and not of ten.
    study(lead, change("20.0", "6.0", n=10, change__n=9))

    row = only(lead)

    assert (row["n"], *limits(row)) == ("9", "15.4", "24.6")


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (change("30", change__centre="median"), "median"),
        (change("30", change__centre=None), "statistic of the change not stated"),
        (change(">30"), "a bound"),
        (
            change(None, change__centre=None, change__spread="ci95", change__spread_low="1"),
            "an interval of the change without the change",
        ),
    ],
)
def test_a_change_that_is_no_mean_is_listed_and_not_drawn(lead, result, why):
    study(lead, result)

    assert only(lead)["not_drawn"] == why
    assert parts(lead) == []


@pytest.mark.parametrize(
    ("last", "why"),
    [
        (after("80") | {"estimate.centre": "median"}, "median"),
        ({"time.kind": "final_follow_up", "events": 7, "n": 10}, "n/N"),
        ({"time.kind": "final_follow_up", "percent": "70"}, "per cent"),
        ({"time.kind": "final_follow_up", "estimate.min": 60, "estimate.max": 90}, "range"),
        ({"time.kind": "final_follow_up"}, "no value"),
        (after("80", n=9), "10 patients before, 9 patients after"),
    ],
)
def test_what_makes_no_mean_change_is_listed_with_the_reason(lead, last, why):
    study(lead, before("50"), last)

    row = only(lead)

    assert (row["not_drawn"], row["change"], row["figure"]) == (why, "", "")


def test_an_outcome_with_a_value_before_treatment_alone_is_listed(lead):
    study(lead, before("50.0", "9.0"))

    assert only(lead)["not_drawn"] == "only a value before treatment"


def visits(*times, **more):
    return [
        change(f"{value}.0", "5", kind="scheduled_visit", time=time, **more)
        for value, time in times
    ]


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


def test_names_of_one_instrument_share_a_figure_and_scales_do_not(lead):
    study(lead, change("20.0", "5"), label="A", outcome={"instrument": "modified Harris Hip Score"})
    study(lead, change("21.0", "5"), label="B")
    pain = {"instrument": "VAS pain", "direction": "lower_better", "range.low": 0}
    study(lead, change("-4.0", "2"), label="C", outcome={**pain, "range.high": 10})
    study(lead, change("-41", "20"), label="D", outcome={**pain, "range.high": 100})
    study(lead, change("-5.0", "2"), label="E", outcome={**pain, "range.low": None})

    found = {part.title: [one.study.label for one in part.drawn] for part in parts(lead)}

    assert found == {
        "mHHS": ["A", "B"],
        "VAS pain [0–10]": ["C"],
        "VAS pain [0–100]": ["D"],
        "VAS pain [scale not stated]": ["E"],
    }
    assert next(iter(found)) == "mHHS"


def test_a_scale_that_is_not_stated_is_the_only_one_stated_if_the_change_fits_it(lead):
    pain = {"instrument": "VAS pain", "direction": "lower_better"}
    study(lead, change("-4.0", "2"), label="A", outcome={**pain, "range.low": 0, "range.high": 10})
    study(lead, change("-5.0", "2"), label="B", outcome=pain)
    study(lead, change("-50", "20"), label="C", outcome=pain)

    found = {part.title: [one.study.label for one in part.drawn] for part in parts(lead)}

    assert found == {"VAS pain [0–10]": ["A", "B"], "VAS pain [scale not stated]": ["C"]}
    assert "Scale not stated, taken to be 0–10." in words(drawn(lead))


def test_one_mcid_is_drawn_on_the_side_of_improvement(lead):
    pain = {"instrument": "VAS pain", "direction": "lower_better", "mcid": "1.5"}
    study(lead, change("-4.0", "2"), outcome={**pain, "mcid.source": "Told 2010"}, label="A")
    study(lead, change("-3.0", "2"), outcome={**pain, "mcid": None}, label="B")

    [part] = parts(lead)
    figure = drawn(lead)

    assert part.mcid == Decimal("-1.5")
    assert sum(getattr(shape, "dashed", False) for shape in figure.shapes) == 1
    assert "MCID 1.5 (Told 2010), used in 1 of 2 cohorts" in " ".join(words(figure))
    assert "← better" in words(figure)


def test_mcids_that_differ_are_named_and_no_line_is_drawn(lead):
    study(lead, change("20.0", "5"), outcome={"mcid": 8}, label="A")
    study(lead, change("21.0", "5"), outcome={"mcid": 10}, label="B")

    figure = drawn(lead)

    assert not any(getattr(shape, "dashed", False) for shape in figure.shapes)
    assert "No line for the MCID, which differs: 8 in A; 10 in B." in " ".join(words(figure))


def test_people_are_told_as_patients_and_units_apart_by_treatment(lead):
    study(lead, change("24.8", "8", n=16, unit="units"), label="A")
    study(lead, change("35.2", "8", n=11, unit="units"), label="B")
    study(lead, change("30.0", "8", n=7), label="C")
    study(lead, change("4.9", "9", n=9), label="D", category="injection")
    study(lead, change("1.0", "9", n=None), label="E", category="injection")

    notes = " ".join(FOREST.table(take_snapshot(lead.review)).notes)

    assert (
        "Arthroscopic: the mean change lay between 24.8 and 35.2 in 3 cohorts "
        "(27 hips and 7 patients)."
    ) in notes
    assert (
        "Injection: the mean change lay between 1.0 and 4.9 in 2 cohorts "
        "(9 patients; n or its unit not given in 1 cohort)."
    ) in notes
    assert "34" not in notes


def test_limbs_of_the_same_people_are_not_added_up(lead):
    limb = {"kind": "paired_limb"}
    study(
        lead,
        change("20.0", "8", n=8),
        change("22.0", "8", n=8, cohort=1),
        cohorts=[hip_series(limb), hip_series(limb)],
    )
    [part] = parts(lead)

    assert people_words(part.snapshot, part.drawn) == "without limbs of the same people"


def test_the_reason_why_nothing_is_pooled_is_made_of_designs_and_levels(lead):
    study(lead, change("20.0", "8"), label="A")
    study(lead, change("21.0", "8"), label="B")
    assert not_pooled(parts(lead)[0].drawn) == (
        "Not pooled: all 2 cohorts are series without a control group; "
        "level of evidence IV in all 2 studies."
    )

    arm = {"kind": "arm"}
    study(
        lead,
        change("10.0", "8"),
        change("30.0", "8", cohort=1),
        label="C",
        study={"level_of_evidence": "I"},
        cohorts=[hip_series(arm), hip_series(arm)],
    )
    study(lead, change("9.0", "8"), label="D", study={})
    assert not_pooled(parts(lead)[0].drawn) == (
        "Not pooled: 3 of 5 cohorts are series without a control group, and of the others only "
        "the change within each group is shown; levels of evidence: I (1 study), IV (2 studies), "
        "not stated (1 study)."
    )


def test_a_cohort_that_a_contrast_compares_is_no_series_without_a_control_group(lead):
    study(
        lead,
        change("10.0", "8"),
        change("30.0", "8", cohort=1),
        cohorts=[hip_series(), hip_series()],
        contrasts=[{"cohort_a": 0, "cohort_b": 1, "measure": "p_only", "p": "NS"}],
    )

    assert "all 2 cohorts are groups of comparisons" in not_pooled(parts(lead)[0].drawn)


def test_studies_without_the_outcome_and_changes_not_drawn_are_named(lead):
    study(lead, change("20.0", "8"), label="A")
    study(lead, change("30", change__centre="median"), label="B")
    study(lead, change("-4.0", "2"), label="C", outcome={"instrument": "VAS pain"})

    description = drawn(lead).description

    assert "Not drawn: B (median)." in description
    assert "No mHHS: C." in description
    assert part_named(take_snapshot(lead.review), "vas-pain").title == "VAS pain"


def test_every_row_of_the_figure_is_told_in_words_and_opens_its_cell(lead):
    study(lead, change("20.0", "8", n=16, time=24), label="A")
    study(lead, change("-3.5", "2", n=None), label="B", category="injection")
    snapshot = take_snapshot(lead.review)

    figure = drawn(lead)
    opening = [shape for shape in figure.shapes if getattr(shape, "opens", None)]

    assert "A, 16 patients, 24 months: 20.0 (15.7 to 24.3)" in figure.description
    assert "B, n not given, time not given: −3.5 without interval, note a" in figure.description
    assert [shape.text for shape in opening] == ["20.0", "(15.7 to 24.3)", "−3.5"]
    for shape in opening:
        row = FOREST.row(snapshot, shape.opens.row)
        assert row is not None
        assert row.cell(shape.opens.column).sources


def test_the_area_of_a_square_follows_n(lead):
    study(lead, change("20.0", "8", n=36), label="A")
    study(lead, change("21.0", "8", n=9), label="B")
    study(lead, change("22.0", "8", n=None), label="C")

    squares = [shape for shape in drawn(lead).shapes if isinstance(shape, Rect)]

    first, second, third = squares
    assert first.width**2 == pytest.approx(4 * second.width**2)
    assert (first.fill, third.fill, third.stroke) == ("ink", "paper", "ink")


def test_a_limit_far_beyond_the_others_ends_in_an_arrow(lead):
    for n in range(4):
        study(lead, change(f"{20 + n}.0", "8", n=20), label=f"Study {n}")
    # t with 1 degree of freedom is 12.7062: 25 ± 12.7062 × 30 / √2 = 25 ± 269.5.
    study(lead, change("25.0", "30", n=2), label="Two only")

    figure = drawn(lead)

    assert "(−244.5 to 294.5)" in words(figure)
    assert sum(getattr(shape, "arrow", False) for shape in figure.shapes) == 2
    for shape in figure.shapes:
        for x, _ in getattr(shape, "points", ()):
            assert 0 <= x <= figure.width


def test_a_review_without_a_mean_change_has_a_figure_that_says_so(lead):
    study(lead, change("30", change__centre="median"))

    assert "No mean change is reported" in drawn(lead).description
    assert FOREST.figure.parts(take_snapshot(lead.review)) == [("", "")]
    with pytest.raises(KeyError):
        drawn(lead, "mhhs")


def test_words_of_sixty_rows_with_long_names_do_not_overlap(lead):
    for number in range(12):
        study(
            lead,
            *[
                change(
                    f"-{number}{cohort}.25",
                    "310.5",
                    n=1000 + number,
                    unit="units",
                    time="24.5",
                    cohort=cohort,
                )
                for cohort in range(5)
            ],
            label=f"Vandenbroucke-Featherstonehaugh and the Multicentre Hip Group {2000 + number}",
            category=("injection", "arthroscopic, of the lesser trochanter, or by another way")[
                number % 2
            ],
            cohorts=[
                hip_series(label=f"Patients operated on through the {way} approach")
                for way in ("anterior", "posterior", "lateral", "medial", "posterolateralissimus")
            ],
            outcome={"unit": "points of the transformed and reversed scale"},
        )

    figure = drawn(lead)

    assert sum(isinstance(shape, Rect) for shape in figure.shapes) == 60
    assert overlaps(figure) == []


def overlaps(figure):
    """Return the pairs of words of a figure whose boxes share some room, or leave the figure."""
    boxes = []
    for shape in figure.shapes:
        if not isinstance(shape, Words):
            continue
        width = text_width(shape.text, shape.size, bold=shape.bold)
        left = shape.x - {"start": 0, "middle": width / 2, "end": width}[shape.anchor]
        boxes.append((left, shape.y - shape.size * 0.75, left + width, shape.y + 2, shape.text))
    outside = [
        box for box in boxes if box[0] < 0 or box[2] > figure.width or box[3] > figure.height
    ]
    boxes.sort(key=lambda box: box[1])
    pairs = []
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            if other[1] >= one[3]:
                break
            if one[0] < other[2] and other[0] < one[2]:
                pairs.append((one[4], other[4]))
    return [*pairs, *outside]
