"""The interval of a mean change and the SD of a change against published and computed values."""

from math import pi, sqrt, tan

import pytest

from stats.agreement import UndefinedStatistic
from stats.change import interval_from_sd, interval_from_se, sd_of_change, t_quantile

# Quantiles of Student's t to eight decimals, as tables print them to three.
TABLE = {
    0.95: {
        1: 6.31375151,
        2: 2.91998558,
        5: 2.01504837,
        10: 1.81246112,
        30: 1.69726089,
        120: 1.65765090,
        1000: 1.64637882,
        10000: 1.64500602,
    },
    0.975: {
        1: 12.70620474,
        2: 4.30265273,
        3: 3.18244631,
        4: 2.77644511,
        5: 2.57058184,
        10: 2.22813885,
        30: 2.04227246,
        60: 2.00029782,
        120: 1.97993041,
        500: 1.96471984,
        1000: 1.96233908,
        10000: 1.96020124,
    },
    0.995: {
        1: 63.65674116,
        2: 9.92484320,
        5: 4.03214298,
        10: 3.16927267,
        30: 2.74999565,
        120: 2.61742114,
        1000: 2.58075470,
        10000: 2.57632105,
    },
}
QUANTILES = [(p, df, value) for p, row in TABLE.items() for df, value in row.items()]


@pytest.mark.parametrize(("p", "df", "value"), QUANTILES)
def test_quantiles_of_t_are_those_of_the_table(p, df, value):
    assert t_quantile(p, df) == pytest.approx(value, abs=1e-8)


@pytest.mark.parametrize("p", [0.51, 0.6, 0.75, 0.9, 0.975, 0.999])
def test_quantiles_of_one_and_two_degrees_of_freedom_have_closed_forms(p):
    one, two = tan(pi * (p - 0.5)), (2 * p - 1) / sqrt(2 * p * (1 - p))

    assert t_quantile(p, 1) == pytest.approx(one, rel=1e-9)
    assert t_quantile(p, 2) == pytest.approx(two, rel=1e-9)


def test_quantiles_lie_around_zero_and_fall_with_the_degrees_of_freedom():
    falling = [t_quantile(0.975, df) for df in (1, 2, 3, 8, 40, 998, 999, 1000, 1001, 9999, 10**12)]
    endless = t_quantile(0.975, 10**199)

    assert t_quantile(0.5, 7) == pytest.approx(0, abs=1e-12)
    assert t_quantile(0.025, 7) == -t_quantile(0.975, 7)
    assert falling == sorted(falling, reverse=True)
    assert falling[-1] == pytest.approx(1.959963985, abs=1e-9)
    assert endless == pytest.approx(1.959963985, abs=1e-9)


@pytest.mark.parametrize(("p", "df"), [(0, 5), (1, 5), (-0.1, 5), (0.975, 0)])
def test_a_quantile_of_no_distribution_is_refused(p, df):
    with pytest.raises(ValueError, match=r"probability|degree"):
        t_quantile(p, df)


# Reference cases CHANGE-CI-CONSTRUCTED (t, 95 %): mean change, SD, SE, n, limits.
CHANGES = [
    (31.8, 15.8668899038568, 3.23881533911394, 24, 25.1, 38.5),
    (40.2, 12.0390719806635, 1.88018716086793, 41, 36.4, 44.0),
    (24.9, 18.8659958457499, 4.57567609438181, 17, 15.2, 34.6),
    (35.5, 11.1546478918461, 1.35269974925455, 68, 32.8, 38.2),
    # SD-CI-T25: the Cochrane Handbook's own example of an interval of a small group.
    (32.1, 5.08745933313578, 1.01749186662716, 25, 30.0, 34.2),
]


@pytest.mark.parametrize(("mean", "sd", "se", "n", "low", "high"), CHANGES)
def test_the_interval_of_a_mean_change_is_the_same_from_its_sd_and_its_se(
    mean, sd, se, n, low, high
):
    from_sd, from_se = interval_from_sd(mean, sd, n), interval_from_se(mean, se, n)

    assert (from_sd.low, from_sd.high) == pytest.approx((low, high), rel=1e-8)
    assert (from_se.low, from_se.high) == pytest.approx((low, high), rel=1e-8)
    assert (from_sd.se, from_sd.df, from_sd.level) == (pytest.approx(se, rel=1e-8), n - 1, 0.95)


def test_an_interval_by_hand():
    # t with 15 degrees of freedom is 2.13144955; 8 / √16 = 2; 2.13144955 × 2 = 4.26289909.
    found = interval_from_sd(-20, 8, 16)

    assert (found.low, found.high) == pytest.approx((-24.26289909, -15.73710091), abs=1e-8)
    assert found.critical == pytest.approx(2.13144955, abs=1e-8)


