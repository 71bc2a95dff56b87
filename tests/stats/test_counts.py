from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.counts import count_from_percent, counts_of_percent

DENOMINATORS = st.integers(1, 400)


def printed(n: int, of: int, decimals: int) -> Decimal:
    """Round 100 × n / N half away from zero, by whole numbers alone."""
    scaled = Fraction(100 * n, of) * 10**decimals
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    up = 2 * rest >= scaled.denominator
    return Decimal(whole + up).scaleb(-decimals)


@pytest.mark.parametrize(
    ("percent", "of", "n"),
    [
        ("91.7", 36, 33),
        ("80", 25, 20),
        ("0", 25, 0),
        ("100", 25, 25),
        ("4.9", 81, 4),
        ("33.3", 3, 1),
        ("12.5", 8, 1),
        ("13", 8, 1),
        ("0.5", 200, 1),
    ],
)
def test_a_percentage_that_one_count_alone_is_printed_as_gives_that_count(percent, of, n):
    assert count_from_percent(Decimal(percent), of) == n


@pytest.mark.parametrize(
    ("percent", "of"),
    [("50", 400), ("80", 1000), ("81", 7), ("91.7", 90), ("12", 8), ("0.4", 200)],
)
def test_a_percentage_that_several_counts_or_none_are_printed_as_gives_none(percent, of):
    assert count_from_percent(Decimal(percent), of) is None


@pytest.mark.parametrize("percent", ["-1", "-0.4", "100.1", "1E+2", "NaN", "Infinity"])
def test_what_is_no_percentage_of_a_whole_has_no_count(percent):
    found = list(counts_of_percent(Decimal(percent), 30))
    assert found == ([30] if percent == "1E+2" else [])


@pytest.mark.parametrize("of", [0, -1])
def test_nothing_is_a_share_of_nobody(of):
    assert count_from_percent(Decimal(50), of) is None


def test_decimals_that_are_printed_count():
    assert list(counts_of_percent(Decimal("80"), 241)) == [192, 193, 194]
    assert count_from_percent(Decimal("80.1"), 241) == 193
    assert count_from_percent(Decimal("80.0"), 241) is None


@given(DENOMINATORS, st.integers(0, 3), st.data())
def test_the_counts_are_those_that_round_to_the_percentage(of, decimals, data):
    percent = data.draw(st.decimals(0, 100, places=decimals))

    tried = [n for n in range(of + 1) if printed(n, of, decimals) == percent]

    assert list(counts_of_percent(percent, of)) == tried
    assert count_from_percent(percent, of) == (tried[0] if len(tried) == 1 else None)


@given(DENOMINATORS, st.integers(0, 4), st.data())
def test_every_count_is_among_those_of_its_own_percentage(of, decimals, data):
    n = data.draw(st.integers(0, of))
    percent = printed(n, of, decimals)

    assert n in counts_of_percent(percent, of)
    assert count_from_percent(percent, of) in {n, None}


@given(DENOMINATORS, st.data())
def test_two_ways_to_round_half_away_from_zero_agree(of, data):
    n = data.draw(st.integers(0, of))
    share = Decimal(100 * n) / Decimal(of)

    assert printed(n, of, 1) == share.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
