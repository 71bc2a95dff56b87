"""The smallest and largest standard deviation that a number, a mean and a range allow."""

from collections.abc import Sequence
from decimal import Decimal
from math import ceil, floor

from extraction.checks.scope import half_step

Limits = tuple[Decimal, Decimal]


class Impossible(ValueError):
    """No set of values has this number, mean and range."""


def sd_bounds(
    *, counts: Sequence[int], low: Decimal, high: Decimal, mean: Decimal | None = None
) -> tuple[Decimal, Decimal]:
    """Return the least and the greatest possible sample SD (denominator n - 1).

    Args:
        counts: every number of values that may be meant, each 2 or more; the widest bounds hold.
        low: the lowest value as printed; it occurs.
        high: the highest value as printed; it occurs.
        mean: the mean as printed, if it is.

    Returns:
        Bounds in the unit of the values, wide enough for the rounding of all that is printed.

    Raises:
        Impossible: no values have this mean.

    Source:
        Popoviciu T. Sur les équations algébriques ayant toutes leurs racines réelles. Mathematica
        1935;9:129-145, sharpened for a known mean and a finite number of values.
    """
    slack = half_step(low), half_step(high)
    wide = low - slack[0], high + slack[1]
    narrow = low + slack[0], high - slack[1]
    means = wide if mean is None else (mean - half_step(mean), mean + half_step(mean))
    if not any(_possible(count, wide, narrow, means) for count in counts):
        raise Impossible
    largest = max(_largest(count, *wide, *means) / (count - 1) for count in counts)
    smallest = min(_smallest(count, *narrow, *means) / (count - 1) for count in counts)
    return smallest.sqrt(), largest.sqrt()


def _possible(n: int, wide: Limits, narrow: Limits, means: Limits) -> bool:
    """Say whether one value at each end leaves a mean within these limits, however rounded."""
    least = (wide[0] * (n - 1) + narrow[1]) / n
    most = (wide[1] * (n - 1) + narrow[0]) / n
    return means[0] <= most and least <= means[1]


def _largest(n: int, low: Decimal, high: Decimal, least: Decimal, most: Decimal) -> Decimal:
    """Return the largest sum of squares of values within a range: all at the ends but one."""
    width = high - low
    if width <= 0:
        return Decimal(0)
    least, most = max(least, low), min(most, high)
    middle = min(max((low + high) / 2, least), most)
    at_top = (middle - low) * n / width
    whole = (low + width * count / n for count in (floor(at_top), ceil(at_top)))
    means = [least, most, middle, *(mean for mean in whole if least <= mean <= most)]
    return max(_squares(n, low, high, mean) for mean in means)


def _squares(n: int, low: Decimal, high: Decimal, mean: Decimal) -> Decimal:
    at_top = (mean - low) * n / (high - low)
    top = min(floor(at_top), n - 1)
    between = low + (at_top - top) * (high - low)
    return top * (high - mean) ** 2 + (n - top - 1) * (low - mean) ** 2 + (between - mean) ** 2


def _smallest(n: int, low: Decimal, high: Decimal, least: Decimal, most: Decimal) -> Decimal:
    """Return the smallest sum of squares: one value at each end, the others all the same."""
    if low >= high:
        return Decimal(0)
    if n == 2:
        return (high - low) ** 2 / 2
    share = (high - low) / n
    mean = min(max((low + high) / 2, least), most)
    mean = min(max(mean, low + share), high - share)
    ends = (low - mean) ** 2 + (high - mean) ** 2
    return ends + (2 * mean - low - high) ** 2 / (n - 2)
