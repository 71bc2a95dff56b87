"""Rules between elements: a result and its cohort, a cohort and the one it is part of."""

from collections.abc import Iterator
from decimal import Decimal

from extraction import groups
from extraction.checks.scope import (
    Finding,
    Scope,
    error,
    exact,
    highest,
    lowest,
    referred,
    warning,
)
from extraction.schema import CheckSpec, ElementAnswers, FieldType


def denominator(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find a number out of more patients or units than the cohort has, or out of neither."""
    key, unit_key = check.name("field"), check.name("unit_field")
    cohort = scope.cohort_of(element)
    number = lowest(element.answers, key)
    if number is None or cohort is None:
        return
    unit = element.answers.get(unit_key)
    meant = unit.text if unit and not unit.missing else ""
    if unit is None:
        meant = check.name("blank")
    if meant == "ask":
        yield warning(
            "unit_missing",
            element,
            unit_key,
            f"{scope.named(key, element.answers)}: patients or {scope.unit_label}?",
        )
    limits = [check.name("patients"), check.name("units")]
    if meant in {"patients", "units"}:
        limits = [check.name(meant)]
    most = [highest(cohort.answers, limit) for limit in limits]
    known = [limit for limit in most if limit is not None]
    if len(known) == len(most) and number > max(known):
        named = " and ".join(scope.named(limit, cohort.answers, inside=True) for limit in limits)
        yield scope.finding(
            check,
            "more_than_cohort",
            element,
            key,
            f"{scope.named(key, element.answers)} more than {named} of {scope.name_of(cohort)}",
        )


def within_scale(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find a result outside the range of its instrument."""
    outcome = scope.outcome_of(element)
    if outcome is None:
        return
    low, high = check.name("low"), check.name("high")
    least, most = exact(outcome.answers, low), exact(outcome.answers, high)
    for key in check.names("fields"):
        above, below = lowest(element.answers, key), highest(element.answers, key)
        too_high = above is not None and most is not None and above > most
        too_low = below is not None and least is not None and below < least
        if too_high or too_low:
            limit = high if too_high else low
            yield scope.finding(
                check,
                "outside_scale",
                element,
                key,
                f"{scope.named(key, element.answers)} outside the scale of "
                f"{scope.name_of(outcome)}: {scope.named(limit, outcome.answers, inside=True)}",
            )


def flow_fits(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find people analysed and lost who are not those treated, nor left out by the flow."""
    keys = [check.name(name) for name in ("analysed", "lost", "treated")]
    analysed, lost, treated = (exact(element.answers, key) for key in keys)
    if analysed is None or lost is None or treated is None:
        return
    flow = [one for one in scope.copy.in_group(groups.FLOW) if one.parent == element.uid]
    left = [scope.number(one, check.name("counted")) for one in flow if _leaves(scope, one)]
    gone = sum((number for number in left if number is not None), Decimal(0))
    gap = treated - analysed - lost
    if gap == 0 or 0 < gap <= gone or (gap > 0 and None in left):
        return
    too_many = gap < 0
    yield Finding(
        "error" if too_many else check.severity,
        "does_not_add_up",
        element.uid or None,
        keys[0],
        f"{scope.listed(keys[:2], element.answers)} make {analysed + lost}, "
        f"not {scope.named(keys[2], element.answers, inside=True)}",
        overridable=too_many or check.overridable,
    )


def _leaves(scope: Scope, point: ElementAnswers) -> bool:
    return scope.said(point, "point") in {"withdrawn", "died", "converted", "crossed_over"}


def part_at_most_whole(
    check: CheckSpec, scope: Scope, element: ElementAnswers
) -> Iterator[Finding]:
    """Find a cohort larger than the one it is part of."""
    for uid in referred(element.answers, check.name("part_of")):
        whole = scope.elements.get(uid)
        if whole is None:
            continue
        for key in check.names("fields"):
            least, most = lowest(element.answers, key), highest(whole.answers, key)
            if least is not None and most is not None and least > most:
                yield scope.finding(
                    check,
                    "part_larger_than_whole",
                    element,
                    key,
                    f"{scope.name_of(element)}: {scope.named(key, element.answers)} more than "
                    f"{whole.answers[key].text} in {scope.name_of(whole)}, which it is part of",
                )


def arms_sum_to_whole(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find arms that are all known and do not add up to the cohort they divide."""
    kind = check.name("kind")
    arms = [
        part
        for part in scope.children.get((check.name("part_of"), element.uid), [])
        if (answer := part.answers.get(kind)) and answer.text == check.name("arm")
    ]
    if len(arms) < 2:
        return
    for key in check.names("fields"):
        total = exact(element.answers, key)
        numbers = [exact(arm.answers, key) for arm in arms]
        known = [number for number in numbers if number is not None]
        if total is None or len(known) < len(numbers) or sum(known) == total:
            continue
        parts = " + ".join(arm.answers[key].text for arm in arms)
        yield scope.finding(
            check,
            "arms_do_not_add_up",
            element,
            key,
            f"{scope.label(key)}: the arms have {parts} = {sum(known)}, "
            f"{scope.name_of(element)} has {element.answers[key].text}",
        )


def counted_once(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find people who would be counted twice."""
    part_of, counts = check.name("part_of"), check.name("counts")
    if not _counts(element, counts):
        return
    for whole in _wholes(scope, element, part_of):
        if _counts(whole, counts):
            yield scope.finding(
                check,
                "counted_twice",
                element,
                counts,
                f"{scope.name_of(element)} and {scope.name_of(whole)}, which it is part of, both "
                "count towards totals: that would count a person twice",
            )
    kind = element.answers.get(check.name("kind"))
    if kind and kind.text in check.names("nested") and not referred(element.answers, part_of):
        label = scope.form.field(check.name("kind")).choice_label(kind.text)
        yield warning(
            "part_of_missing",
            element,
            part_of,
            f"{scope.name_of(element)} is a {label.lower()} and counts towards totals: say which "
            "cohort it is part of, so that nobody is counted twice",
        )


def _counts(element: ElementAnswers, key: str) -> bool:
    answer = element.answers.get(key)
    return answer is not None and answer.text == "yes"


def _wholes(scope: Scope, element: ElementAnswers, part_of: str) -> list[ElementAnswers]:
    """Return every cohort an element is part of, nearest first; a circle ends the walk."""
    found: list[ElementAnswers] = []
    seen = {element.uid}
    waiting = list(referred(element.answers, part_of))
    while waiting:
        uid = waiting.pop(0)
        if uid in seen or uid not in scope.elements:
            continue
        seen.add(uid)
        found.append(scope.elements[uid])
        waiting += referred(scope.elements[uid].answers, part_of)
    return found


def references(scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find a reference to nothing, to the wrong kind of thing, or round in a circle."""
    for spec in scope.asked(element):
        if not spec.type.is_reference:
            continue
        for uid in referred(element.answers, spec.key):
            target = scope.elements.get(uid)
            if target is None or target.group != spec.refers_to:
                yield error(
                    "unknown_reference",
                    element,
                    spec.key,
                    f"{scope.label(spec.key)} of {scope.name_of(element)} names a "
                    f"{spec.refers_to} that is not in this copy",
                )
        if spec.type is FieldType.REFERENCE and _in_circle(scope, element, spec.key):
            yield error(
                "circular_reference",
                element,
                spec.key,
                f"{scope.name_of(element)} would be part of itself",
            )


def _in_circle(scope: Scope, element: ElementAnswers, key: str) -> bool:
    above = [element, *_wholes(scope, element, key)]
    return any(element.uid in referred(other.answers, key) for other in above)


def belonging(scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find an element that lacks what it belongs to in its copy."""
    group = scope.form.group(element.group)
    if group is None or not element.uid:
        return
    places = [(element.parent, group.of), (element.across, (group.across,) * bool(group.across))]
    for uid, wanted in places:
        target = scope.elements.get(uid)
        if wanted and (target is None or target.group not in wanted):
            yield error(
                "without_place",
                element,
                "",
                f"This {group.name.lower()} belongs to no {' or '.join(wanted)} of this copy",
            )
