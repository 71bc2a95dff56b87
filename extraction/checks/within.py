"""Rules between the answers of one element."""

import re
from collections.abc import Iterator
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
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

_P = re.compile(r"(?:p(?:[- ]?value)?)?\s*[=<≤>≥~]?\s*([0-9]*(?:[.·][0-9]*)?)", re.IGNORECASE)
# A minus after nothing or a sign; after a letter it is a dash.
_NEGATIVE = re.compile(r"(?:(?:p(?:[- ]?value)?)?\s*[=<≤>≥~]\s*)?[-−–]\s*[.·]?[0-9]", re.IGNORECASE)
_NOT_PLAIN = ("%", ",", "×", "x", "e", "E", "*")
_AT_LEAST = re.compile(r"[>≥]")
_TIME = re.compile(
    r"(?<![0-9.·])([0-9]+(?:[.·][0-9]+)?)\s*-?\s*(days?|weeks?|wks?|months?|mos?|years?|yrs?)\b",
    re.IGNORECASE,
)
_UNITS = {"d": "days", "w": "weeks", "m": "months", "y": "years"}


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
    """Find parts that are all known and do not add up; more than the whole is an error."""
    parts = check.names("parts")
    whole = scope.whole(element, parts[0], check.name("whole"))
    numbers = [exact(element.answers, part) for part in parts]
    total = exact(element.answers, whole)
    known = [number for number in numbers if number is not None]
    if total is None or len(known) < len(numbers) or sum(known) == total:
        return
    too_many = sum(known) > total
    yield Finding(
        "error" if too_many else check.severity,
        "does_not_add_up",
        element.uid or None,
        parts[0],
        f"{scope.listed(parts, element.answers)} make {sum(known)}, "
        f"not {scope.named(whole, element.answers, inside=True)}",
        overridable=too_many or check.overridable,
    )


def percent_of(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find a printed percentage that its count does not round to, or that no count does."""
    percent, part = check.name("percent"), check.name("part")
    whole = scope.whole(element, part, check.name("whole"))
    printed, count = exact(element.answers, percent), exact(element.answers, part)
    total = exact(element.answers, whole)
    if printed is None or not total:
        return
    if count is None:
        yield from _of_no_count(check, scope, element, percent, whole)
    elif abs(100 * count / total - printed) > half_step(printed):
        yield scope.finding(
            check,
            "percentage_does_not_fit",
            element,
            percent,
            f"{scope.named(percent, element.answers)} is not "
            f"{scope.named(part, element.answers, inside=True)} of "
            f"{scope.named(whole, element.answers, inside=True)}, which is "
            f"{_percent(count, total)} %",
        )


def _of_no_count(
    check: CheckSpec, scope: Scope, element: ElementAnswers, percent: str, whole: str
) -> Iterator[Finding]:
    printed, total = element.answers[percent].value, element.answers[whole].value
    if printed is None or not total:
        return
    below = (printed * total / 100).to_integral_value(ROUND_FLOOR)
    near = [count for count in (below, below + 1) if 0 <= count <= total]
    if any(abs(100 * count / total - printed) <= half_step(printed) for count in near):
        return
    counts = " and ".join(f"{count} is {_percent(count, total)} %" for count in near)
    yield scope.finding(
        check,
        "percentage_of_no_count",
        element,
        percent,
        f"{scope.named(percent, element.answers)}: no number out of "
        f"{scope.named(whole, element.answers, inside=True)} gives it; {counts}",
    )


def _percent(count: Decimal, total: Decimal) -> Decimal:
    return (100 * count / total).quantize(Decimal("0.1"), ROUND_HALF_UP)


def p_value(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find a P value that none can have: 0, less, or more than 1."""
    key = check.name("field")
    answer = element.answers.get(key)
    if answer and not answer.missing and _NEGATIVE.match(answer.text.strip()):
        said = scope.named(key, element.answers)
        yield scope.finding(check, "p_below_zero", element, key, f"{said}: no P value is below 0")
        return
    found = _P.match(answer.text.strip()) if answer and not answer.missing else None
    digits = found.group(1).replace("·", ".") if found else ""
    if not found or not answer or not digits.strip("."):
        return
    number, rest = Decimal(digits), answer.text.strip()[found.end() :].lstrip()
    if rest.startswith(_NOT_PLAIN):
        return
    said = scope.named(key, element.answers)
    if not number and not _AT_LEAST.search(found.group()):
        words = f"{said}: no P value is 0. Enter what is meant, for example <0.001"
        yield scope.finding(check, "p_zero", element, key, words)
    if number > 1:
        yield scope.finding(check, "p_above_one", element, key, f"{said}: no P value is above 1")


def affected(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find events that nobody had."""
    events, key = check.name("events"), check.name("affected")
    happened = lowest(element.answers, events)
    if happened and exact(element.answers, key) == 0:
        yield scope.finding(
            check,
            "nobody_affected",
            element,
            key,
            f"{scope.named(key, element.answers)}, although there are "
            f"{scope.named(events, element.answers, inside=True)}",
        )


def named_time(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find a time in another unit than its own name says, as 6 months for “6 weeks”."""
    label, key, unit_key = check.name("label"), check.name("time"), check.name("unit")
    words, unit = element.answers.get(label), element.answers.get(unit_key)
    time = exact(element.answers, key)
    if words is None or words.missing or time is None or (unit and unit.missing):
        return
    unit_said = unit.text if unit else "months"
    named = {
        _UNITS[found.group(2)[0].lower()]
        for found in _TIME.finditer(words.text)
        if Decimal(found.group(1).replace("·", ".")) == time
    }
    if named and unit_said not in named:
        yield scope.finding(
            check,
            "other_unit_of_time",
            element,
            unit_key,
            f"“{words.text}” is entered as {element.answers[key].text} {unit_said}: "
            f"{' or '.join(sorted(named))}?",
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
