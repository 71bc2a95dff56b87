"""Rules between the answers of one element."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from extraction.checks.scope import (
    Finding,
    Scope,
    exact,
    half_step,
    highest,
    lowest,
    warning,
)
from extraction.schema import CheckSpec, ElementAnswers, FieldType, read_date


_ZERO_P = re.compile(r"(?:[pP]\s*)?[=<≤~]?\s*0?(?:[.·]0+)?0*")


def at_most(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find a part that is larger than what it is a part of."""
    part, whole = check.names("fields")
    least, most = lowest(element.answers, part), highest(element.answers, whole)
    if least is not None and most is not None and least > most:
        yield scope.finding(
            check,
            "more_than_possible",
            element,
            part,
            f"{scope.named(part, element.answers)} more than "
            f"{scope.named(whole, element.answers, inside=True)}",
        )


def ordered(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find neighbours that stand in the wrong order."""
    known = [key for key in check.names("fields") if element.answers.get(key)]
    known = [key for key in known if element.answers[key].number]
    for lower, upper in pairwise(known):
        least, most = lowest(element.answers, lower), highest(element.answers, upper)
        if least is not None and most is not None and least > most:
            yield scope.finding(
                check,
                "wrong_order",
                element,
                lower,
                f"{scope.named(lower, element.answers)} above "
                f"{scope.named(upper, element.answers, inside=True)}",
            )


def dates_ordered(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find a start that lies after its end at any precision."""
    known = [key for key in check.names("fields") if element.answers.get(key)]
    known = [key for key in known if not element.answers[key].missing]
    for start, end in pairwise(known):
        first = read_date(element.answers[start].text)
        last = read_date(element.answers[end].text)
        if first.earliest > last.latest:
            yield scope.finding(
                check,
                "wrong_order",
                element,
                start,
                f"{scope.named(start, element.answers)} after "
                f"{scope.named(end, element.answers, inside=True)}",
            )


def units_per_patient(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find fewer units than patients, or more units than the patients can have."""
    patients, units = check.name("patients"), check.name("units")
    n_patients, n_units = exact(element.answers, patients), exact(element.answers, units)
    if n_patients is None or n_units is None:
        return
    named_units = scope.named(units, element.answers)
    named_patients = scope.named(patients, element.answers, inside=True)
    if n_units < n_patients:
        yield Finding(
            check.severity,
            "units_fewer_than_patients",
            element.uid or None,
            units,
            f"{named_units} fewer than {named_patients}",
            overridable=check.severity == "error",
        )
    if n_units > n_patients * scope.units_per_patient:
        yield Finding(
            check.severity,
            "units_too_many",
            element.uid or None,
            units,
            f"{named_units} more than {scope.units_per_patient} for each of {named_patients}",
        )


def bilateral(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find patients treated on both sides that do not explain the units."""
    keys = [check.name(name) for name in ("patients", "units", "bilateral")]
    patients, units, both = (exact(element.answers, key) for key in keys)
    if patients is None or units is None or both is None:
        return
    if not patients + both <= units <= patients + both * (scope.units_per_patient - 1):
        yield scope.finding(
            check,
            "bilateral_do_not_fit",
            element,
            keys[2],
            f"{scope.named(keys[2], element.answers)} do not explain "
            f"{scope.named(keys[1], element.answers, inside=True)} in "
            f"{scope.named(keys[0], element.answers, inside=True)}",
        )


def sums_to(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find parts that are all known and do not add up to the whole."""
    parts, whole = check.names("parts"), check.name("whole")
    numbers = [exact(element.answers, part) for part in parts]
    total = exact(element.answers, whole)
    known = [number for number in numbers if number is not None]
    if total is None or len(known) < len(numbers) or sum(known) == total:
        return
    named = " and ".join(
        scope.named(part, element.answers, inside=position > 0)
        for position, part in enumerate(parts)
    )
    yield scope.finding(
        check,
        "does_not_add_up",
        element,
        parts[0],
        f"{named} make {sum(known)}, not {scope.named(whole, element.answers, inside=True)}",
    )


def percent_of(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find a printed percentage that its count does not round to."""
    percent, part, whole = (check.name(name) for name in ("percent", "part", "whole"))
    printed, count = exact(element.answers, percent), exact(element.answers, part)
    total = exact(element.answers, whole)
    if printed is None or count is None or not total:
        return
    computed = 100 * count / total
    if abs(computed - printed) > half_step(printed):
        shown = computed.quantize(Decimal("0.1"))
        yield scope.finding(
            check,
            "percentage_does_not_fit",
            element,
            percent,
            f"{scope.named(percent, element.answers)} is not "
            f"{scope.named(part, element.answers, inside=True)} of "
            f"{scope.named(whole, element.answers, inside=True)}, which is {shown} %",
        )


def p_value(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find a P value of nothing at all."""
    key = check.name("field")
    answer = element.answers.get(key)
    if answer and not answer.missing and _ZERO_P.fullmatch(answer.text.strip()):
        yield scope.finding(
            check,
            "p_zero",
            element,
            key,
            f"{scope.named(key, element.answers)}: no P value is 0. Enter what is meant, "
            "for example <0.001",
        )


def future_dates(scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find a date that has not come yet."""
    for spec in scope.asked(element):
        answer = element.answers.get(spec.key)
        if spec.type is not FieldType.DATE or answer is None or answer.missing:
            continue
        if scope.today and read_date(answer.text).earliest > scope.today:
            yield warning(
                "in_the_future",
                element,
                spec.key,
                f"{scope.named(spec.key, element.answers)} has not come yet",
            )


def confirm_zeros(scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Ask for a second look at a zero where zero is unusual."""
    for spec in scope.asked(element):
        if spec.confirm_zero and exact(element.answers, spec.key) == 0:
            yield warning(
                "zero",
                element,
                spec.key,
                f"{scope.label(spec.key)} is 0: is that what the report says? "
                "Zero is not the same as not reported",
            )
