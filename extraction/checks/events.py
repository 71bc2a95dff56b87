"""Rules for events: what a class as a whole says, and what its kinds say."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from extraction import groups
from extraction.checks.scope import Finding, Scope, exact, warning
from extraction.schema import CheckSpec, ElementAnswers

AXES = ("type", "grade", "major", "time")
REOPERATIONS = ("revision", "conversion", "other_reoperation")


def axis_of(scope: Scope, event: ElementAnswers) -> str:
    """Return along what a kind of event is told apart from others; empty for a whole."""
    return next((means for means in AXES if scope.said(event, means)), "")


def one_whole(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find a second whole of one cohort, treatment and class."""
    wholes = [e for e in scope.events_at[scope.place_of(element)] if not axis_of(scope, e)]
    if axis_of(scope, element) or wholes[0].uid == element.uid:
        return
    yield scope.finding(
        check,
        "two_wholes",
        element,
        check.name("class"),
        f"{_class_of(scope, element)} stands twice as a whole for the same cohort and treatment. "
        "Give the type, grade or time of one, or remove it",
    )


def whole_and_kinds(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find a whole with fewer events than its kinds, or fewer affected than the largest."""
    if axis_of(scope, element):
        return
    kinds = [e for e in scope.events_at[scope.place_of(element)] if axis_of(scope, e)]
    events = scope.number(element, "events")
    for axis in AXES:
        along = [kind for kind in kinds if axis_of(scope, kind) == axis]
        total = _sum(scope.number(kind, "events") for kind in along)
        if events is not None and total > events:
            key = check.name("events")
            yield scope.finding(
                check,
                "fewer_than_kinds",
                element,
                key,
                f"{_class_of(scope, element)}: {scope.named(key, element.answers, inside=True)} "
                f"as a whole, but its kinds make {total}",
            )
            break
    key = check.name("affected")
    most, affected = _largest(scope, element, kinds), exact(element.answers, key)
    if affected is not None and most > affected:
        yield scope.finding(
            check,
            "fewer_than_largest_kind",
            element,
            key,
            f"{_class_of(scope, element)}: {scope.named(key, element.answers, inside=True)} as a "
            f"whole, but one kind affected {most}",
        )


def any_reoperation(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find reoperations of one class above any reoperation, which includes them."""
    if axis_of(scope, element) or scope.said(element, "class") != "any_reoperation":
        return
    cohort = scope.cohort_of(element)
    removal = cohort is not None and scope.said(cohort, "includes_planned_removal") == "yes"
    events, total = scope.number(element, "events"), Decimal(0)
    for name in (*REOPERATIONS, *(["planned_removal"] if removal else [])):
        listed = scope.events_at.get(scope.place_of(element, name), [])
        numbers = {
            "events": _happened(scope, listed),
            "affected": _largest(scope, element, listed),
        }
        total += numbers["events"]
        for means, number in numbers.items():
            most = scope.number(element, means)
            if most is not None and number > most:
                yield scope.finding(
                    check,
                    "above_any_reoperation",
                    element,
                    check.name(means),
                    f"{_named(scope, element, name)} ({number}) above any reoperation ({most}), "
                    "which includes it",
                )
                return
    if events is not None and total > events:
        yield scope.finding(
            check,
            "above_any_reoperation",
            element,
            check.name("events"),
            f"The reoperations of single classes ({total}) are above any reoperation ({events}), "
            "which is the whole of them",
        )


def assessed(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find events that were looked for and are not entered, and those that nobody looked for."""
    if scope.form.group(groups.EVENT) is None:
        return
    key, classes = check.name("assessed"), check.names("classes")
    answer = element.answers.get(key)
    said = answer.text if answer and not answer.missing else ""
    within = _with_parts(scope, element)
    listed = [
        event
        for event in scope.copy.in_group(groups.EVENT)
        if event.parent in within and scope.said(event, "class") in classes
    ]
    if said == "yes" and not listed:
        yield warning(
            "assessed_without_event",
            element,
            key,
            f"{scope.label(key)}: yes, but no event of this kind is entered. "
            "If there was none, add one with 0 events",
        )
    if said == "no" and any(_happened(scope, [event]) for event in listed):
        yield warning(
            "events_not_assessed",
            element,
            key,
            f"{scope.label(key)}: no, but events of this kind are entered",
        )


def _with_parts(scope: Scope, cohort: ElementAnswers) -> set[str]:
    """Return a cohort and all that are part of it."""
    key = scope.cell(groups.COHORT, "part_of")
    found, waiting = set(), [cohort.uid]
    while waiting:
        uid = waiting.pop()
        if uid not in found:
            found.add(uid)
            waiting += [part.uid for part in scope.children.get((key, uid), [])]
    return found


def _happened(scope: Scope, listed: Sequence[ElementAnswers]) -> Decimal:
    """Return how many events there were at least: those of the whole, else of its kinds."""
    wholes = [event for event in listed if not axis_of(scope, event)]
    if wholes:
        return _least_events(scope, wholes[0])
    along = {axis_of(scope, event) for event in listed}
    return max(
        (
            _sum(_least_events(scope, e) for e in listed if axis_of(scope, e) == axis)
            for axis in along
        ),
        default=Decimal(0),
    )


def _least_events(scope: Scope, event: ElementAnswers) -> Decimal:
    """Return the events, or the affected where only they are known: each had one at least."""
    events = scope.number(event, "events")
    return events if events is not None else scope.number(event, "affected") or Decimal(0)


def _largest(scope: Scope, whole: ElementAnswers, listed: Sequence[ElementAnswers]) -> Decimal:
    """Return the most that one of these affected, of those counted in the same unit."""
    unit = scope.said(whole, "of.unit")
    same = [e for e in listed if scope.said(e, "of.unit") == unit]
    numbers = (scope.number(event, "affected") for event in same)
    return max((number for number in numbers if number is not None), default=Decimal(0))


def _sum(numbers: Iterator[Decimal | None]) -> Decimal:
    return sum((number for number in numbers if number is not None), Decimal(0))


def _class_of(scope: Scope, event: ElementAnswers) -> str:
    return _named(scope, event, scope.said(event, "class"))


def _named(scope: Scope, event: ElementAnswers, name: str) -> str:
    spec = scope.form.meaning(event.group, "class")
    return spec.choice_label(name) if spec and name else "An event without a class"
