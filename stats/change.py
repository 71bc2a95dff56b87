"""How far a mean changed: the interval of a mean change, and the SD of a change.

The interval is that of a mean: of Student's t with n - 1 degrees of freedom. It supposes that the
n observations are independent of one another.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import atan, cos, fsum, isfinite, pi, sin, sqrt
from statistics import NormalDist

from stats.agreement import UndefinedStatistic

# From here on the first terms of a series in 1 / df are as exact as a floating point number is.
MANY = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class MeanInterval:
    """The confidence interval of a mean, with what it was made of.

    ``se`` is the standard error, ``critical`` the quantile of Student's t by which it is taken.
    """

    low: float
    high: float
    level: float
    se: float
    df: int
    critical: float


def t_quantile(p: float, df: int) -> float:
    """Return the quantile of Student's t distribution.

    Args:
        p: the probability below the quantile, between 0 and 1; 0.975 for the upper limit of a
            95 % interval.
        df: the degrees of freedom, 1 or more.

    Returns:
        A number without unit; negative for ``p`` below 0.5.

    Raises:
        ValueError: ``p`` is not between 0 and 1, or ``df`` is below 1.

    Source:
        Abramowitz M, Stegun IA, eds. Handbook of mathematical functions. Washington: National
        Bureau of Standards; 1964. Formulas 26.7.3 and 26.7.4, solved for t by halving; from 1,000
        degrees of freedom on 26.7.5.
    """
    if not 0 < p < 1:
        raise ValueError("the probability lies between 0 and 1")
    if df < 1:
        raise ValueError("there is at least one degree of freedom")
    if p < 0.5:
        return -t_quantile(1 - p, df)
    return _by_series(p, df) if df >= MANY else _by_halving(2 * p - 1, df)


def interval_from_sd(mean: float, sd: float, n: int, *, level: float = 0.95) -> MeanInterval:
    """Return the confidence interval of a mean change from the SD of the changes.

    Args:
        mean: the mean change, in the unit of the score.
        sd: the standard deviation of the changes, in the same unit.
        n: how many changes the mean is of.
        level: the confidence level as a fraction, between 0 and 1.

    Returns:
        The interval mean ± t · SD / √n, with n - 1 degrees of freedom.

    Raises:
        UndefinedStatistic: ``n`` is below 2, ``sd`` is negative, or a number is too large.
        ValueError: ``level`` is not between 0 and 1.

    Source:
        Altman DG, Machin D, Bryant TN, Gardner MJ, eds. Statistics with confidence. 2nd ed.
        London: BMJ Books; 2000. Chapter 4 (a single sample; paired cases).
    """
    _several(n)
    return interval_from_se(mean, _not_negative(sd, "SD") / sqrt(n), n, level=level)


def interval_from_se(mean: float, se: float, n: int, *, level: float = 0.95) -> MeanInterval:
    """Return the confidence interval of a mean change from its standard error.

    Args:
        mean: the mean change, in the unit of the score.
        se: the standard error of the mean change, in the same unit.
        n: how many changes the mean is of.
        level: the confidence level as a fraction, between 0 and 1.

    Returns:
        The interval mean ± t · SE, with n - 1 degrees of freedom.

    Raises:
        UndefinedStatistic: ``n`` is below 2, ``se`` is negative, or a number is too large.
        ValueError: ``level`` is not between 0 and 1.

    Source:
        See ``interval_from_sd``.
    """
    if not 0 < level < 1:
        raise ValueError("the confidence level lies between 0 and 1")
    df = _several(n) - 1
    critical = t_quantile((1 + level) / 2, df)
    margin = critical * _not_negative(se, "standard error")
    if not isfinite(mean - margin) or not isfinite(mean + margin):
        raise UndefinedStatistic("the numbers are too large to be computed with")
    return MeanInterval(
        low=mean - margin, high=mean + margin, level=level, se=se, df=df, critical=critical
    )


def sd_of_change(sd_before: float, sd_after: float, *, correlation: float) -> float:
    """Return the SD of the changes from the SDs before and after and their correlation.

    Args:
        sd_before: the standard deviation before, in the unit of the score.
        sd_after: the standard deviation after, of the same people, in the same unit.
        correlation: the correlation of the two measurements, from -1 to 1. Reports seldom give it;
            a value that is assumed has to be stated, and others shown beside it.

    Returns:
        √(SD₁² + SD₂² - 2 r SD₁ SD₂), in the unit of the score.

    Raises:
        UndefinedStatistic: an SD is negative.
        ValueError: ``correlation`` is not from -1 to 1.

    Source:
        Higgins JPT, Li T, Deeks JJ, eds. Cochrane Handbook for Systematic Reviews of
        Interventions, chapter 6, section 6.5.2.8.
    """
    if not -1 <= correlation <= 1:
        raise ValueError("a correlation lies from -1 to 1")
    before, after = _not_negative(sd_before, "SD"), _not_negative(sd_after, "SD")
    # The same as the formula above, and never below zero by rounding.
    apart = before - after
    return sqrt(apart * apart + 2 * (1 - correlation) * before * after)


def _several(n: int) -> int:
    if n < 2:
        raise UndefinedStatistic("a single observation has no spread")
    return n


def _not_negative(spread: float, name: str) -> float:
    if not isfinite(spread) or spread < 0:
        raise UndefinedStatistic(f"a {name} is a number that is not negative")
    return spread


@lru_cache(maxsize=1024)
def _by_halving(between: float, df: int) -> float:
    """Return the t between whose negative and itself this fraction of the distribution lies."""
    low, high = 0.0, 1.0
    while _between(high, df) < between:
        low, high = high, 2 * high
    while low < (middle := (low + high) / 2) < high:
        if _between(middle, df) < between:
            low = middle
        else:
            high = middle
    return high


def _between(t: float, df: int) -> float:
    """Return the fraction of the distribution between -t and t."""
    angle = atan(t / sqrt(df))
    square = cos(angle) ** 2
    odd = df % 2
    terms = [cos(angle) if odd else 1.0] if df > 1 else []
    for k in range(2 + odd, df - 1, 2):
        terms.append(terms[-1] * square * (k - 1) / k)
    summed = sin(angle) * fsum(terms)
    return 2 / pi * (angle + summed) if odd else summed


def _by_series(p: float, df: int) -> float:
    x, v = NormalDist().inv_cdf(p), 1 / df
    return (
        x
        + (x**3 + x) / 4 * v
        + (5 * x**5 + 16 * x**3 + 3 * x) / 96 * v**2
        + (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384 * v**3
        + (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92160 * v**4
    )
