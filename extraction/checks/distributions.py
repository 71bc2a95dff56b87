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
from extraction.schema import CheckSpec, ElementAnswers, FieldType, Summary
from extraction.schema.summaries import INTERVALS, SINGLE_SPREADS, in_months

_PARTS = ("centre", "value", "spread", "spread_value", "spread_low", "spread_high")


def summaries(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find summary statistics that are half given, or that no set of numbers can have."""
    sizes = [exact(element.answers, key) for key in check.names("n")]
    for spec in scope.form.in_group(check.group):
        if spec.type is FieldType.SUMMARY:
            summary = Summary(spec.key, element.answers)
            yield from _half(scope, element, summary)
            yield from _order(check, scope, element, summary)
            yield from _number(check, scope, element, summary, sizes)
            yield from _sd(scope, element, summary, sizes)


def _half(scope: Scope, element: ElementAnswers, summary: Summary) -> Iterator[Finding]:
    """Find a number whose kind is not said, and a kind whose number is not given."""
    given = {part for part in _PARTS if summary.number(part) is not None}
    blank = {part for part in _PARTS if summary.answer(part) is None}
    spread, centre = summary.says("spread"), summary.says("centre")
    single, limits = spread in SINGLE_SPREADS, spread in (*INTERVALS, "iqr")
    alone = single and "spread_value" in given and "value" in blank and centre in {"", "none"}
    slips = [
        ("centre", "value" in given and not centre, "is it a mean or a median?"),
        ("centre", alone, "a spread without a mean or median"),
        ("value", centre in {"mean", "median"} and "value" in blank, f"the {centre} is blank"),
        ("spread", "spread_value" in given and not single, "is it an SD or an SE?"),
        ("spread", bool({"spread_low", "spread_high"} & given) and not limits, "which interval?"),
        ("spread_value", single and "spread_value" in blank, "the spread is blank"),
        ("spread_low", limits and "spread_low" in blank, "the lower limit is blank"),
        ("spread_high", limits and "spread_high" in blank, "the upper limit is blank"),
    ]
    for part, wrong, words in slips:
        if wrong:
            key = summary.key(part)
            said = f"{scope.label(summary.stem)}: {words}"
            yield warning("half_a_summary", element, key, said)


def _order(
    check: CheckSpec, scope: Scope, element: ElementAnswers, summary: Summary
) -> Iterator[Finding]:
    for lower_part, upper_part in _ordered_parts(summary):
        lower, upper = summary.key(lower_part), summary.key(upper_part)
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


def _ordered_parts(summary: Summary) -> Iterator[tuple[str, str]]:
    """Yield the parts of which the first cannot be above the second.

    An interval of a mean says nothing of the lowest and the highest value, nor quartiles of a mean.
    """
    yield from (("min", "max"), ("min", "value"), ("value", "max"), ("spread_low", "spread_high"))
    quartiles = summary.says("spread") == "iqr"
    if quartiles:
        yield from (("min", "spread_low"), ("spread_high", "max"))
    if not (quartiles and summary.says("centre") == "mean"):
        yield from (("spread_low", "value"), ("value", "spread_high"))


def _number(
    check: CheckSpec,
    scope: Scope,
    element: ElementAnswers,
    summary: Summary,
    sizes: list[Decimal | None],
) -> Iterator[Finding]:
    """Find a statistic of more people than there are."""
    key = summary.key("n")
    own, known = lowest(element.answers, key), [size for size in sizes if size is not None]
    if own is not None and known and own > max(known):
        yield scope.finding(
            check,
            "more_than_possible",
            element,
            key,
            f"{scope.named(key, element.answers)} more than {max(known)}, the most there are",
        )


def _sd(
    scope: Scope, element: ElementAnswers, summary: Summary, sizes: list[Decimal | None]
) -> Iterator[Finding]:
    """Find an SD of 0, or one that these numbers cannot have."""
    answers, sd = element.answers, summary.sd
    key = summary.key("spread_value")
    if sd == 0:
        yield warning(
            "sd_zero", element, key, f"{scope.named(key, answers)}: all values would be the same"
        )
    low, high = (exact(answers, summary.key(part)) for part in ("min", "max"))
    own = exact(answers, summary.key("n"))
    counts = [int(size) for size in ([own] if own else sizes) if size is not None and size >= 2]
    if low is None or high is None or low > high or not counts:
        return
    mean = summary.mean
    if mean is not None and not low <= mean <= high:
        return
    parts = [part for part in ("value", "min", "max") if mean is not None or part != "value"]
    known = ", ".join(scope.named(summary.key(part), answers, inside=True) for part in parts)
    try:
        least, most = sd_bounds(counts=counts, low=low, high=high, mean=mean)
    except Impossible:
        yield warning(
            "mean_outside_bounds",
            element,
            summary.key("value"),
            f"{known}: no {max(counts)} values from lowest to highest have this mean",
        )
        return
    if sd and not least - half_step(sd) <= sd <= most + half_step(sd):
        yield warning(
            "sd_outside_bounds",
            element,
            key,
            f"{scope.named(key, answers)} cannot go with {known} in "
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


def at_least(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find a mean below the bound that everybody reached."""
    key, summary = check.name("bound"), Summary(check.name("summary"), element.answers)
    bound, mean = lowest(element.answers, key), summary.mean
    if bound is None or mean is None or in_months(mean, summary.says("unit")) >= bound:
        return
    value = summary.key("value")
    yield scope.finding(
        check,
        "wrong_order",
        element,
        value,
        f"{scope.named(value, element.answers)} below "
        f"{scope.named(key, element.answers, inside=True)}",
    )
