"""The forest drawn, one figure an instrument, and what is said of it."""

from decimal import Decimal

import pytest

from reporting.figures.shapes import Rect, Words
from reporting.figures.widths import text_width
from reporting.forest.parts import part_named
from reporting.forest.words import not_pooled, people_words
from reporting.reports.forest import FOREST
from reporting.snapshot import take_snapshot
from tests.reporting.changes import change, drawn, parts, study, words
from tests.reporting.factories import hip_series

pytestmark = pytest.mark.django_db


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
