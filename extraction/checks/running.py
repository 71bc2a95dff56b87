"""All checks over one copy."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Context, Decimal, localcontext

from extraction.checks import across, distributions, events, results, within, words
from extraction.checks.scope import Finding, Scope
from extraction.schema import CheckSpec, CopyAnswers, ElementAnswers, FormSpec
from extraction.vocabularies import Vocabularies

# Twice the digits an answer may have, so that sums, squares and products stay exact.
_PRECISION = 100

Rule = Callable[[CheckSpec, Scope, ElementAnswers], Iterator[Finding]]

RULES: dict[str, Rule] = {
    "at_most": within.at_most,
    "ordered": within.ordered,
    "dates_ordered": within.dates_ordered,
    "units_per_patient": within.units_per_patient,
    "bilateral": within.bilateral,
    "sums_to": within.sums_to,
    "percent_of": within.percent_of,
    "p_value": within.p_value,
    "affected": within.affected,
    "named_time": within.named_time,
    "summaries": distributions.summaries,
    "at_least": distributions.at_least,
    "interval": distributions.interval,
    "denominator": across.denominator,
    "within_scale": across.within_scale,
    "flow_fits": across.flow_fits,
    "sd_like_se": results.sd_like_se,
    "change_fits": results.change_fits,
    "scale_of_ten": results.scale_of_ten,
    "p_of_contrast": results.p_of_contrast,
    "one_whole": events.one_whole,
    "whole_and_kinds": events.whole_and_kinds,
    "any_reoperation": events.any_reoperation,
    "assessed": events.assessed,
    "category": words.category,
    "part_at_most_whole": across.part_at_most_whole,
    "arms_sum_to_whole": across.arms_sum_to_whole,
    "counted_once": across.counted_once,
}


def check_copy(
    form: FormSpec,
    copy: CopyAnswers,
    *,
    units_per_patient: int,
    unit_label: str,
    today: date | None = None,
    vocabularies: Vocabularies | None = None,
    other_sds: Mapping[str, Sequence[Decimal]] | None = None,
) -> list[Finding]:
    """Return what does not fit in one copy: study first, then elements in the copy's order.

    Args:
        form: the version the copy was made with.
        copy: all its answers.
        units_per_patient: the most units of analysis one patient can have, for example 2 hips.
        unit_label: what the review calls them, for example ``hips``.
        today: the last day a date can name without a warning; none where it is left out.
        vocabularies: the review's lists of names, those that ship where none are given.
        other_sds: standard deviations that other studies report, by ``results.scale_name``.
    """
    lists, sds = vocabularies or Vocabularies(), other_sds or {}
    scope = Scope(form, copy, units_per_patient, unit_label, today, lists, sds)
    with localcontext(Context(prec=_PRECISION)):
        return [finding for subject in _subjects(scope) for finding in _findings(scope, subject)]


def required_blanks(form: FormSpec, copy: CopyAnswers, *, unit_label: str) -> list[Finding]:
    """Return the required fields left blank, which only a submission has to fill."""
    scope = Scope(form, copy, 1, unit_label)
    return [
        Finding(
            "error",
            "required",
            subject.uid or None,
            spec.key,
            f"{scope.label(spec.key)} is blank"
            + (f" in {scope.name_of(subject)}" if subject.uid else ""),
        )
        for subject in _subjects(scope)
        for group in scope.groups_of(subject)
        for spec in form.in_group(group)
        if spec.required and spec.key not in subject.answers
    ]


def _subjects(scope: Scope) -> list[ElementAnswers]:
    return [scope.study, *scope.copy.elements]


def _findings(scope: Scope, subject: ElementAnswers) -> Iterator[Finding]:
    yield from across.references(scope, subject)
    yield from across.belonging(scope, subject)
    for check in scope.form.checks:
        if check.group in scope.groups_of(subject):
            yield from RULES[check.rule](check, scope, subject)
    yield from within.confirm_zeros(scope, subject)
    yield from within.future_dates(scope, subject)
