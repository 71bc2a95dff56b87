"""Counts behind printed percentages."""

from decimal import ROUND_HALF_UP, Context, Decimal

_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
LARGEST_WHOLE = 1_000_000


def count_from_percent(printed: str, whole: Decimal) -> int | None:
    """Return the one count that prints as a percentage of a whole.

    Args:
        printed: the percentage in digits, with the decimals it was printed with.
        whole: out of how many, a whole number.

    Returns ``None`` where no count rounds to it, halves away from zero, or more than one does.
    """
    percent = Decimal(printed)
    if whole <= 0 or whole > LARGEST_WHOLE or whole != whole.to_integral_value():
        return None
    near = int(_EXACT.divide(_EXACT.multiply(percent, whole), Decimal(100)))
    step = int(whole / 100) + 2
    candidates = range(max(0, near - step), min(int(whole), near + step) + 1)
    found = [count for count in candidates if _rounds_to(count, whole, percent)]
    return found[0] if len(found) == 1 else None


def _rounds_to(count: int, whole: Decimal, percent: Decimal) -> bool:
    exact = _EXACT.divide(Decimal(count) * 100, whole)
    return _EXACT.quantize(exact, percent) == percent
