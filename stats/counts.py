"""The number of people or units behind a percentage that a report prints."""

from decimal import Decimal
from fractions import Fraction
from math import ceil


def counts_of_percent(percent: Decimal, of: int) -> range:
    """Return every count whose percentage is printed so.

    A count ``n`` is printed as 100 × n / N, rounded half away from zero to as many decimals as the
    percentage has.

    Args:
        percent: the percentage as printed, without the sign; its decimals count, so that 80 and
            80.0 are not the same.
        of: the denominator N, a number of people or units.

    Returns:
        The counts from 0 to N in order; empty where no count is printed so, or N is 0 or less.

    Source:
        Brown NJL, Heathers JAJ. The GRIM test. Soc Psychol Personal Sci 2017;8(4):363-369.
        doi:10.1177/1948550616673876. There for means of whole numbers, of which a share is one.
    """
    exponent = percent.as_tuple().exponent
    if of <= 0 or not isinstance(exponent, int) or not 0 <= percent <= 100:
        return range(0)
    printed, half = Fraction(percent), Fraction(10) ** min(exponent, 0) / 2
    least = ceil((printed - half) * of / 100)
    beyond = ceil((printed + half) * of / 100)
    return range(max(least, 0), min(beyond, of + 1))


def count_from_percent(percent: Decimal, of: int) -> int | None:
    """Return the count that a printed percentage stands for, where there is exactly one.

    Args:
        percent: the percentage as printed; see ``counts_of_percent``.
        of: the denominator N.

    Returns:
        A count from 0 to N; ``None`` where several counts are printed so, or none is.

    Source:
        See ``counts_of_percent``.
    """
    counts = counts_of_percent(percent, of)
    return counts[0] if len(counts) == 1 else None
