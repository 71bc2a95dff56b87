"""How far two independent raters agree.

Every function takes pairs: one ``(first rater's category, second rater's
category)`` for each item that both rated. Kappa and its kin suppose the same
two raters throughout; where raters rotate, the report has to say that the two
places of a pair are seats and not persons.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import erfc, fsum, sqrt
from statistics import NormalDist

Pairs = Sequence[tuple[str, str]]


class UndefinedStatistic(ValueError):
    """The statistic has no value for this input."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KappaEstimate:
    """Cohen's kappa with its uncertainty.

    ``se`` and the interval hold at the observed kappa; ``se_null``, ``z`` and
    ``p_value`` belong to the hypothesis that the raters agree by chance alone,
    and ``z`` and ``p_value`` are ``None`` where that error is zero.
    """

    n: int
    observed_agreement: float
    expected_agreement: float
    kappa: float
    se: float
    level: float
    ci_lower: float
    ci_upper: float
    se_null: float
    z: float | None
    p_value: float | None


def observed_agreement(pairs: Pairs) -> float:
    """Return the fraction of items that both raters put in the same category.

    Args:
        pairs: one ``(first rater's category, second rater's category)`` an item.

    Returns:
        A fraction from 0 to 1; times 100 it is the percent agreement.

    Raises:
        UndefinedStatistic: ``pairs`` is empty.

    Source:
        Fleiss JL, Levin B, Paik MC. Statistical methods for rates and proportions. 3rd ed.
        Hoboken: Wiley; 2003. Chapter 18. doi:10.1002/0471445428.
    """
    return sum(first == second for first, second in pairs) / _items(pairs)


def cohen_kappa(pairs: Pairs) -> float:
    """Return Cohen's kappa, the agreement of two raters beyond chance.

    Args:
        pairs: one ``(first rater's category, second rater's category)`` an item.

    Returns:
        A number without unit, from -1 to 1: 1 is complete agreement, 0 is what
        chance alone would give.

    Raises:
        UndefinedStatistic: ``pairs`` is empty, or both raters used one and the same category
            throughout, which makes agreement by chance certain.

    Source:
        Cohen J. A coefficient of agreement for nominal scales. Educ Psychol Meas
        1960;20(1):37-46. doi:10.1177/001316446002000104. Unweighted.
    """
    observed = observed_agreement(pairs)
    expected = _expected_by_margins(pairs)
    if expected == 1:
        raise UndefinedStatistic("both raters used a single category")
    return (observed - expected) / (1 - expected)


def estimate_kappa(pairs: Pairs, *, level: float = 0.95) -> KappaEstimate:
    """Return Cohen's kappa with its large-sample standard errors, interval and test.

    Args:
        pairs: one ``(first rater's category, second rater's category)`` an item.
        level: the confidence level as a fraction, between 0 and 1.

    Returns:
        The estimate; the limits are cut at -1 and 1.

    Raises:
        UndefinedStatistic: as ``cohen_kappa``.
        ValueError: ``level`` is not between 0 and 1.

    Source:
        Fleiss JL, Cohen J, Everitt BS. Large sample standard errors of kappa and weighted
        kappa. Psychol Bull 1969;72(5):323-327. doi:10.1037/h0028106.
    """
    if not 0 < level < 1:
        raise ValueError("the confidence level lies between 0 and 1")
    kappa = cohen_kappa(pairs)
    expected = _expected_by_margins(pairs)
    se, se_null = _kappa_errors(pairs, kappa=kappa, expected=expected)
    margin = NormalDist().inv_cdf((1 + level) / 2) * se
    z = kappa / se_null if se_null else None
    return KappaEstimate(
        n=len(pairs),
        observed_agreement=observed_agreement(pairs),
        expected_agreement=expected,
        kappa=kappa,
        se=se,
        level=level,
        ci_lower=max(-1.0, kappa - margin),
        ci_upper=min(1.0, kappa + margin),
        se_null=se_null,
        z=z,
        p_value=None if z is None else erfc(abs(z) / sqrt(2)),
    )


