"""Agreement statistics against published tables, at their edges, and under swapping."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.agreement import (
    UndefinedStatistic,
    bias_index,
    cohen_kappa,
    estimate_kappa,
    gwet_ac1,
    negative_agreement,
    observed_agreement,
    pabak,
    positive_agreement,
    prevalence_index,
)

CASES = json.loads((Path(__file__).parent / "reference_agreement.json").read_text())["cases"]
VERDICTS = ("include", "exclude", "unsure")
PAIRS = st.lists(
    st.tuples(st.sampled_from(VERDICTS), st.sampled_from(VERDICTS)), min_size=1, max_size=40
)


def cases(function):
    return [pytest.param(c, id=c["id"]) for c in CASES if c["function"] == function]


def pairs_of(case):
    categories = case["inputs"].get("categories", ["include", "exclude"])
    return [
        (first, second)
        for first, row in zip(categories, case["inputs"]["table"], strict=True)
        for second, count in zip(categories, row, strict=True)
        for _ in range(count)
    ]


def assert_as_expected(case, computed):
    tolerance = case["tolerance"]
    for name, value in computed.items():
        expected = case["expected"][name]
        allowed = max(tolerance["absolute"], tolerance["relative"] * abs(expected))
        assert abs(value - expected) <= allowed, (name, value, expected)


@pytest.mark.parametrize("case", cases("cohen_kappa"))
def test_kappa_its_errors_and_its_interval_are_those_of_the_reference(case):
    found = estimate_kappa(pairs_of(case), level=case["options"]["level"])

    assert_as_expected(case, {name: getattr(found, name) for name in case["expected"]})


@pytest.mark.parametrize("case", cases("binary_agreement"))
def test_measures_of_two_categories_are_those_of_the_reference(case):
    pairs = pairs_of(case)

    assert_as_expected(
        case,
        {
            "n": len(pairs),
            "observed_agreement": observed_agreement(pairs),
            "kappa": cohen_kappa(pairs),
            "pabak": pabak(pairs, categories=("include", "exclude")),
            "gwet_ac1": gwet_ac1(pairs, categories=("include", "exclude")),
            "prevalence_index": prevalence_index(pairs, positive="include"),
            "bias_index": bias_index(pairs, positive="include"),
            "positive_agreement": positive_agreement(pairs, positive="include"),
            "negative_agreement": negative_agreement(pairs, positive="include"),
        },
    )


@pytest.mark.parametrize(
    "statistic",
    [
        observed_agreement,
        cohen_kappa,
        estimate_kappa,
        lambda pairs: pabak(pairs, categories=VERDICTS),
        lambda pairs: gwet_ac1(pairs, categories=VERDICTS),
        lambda pairs: prevalence_index(pairs, positive="include"),
        lambda pairs: bias_index(pairs, positive="include"),
        lambda pairs: positive_agreement(pairs, positive="include"),
        lambda pairs: negative_agreement(pairs, positive="include"),
    ],
)
def test_without_items_nothing_is_defined(statistic):
    with pytest.raises(UndefinedStatistic, match="no item"):
        statistic([])


@pytest.mark.parametrize("statistic", [cohen_kappa, estimate_kappa])
def test_kappa_is_undefined_when_one_category_is_all_there_is(statistic):
    with pytest.raises(UndefinedStatistic, match="single category"):
        statistic([("exclude", "exclude")] * 9)


def test_ac1_and_pabak_are_defined_when_everything_is_excluded():
    pairs = [("exclude", "exclude")] * 9

    assert gwet_ac1(pairs, categories=VERDICTS) == 1
    assert pabak(pairs, categories=VERDICTS) == 1


def test_agreement_on_a_category_nobody_used_is_undefined():
    with pytest.raises(UndefinedStatistic, match="positive category"):
        positive_agreement([("exclude", "exclude")], positive="include")
    with pytest.raises(UndefinedStatistic, match="positive category"):
        negative_agreement([("include", "include")], positive="include")


@pytest.mark.parametrize("statistic", [pabak, gwet_ac1])
def test_one_category_leaves_nothing_to_agree_on(statistic):
    with pytest.raises(UndefinedStatistic, match="one category"):
        statistic([("include", "include")], categories=("include",))


@pytest.mark.parametrize("statistic", [pabak, gwet_ac1])
def test_a_category_outside_the_list_is_a_mistake(statistic):
    with pytest.raises(ValueError, match="'unsure' is not among"):
        statistic([("include", "unsure")], categories=("include", "exclude"))


def test_an_unused_category_counts_for_chance():
    pairs = [("include", "include"), ("exclude", "exclude"), ("include", "exclude")]

    assert pabak(pairs, categories=VERDICTS) == pytest.approx((3 * 2 / 3 - 1) / 2)
    assert pabak(pairs, categories=VERDICTS[:2]) == pytest.approx(1 / 3)


@pytest.mark.parametrize("level", [0, 1, -0.5, 95])
def test_a_confidence_level_is_a_fraction(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        estimate_kappa([("include", "exclude"), ("exclude", "include")], level=level)


def test_the_interval_stays_between_minus_one_and_one():
    found = estimate_kappa([("include", "include"), ("exclude", "exclude"), ("include", "exclude")])

    assert -1 <= found.ci_lower <= found.kappa <= found.ci_upper == 1


@settings(max_examples=60, deadline=None)
@given(PAIRS)
def test_swapping_the_raters_changes_only_the_sign_of_the_bias(pairs):
    swapped = [(second, first) for first, second in pairs]

    assert observed_agreement(swapped) == observed_agreement(pairs)
    assert gwet_ac1(swapped, categories=VERDICTS) == gwet_ac1(pairs, categories=VERDICTS)
    assert bias_index(swapped, positive="include") == -bias_index(pairs, positive="include")
    try:
        found = estimate_kappa(pairs)
    except UndefinedStatistic:
        return
    assert estimate_kappa(swapped).kappa == pytest.approx(found.kappa)
    assert estimate_kappa(swapped).se == pytest.approx(found.se, abs=1e-7)
    assert -1 <= found.kappa <= 1


@settings(max_examples=30, deadline=None)
@given(PAIRS)
def test_twice_the_same_items_leave_the_coefficients_alone(pairs):
    assert observed_agreement(pairs * 2) == pytest.approx(observed_agreement(pairs))
    assert gwet_ac1(pairs * 2, categories=VERDICTS) == pytest.approx(
        gwet_ac1(pairs, categories=VERDICTS)
    )
