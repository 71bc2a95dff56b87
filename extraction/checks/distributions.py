"""Rules for a mean, a standard deviation, quartiles, a range and an interval of one measure."""

from collections.abc import Iterator
from decimal import Decimal

from extraction.checks.scope import (
    Finding,
    Scope,
    exact,
    half_step,
    highest,
    lowest,
    warning,
)
from extraction.checks.sd_bounds import Impossible, sd_bounds
from extraction.schema import CheckSpec, ElementAnswers
from extraction.schema.check_rules import ANY_STEM, SPREAD_PARTS

_ORDER = (
    ("min", "max"),
    ("min", "mean"),
    ("mean", "max"),
    ("min", "q1"),
    ("min", "median"),
    ("q1", "median"),
    ("q1", "q3"),
    ("median", "q3"),
    ("median", "max"),
    ("q3", "max"),
)
_Z = Decimal("1.959964")
_TOLERANCE = Decimal("0.15")


def spread(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find what cannot be of one set of numbers: order, and the size of the SD."""
    for keys in _measures(check, scope):
        yield from _order(check, scope, element, keys)
        yield from _sd(check, scope, element, keys)


def _measures(check: CheckSpec, scope: Scope) -> list[dict[str, str]]:
    """Return, for each measure of the level, the field key of each of its parts."""
    stem = check.name("stem")
    found: dict[str, dict[str, str]] = {}
    for spec in scope.form.at_level(check.level):
        head, _, part = spec.key.rpartition("_")
        if part in SPREAD_PARTS and spec.type.is_number and stem in {ANY_STEM, head}:
            found.setdefault(head, {})[part] = spec.key
    return [keys for keys in found.values() if len(keys) > 1]


def _order(
    check: CheckSpec, scope: Scope, element: ElementAnswers, keys: dict[str, str]
) -> Iterator[Finding]:
    for lower_part, upper_part in _ORDER:
        lower, upper = keys.get(lower_part), keys.get(upper_part)
        if lower is None or upper is None:
            continue
        least, most = lowest(element.answers, lower), highest(element.answers, upper)
        if least is None or most is None or least <= most:
            continue
        yield scope.finding(
            check,
            "wrong_order",
            element,
            lower,
            f"{scope.named(lower, element.answers)} above "
            f"{scope.named(upper, element.answers, inside=True)}",
        )
        if (lower_part, upper_part) == ("min", "max"):
            return


def _sd(
    check: CheckSpec, scope: Scope, element: ElementAnswers, keys: dict[str, str]
) -> Iterator[Finding]:
    """Find an SD of 0, or one that these numbers cannot have."""
    answers = element.answers
    sd = exact(answers, keys["sd"]) if "sd" in keys else None
    if sd == 0:
        yield warning(
            "sd_zero",
            element,
            keys["sd"],
            f"{scope.named(keys['sd'], answers)}: all values would be the same",
        )
    low, high, mean = (
        exact(answers, keys[part]) if part in keys else None for part in ("min", "max", "mean")
    )
    sizes = [exact(answers, key) for key in check.names("n")]
    counts = [int(size) for size in sizes if size is not None and size >= 2]
    if low is None or high is None or low > high or not counts:
        return
    if mean is not None and not low <= mean <= high:
        return
    known = ", ".join(
        scope.named(keys[part], answers, inside=True)
        for part in ("mean", "min", "max")
        if part in keys and keys[part] in answers
    )
    try:
        least, most = sd_bounds(counts=counts, low=low, high=high, mean=mean)
    except Impossible:
        yield warning(
            "mean_outside_bounds",
            element,
            keys["mean"],
            f"{known}: no {max(counts)} values from lowest to highest have this mean",
        )
        return
    if sd and not least - half_step(sd) <= sd <= most + half_step(sd):
        yield warning(
            "sd_outside_bounds",
            element,
            keys["sd"],
            f"{scope.named(keys['sd'], answers)} cannot go with {known} in "
            f"{_numbers(counts)}: it would lie between {_rounded(least)} and {_rounded(most)}. "
            "Is it a standard error?",
        )


def _numbers(counts: list[int]) -> str:
    return " or ".join(str(count) for count in sorted(set(counts)))


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))


def interval(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find limits in the wrong order, or an estimate outside them."""
    low, high = check.name("low"), check.name("high")
    answers = element.answers
    least, most = exact(answers, low), exact(answers, high)
    if least is None or most is None:
        return
    if least > most:
        yield scope.finding(
            check,
            "wrong_order",
            element,
            low,
            f"{scope.named(low, answers)} above {scope.named(high, answers, inside=True)}",
        )
        return
    estimates = {key: exact(answers, key) for key in check.names("estimates")}
    known = {key: value for key, value in estimates.items() if value is not None}
    if known and not any(least <= value <= most for value in known.values()):
        key = next(iter(known))
        yield scope.finding(
            check,
            "estimate_outside_interval",
            element,
            key,
            f"{scope.named(key, answers)} outside the interval from "
            f"{answers[low].text} to {answers[high].text}",
        )


def interval_fits_sd(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find a 95 % interval whose width the SD and the number do not give."""
    answers = element.answers
    keys = {name: check.name(name) for name in ("low", "high", "mean", "sd", "n")}
    low, high, mean, sd, n = (exact(answers, key) for key in keys.values())
    if low is None or high is None or mean is None or not sd or n is None or n < 3 or low > high:
        return
    error = sd / n.sqrt()
    slack = half_step(low) + half_step(high)
    width = high - low
    smallest = 2 * _Z * error * (1 - _TOLERANCE) - slack
    largest = 2 * _t(int(n) - 1) * error * (1 + _TOLERANCE) + slack
    if not smallest <= width <= largest:
        yield scope.finding(
            check,
            "interval_does_not_fit",
            element,
            keys["low"],
            f"The interval from {answers[keys['low']].text} to {answers[keys['high']].text} is "
            f"not that of {scope.named(keys['sd'], answers, inside=True)} in "
            f"{answers[keys['n']].text}. Is the SD a standard error, or the interval a range?",
        )


def _t(degrees: int) -> Decimal:
    """Return the 97.5 % point of Student's t, by the series of Fisher and Cornish (1960)."""
    return (
        _Z
        + (_Z**3 + _Z) / (4 * degrees)
        + (5 * _Z**5 + 16 * _Z**3 + 3 * _Z) / (96 * Decimal(degrees) ** 2)
    )
