"""Rules for results: spreads, changes and scales, against other results and other studies."""

import re
from collections.abc import Iterator
from decimal import Decimal
from statistics import median

from extraction import groups
from extraction.checks.scope import Finding, Scope, exact, half_step
from extraction.schema import CheckSpec, ElementAnswers, Summary, in_months
from extraction.vocabularies import Vocabularies, bare, name_key

_FAR = Decimal("2.5")
_TENTH = Decimal(10)
_LONG_SCALE = 50
_P_WORDS = re.compile(r"[\s=]|^p(?:-?value)?", re.IGNORECASE)


def scale_name(name: str, unit: str, highest: Decimal | None, vocabularies: Vocabularies) -> str:
    """Return what the values of an outcome are comparable by: instrument, unit and range.

    Empty where the outcome has no name.
    """
    called = name_key(vocabularies.instruments.called(name))
    shown = f"{highest.normalize():f}" if highest is not None else ""
    return " / ".join((called, bare(unit), shown)) if called else ""


def scale_of(scope: Scope, outcome: ElementAnswers | None) -> str:
    """Return the name of the scale of an outcome, empty where it has none."""
    if outcome is None:
        return ""
    name = scope.said(outcome, "instrument") or scope.said(outcome, "label")
    highest = scope.number(outcome, "range.high")
    return scale_name(name, scope.said(outcome, "unit"), highest, scope.vocabularies)


def sd_like_se(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find an SD far below those of the same scale, which its standard error would explain."""
    stem = check.name("summary")
    summary, n = Summary(stem, element.answers), exact(element.answers, check.name("n"))
    if not summary.sd or not n:
        return
    as_sd, scale = summary.sd * n.sqrt(), scale_of(scope, scope.outcome_of(element))
    own = [
        Summary(stem, other.answers).sd
        for other in scope.copy.in_group(element.group)
        if other.across == element.across
        or (scale and scale_of(scope, scope.outcome_of(other)) == scale)
    ]
    elsewhere = scope.other_sds.get(scale, ())
    usual = [(sd, "reported for the same outcome") for sd in own if sd]
    if elsewhere:
        usual.append((median(elsewhere), "the middle of what other studies report"))
    for sd, where in usual:
        if sd >= _FAR * summary.sd and sd / 2 <= as_sd <= sd * 3 / 2:
            key = summary.key("spread_value")
            yield scope.finding(
                check,
                "sd_like_se",
                element,
                key,
                f"{scope.named(key, element.answers)} is far below {sd}, {where}. "
                "Is it a standard error?",
            )
            return


def change_fits(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find a change that is not the mean after less the mean before, of the same people."""
    stem = check.name("estimate")
    change, after = (Summary(name, element.answers) for name in (check.name("change"), stem))
    key = change.key("value")
    reported = exact(element.answers, key)
    baseline = _baseline(scope, element)
    if reported is None or change.says("centre") == "median" or baseline is None:
        return
    before = Summary(stem, baseline.answers)
    if after.mean is None or before.mean is None or _other_people(scope, element, baseline):
        return
    fits = [exact(one.answers, one.key("value")) is not None for one in (before, after)]
    difference = after.mean - before.mean
    slack = sum((half_step(number) for number in (reported, after.mean, before.mean)), Decimal(0))
    if not all(fits) or abs(reported - difference) <= slack:
        return
    turned = abs(reported + difference) <= slack
    yield scope.finding(
        check,
        "change_sign" if turned else "change_does_not_fit",
        element,
        key,
        f"{scope.named(key, element.answers)} is not {after.says('value')} after less "
        f"{before.says('value')} before, which is {difference}"
        + (". Is the sign right?" if turned else ""),
    )


def _baseline(scope: Scope, result: ElementAnswers) -> ElementAnswers | None:
    """Return the one baseline of the same cohort, outcome and treatment."""
    if scope.said(result, "time.kind") == "baseline":
        return None
    found = [
        other
        for other in scope.copy.in_group(groups.RESULT)
        if (other.parent, other.across) == (result.parent, result.across)
        and scope.said(other, "time.kind") == "baseline"
        and scope.treatment_of(other) == scope.treatment_of(result)
        and scope.said(other, "set") == scope.said(result, "set")
    ]
    return found[0] if len(found) == 1 else None


def _other_people(scope: Scope, one: ElementAnswers, other: ElementAnswers) -> bool:
    numbers = [scope.number(result, "n") for result in (one, other)]
    units = {scope.said(result, "n.unit") for result in (one, other)}
    return (None not in numbers and numbers[0] != numbers[1]) or len(units - {""}) > 1


def scale_of_ten(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find a long scale of which all values lie in the lowest tenth, as of one from 0 to 10."""
    low = exact(element.answers, check.name("low")) or Decimal(0)
    key = check.name("high")
    high = exact(element.answers, key)
    if high is None or high - low < _LONG_SCALE:
        return
    stem = scope.cell(groups.RESULT, "estimate")
    summaries = [
        Summary(stem, result.answers)
        for result in scope.copy.in_group(groups.RESULT)
        if result.across == element.uid
    ]
    parts = ("value", "min", "max")
    values = [number for one in summaries for part in parts if (number := one.number(part))]
    if values and low <= min(values) and max(values) <= low + (high - low) / _TENTH:
        yield scope.finding(
            check,
            "scale_of_ten",
            element,
            key,
            f"{scope.named(key, element.answers)}, but no value of {scope.name_of(element)} is "
            f"above {max(values)}. Is its scale from 0 to 10?",
        )


def p_of_contrast(check: CheckSpec, scope: Scope, element: ElementAnswers) -> Iterator[Finding]:
    """Find the P value between groups entered as the one within a group as well."""
    p = _p(scope, element)
    outcomes = scope.named_by(element, "outcome")
    cohorts = {*scope.named_by(element, "cohort_a"), *scope.named_by(element, "cohort_b")}
    if not p or not outcomes or not cohorts:
        return
    for result in scope.copy.in_group(groups.RESULT):
        same = result.parent in cohorts and result.across in outcomes
        if not same or _p(scope, result) != p or not _same_time(scope, element, result):
            continue
        key = scope.cell(groups.RESULT, "p")
        yield scope.finding(
            check,
            "p_of_contrast",
            result,
            key,
            f"{scope.named(key, result.answers)} is also the P value between the groups at this "
            "time. Is it the one within the group, before against after?",
        )


def _p(scope: Scope, element: ElementAnswers) -> str:
    """Return a P value without what is written around it."""
    plain = _P_WORDS.sub("", scope.said(element, "p").strip()).replace("·", ".").casefold()
    return re.sub(r"(?<![0-9])\.", "0.", plain)


def _same_time(scope: Scope, contrast: ElementAnswers, result: ElementAnswers) -> bool:
    if scope.said(result, "time.kind") == "baseline":
        return False
    times = [scope.number(one, "time") for one in (contrast, result)]
    if times[0] is None or times[1] is None:
        return True
    units = [scope.said(one, "time.unit") for one in (contrast, result)]
    first, second = (
        in_months(time, unit) for time, unit in zip(times, units, strict=True) if time is not None
    )
    return abs(first - second) * 20 <= max(first, second)