def pabak(pairs: Pairs, *, categories: Collection[str]) -> float:
    """Return the prevalence-adjusted and bias-adjusted kappa.

    Args:
        pairs: one ``(first rater's category, second rater's category)`` an item.
        categories: all categories the raters could choose, used or not.

    Returns:
        A number without unit, at most 1; with two categories twice the observed
        agreement less 1. Chance is taken to spread evenly over the categories.

    Raises:
        UndefinedStatistic: ``pairs`` is empty, or there are fewer than two categories.
        ValueError: a pair holds a category that is not among ``categories``.

    Source:
        Byrt T, Bishop J, Carlin JB. Bias, prevalence and kappa. J Clin Epidemiol
        1993;46(5):423-429. doi:10.1016/0895-4356(93)90018-V. For more than two categories:
        Brennan RL, Prediger DJ. Educ Psychol Meas 1981;41(3):687-699.
        doi:10.1177/001316448104100307.
    """
    q = _choices(pairs, categories)
    return (q * observed_agreement(pairs) - 1) / (q - 1)


def gwet_ac1(pairs: Pairs, *, categories: Collection[str]) -> float:
    """Return Gwet's AC1, which stays meaningful when nearly all items fall in one category.

    Args:
        pairs: one ``(first rater's category, second rater's category)`` an item.
        categories: all categories the raters could choose, used or not.

    Returns:
        A number without unit, from -1 to 1.

    Raises:
        UndefinedStatistic: ``pairs`` is empty, or there are fewer than two categories.
        ValueError: a pair holds a category that is not among ``categories``.

    Source:
        Gwet KL. Computing inter-rater reliability and its variance in the presence of high
        agreement. Br J Math Stat Psychol 2008;61(1):29-48. doi:10.1348/000711006X126600.
    """
    q = _choices(pairs, categories)
    n = len(pairs)
    used = Counter(category for pair in pairs for category in pair)
    shares = [count / (2 * n) for count in used.values()]
    expected = fsum(share * (1 - share) for share in shares) / (q - 1)
    return (observed_agreement(pairs) - expected) / (1 - expected)


def prevalence_index(pairs: Pairs, *, positive: str) -> float:
    """Return how unevenly the agreed items fall into positive and not positive.

    Args:
        pairs: one ``(first rater's category, second rater's category)`` an item.
        positive: the category that counts as positive; all others count as negative.

    Returns:
        From -1 (no rater ever chose the positive category) to 1 (both always did).

    Raises:
        UndefinedStatistic: ``pairs`` is empty.

    Source:
        Byrt T, Bishop J, Carlin JB. Bias, prevalence and kappa. J Clin Epidemiol
        1993;46(5):423-429. doi:10.1016/0895-4356(93)90018-V.
    """
    both, _, _, neither = _two_by_two(pairs, positive)
    return (both - neither) / len(pairs)


def bias_index(pairs: Pairs, *, positive: str) -> float:
    """Return by how much the first rater chose the positive category more often.

    Args:
        pairs: one ``(first rater's category, second rater's category)`` an item.
        positive: the category that counts as positive; all others count as negative.

    Returns:
        From -1 (only the second rater ever chose it) to 1 (only the first did).

    Raises:
        UndefinedStatistic: ``pairs`` is empty.

    Source:
        Byrt T, Bishop J, Carlin JB. Bias, prevalence and kappa. J Clin Epidemiol
        1993;46(5):423-429. doi:10.1016/0895-4356(93)90018-V. The sign is kept.
    """
    _, first_only, second_only, _ = _two_by_two(pairs, positive)
    return (first_only - second_only) / len(pairs)