def test_the_level_of_the_interval_is_a_choice():
    # SD-CI-90T: t with 17 degrees of freedom at 90 %.
    found = interval_from_sd(5.2, 2.68273552055111, 18, level=0.9)

    assert (found.low, found.high) == pytest.approx((4.1, 6.3), rel=1e-8)
    assert found.critical == pytest.approx(1.73960672607507, rel=1e-9)


def test_changes_that_are_all_equal_have_an_interval_without_width():
    found = interval_from_sd(3.5, 0, 2)

    assert (found.low, found.high) == (3.5, 3.5)


# Reference cases: the SDs before and after, their correlation, the SD of the change.
SPREADS = [
    ("CHSD-HB-E", 6.4, 7.1, 0.8, 4.32041664657473),
    ("CHSD-IKDC", 14.6, 11.2, 0.5, 13.2317799256185),
    ("CHSD-R1", 5, 5, 1, 0),
    ("CHANGE-MORRIS 1", 15, 11.6, 0.47, 14),
    ("CHANGE-MORRIS 2", 3.1, 4.1, 0.64, 3.18609478829491),
    ("CHANGE-MORRIS 3", 0.1, 0.1, 0.77, 0.0678232998312527),
    ("CHANGE-MORRIS 4", 14.5, 4.4, 0.89, 10.7724648989913),
    ("CHANGE-MORRIS 5", 4.7, 4.6, 0.44, 4.9218289283558),
    ("CHANGE-LYSHOLM-R05 A", 14.1, 9.8, 0.5, 12.5167887255478),
    ("CHANGE-LYSHOLM-R05 F", 10.8, 11.1, 0.5, 10.9530817581172),
    ("CHANGE-LYSHOLM-R07 A", 14.1, 9.8, 0.7, 10.0696573923843),
    ("CHANGE-LYSHOLM-R07 F", 10.8, 11.1, 0.7, 8.48634196812738),
]


@pytest.mark.parametrize(
    ("before", "after", "correlation", "expected"),
    [row[1:] for row in SPREADS],
    ids=[row[0] for row in SPREADS],
)
def test_the_sd_of_a_change_follows_from_a_correlation(before, after, correlation, expected):
    found = sd_of_change(before, after, correlation=correlation)

    assert found == pytest.approx(expected, rel=1e-8, abs=1e-9)
    assert sd_of_change(after, before, correlation=correlation) == pytest.approx(found)


def test_the_correlation_implied_by_three_sds_gives_the_third_back():
    # CORR-HB-E: the Handbook's correlation of 0.78 of a change with an SD of 4.5.
    found = sd_of_change(6.4, 7.1, correlation=0.782570422535211)

    assert found == pytest.approx(4.5, rel=1e-8)


def test_a_lower_correlation_makes_a_wider_spread():
    spreads = [sd_of_change(9, 12, correlation=r) for r in (-1, 0, 0.2, 0.5, 0.8, 1)]

    # By hand: 9 + 12 and √(81 + 144) at the low end, 12 - 9 at the high end.
    assert (spreads[0], spreads[1], spreads[-1]) == pytest.approx((21, 15, 3))
    assert spreads == sorted(spreads, reverse=True)


@pytest.mark.parametrize("n", [1, 0, -3])
def test_fewer_than_two_changes_have_no_interval(n):
    for made in (interval_from_sd, interval_from_se):
        with pytest.raises(UndefinedStatistic, match="single observation"):
            made(4.0, 1.0, n)


@pytest.mark.parametrize("spread", [-0.1, float("nan"), float("inf")])
def test_a_spread_that_is_no_spread_is_refused(spread):
    with pytest.raises(UndefinedStatistic, match="SD"):
        interval_from_sd(4.0, spread, 10)
    with pytest.raises(UndefinedStatistic, match="standard error"):
        interval_from_se(4.0, spread, 10)
    with pytest.raises(UndefinedStatistic, match="SD"):
        sd_of_change(spread, 1, correlation=0.5)


def test_numbers_beyond_those_that_can_be_computed_with_have_no_interval():
    with pytest.raises(UndefinedStatistic, match="too large"):
        interval_from_sd(1e308, 1e308, 3)
    with pytest.raises(UndefinedStatistic, match="too large"):
        interval_from_se(float("inf"), 1.0, 3)
    assert sd_of_change(1e300, 1.0, correlation=0.5) == float("inf")


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_is_a_fraction(level):
    with pytest.raises(ValueError, match="level"):
        interval_from_se(4.0, 1.0, 10, level=level)


@pytest.mark.parametrize("correlation", [-1.01, 1.01, 50])
def test_a_correlation_lies_from_minus_one_to_one(correlation):
    with pytest.raises(ValueError, match="correlation"):
        sd_of_change(5, 5, correlation=correlation)