def positive_agreement(pairs: Pairs, *, positive: str) -> float:
    """Return how often the second rater agrees, given that one rater chose the positive category.

    Args:
        pairs: one ``(first rater's category, second rater's category)`` an item.
        positive: the category that counts as positive; all others count as negative.

    Returns:
        A fraction from 0 to 1.

    Raises:
        UndefinedStatistic: ``pairs`` is empty, or neither rater ever chose the category.

    Source:
        Cicchetti DV, Feinstein AR. High agreement but low kappa: II. Resolving the paradoxes.
        J Clin Epidemiol 1990;43(6):551-558. doi:10.1016/0895-4356(90)90159-M.
    """
    both, first_only, second_only, _ = _two_by_two(pairs, positive)
    if not both + first_only + second_only:
        raise UndefinedStatistic("neither rater used the positive category")
    return 2 * both / (2 * both + first_only + second_only)


def negative_agreement(pairs: Pairs, *, positive: str) -> float:
    """Return how often the second rater agrees, given that one rater chose another category.

    Args:
        pairs: one ``(first rater's category, second rater's category)`` an item.
        positive: the category that counts as positive; all others count as negative.

    Returns:
        A fraction from 0 to 1.

    Raises:
        UndefinedStatistic: ``pairs`` is empty, or both raters always chose the positive category.

    Source:
        Cicchetti DV, Feinstein AR. High agreement but low kappa: II. Resolving the paradoxes.
        J Clin Epidemiol 1990;43(6):551-558. doi:10.1016/0895-4356(90)90159-M.
    """
    _, first_only, second_only, neither = _two_by_two(pairs, positive)
    if not neither + first_only + second_only:
        raise UndefinedStatistic("both raters used the positive category throughout")
    return 2 * neither / (2 * neither + first_only + second_only)


def _items(pairs: Pairs) -> int:
    if not pairs:
        raise UndefinedStatistic("no item was rated twice")
    return len(pairs)


def _choices(pairs: Pairs, categories: Collection[str]) -> int:
    _items(pairs)
    offered = set(categories)
    if len(offered) < 2:
        raise UndefinedStatistic("with one category there is nothing to agree on")
    if strange := {category for pair in pairs for category in pair} - offered:
        raise ValueError(f"{min(strange)!r} is not among the categories")
    return len(offered)


def _margins(pairs: Pairs) -> tuple[Counter[str], Counter[str]]:
    return Counter(first for first, _ in pairs), Counter(second for _, second in pairs)


def _expected_by_margins(pairs: Pairs) -> float:
    firsts, seconds = _margins(pairs)
    return sum(count * seconds[category] for category, count in firsts.items()) / len(pairs) ** 2


def _kappa_errors(pairs: Pairs, *, kappa: float, expected: float) -> tuple[float, float]:
    """Return the standard error at ``kappa``, and the one at no agreement beyond chance."""
    n = len(pairs)
    firsts, seconds = _margins(pairs)
    cells = Counter(pairs).items()
    agreed = fsum(
        count / n * (1 - (firsts[category] + seconds[category]) / n * (1 - kappa)) ** 2
        for (category, same), count in cells
        if category == same
    )
    spread = fsum(
        count / n * ((seconds[first] + firsts[second]) / n) ** 2
        for (first, second), count in cells
        if first != second
    )
    variance = agreed + (1 - kappa) ** 2 * spread - (kappa - expected * (1 - kappa)) ** 2
    margins = [(firsts[category] / n, seconds[category] / n) for category in firsts]
    null = expected + expected**2 - fsum(p * q * (p + q) for p, q in margins)
    # Rounding can leave a hair below zero where the variance is zero.
    scale = (1 - expected) * sqrt(n)
    return sqrt(max(0.0, variance)) / scale, sqrt(max(0.0, null)) / scale


def _two_by_two(pairs: Pairs, positive: str) -> tuple[int, int, int, int]:
    _items(pairs)
    cells = Counter((first == positive, second == positive) for first, second in pairs)
    return cells[True, True], cells[True, False], cells[False, True], cells[False, False]
