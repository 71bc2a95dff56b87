"""Copies as plain data, and what the checks find in them."""

from datetime import date
from typing import Any

from extraction.checks import CopyAnswers, ElementAnswers, Finding, check_copy
from extraction.schema import CASE_SERIES, FormSpec, question_key, read_answer, shipped_form

FORM = shipped_form(
    CASE_SERIES,
    [{"key": "space", "question": "Space", "type": "summary", "unit": "mm", "minimum": "0"}],
)


def answers(form: FormSpec = FORM, **texts: str) -> dict[str, Any]:
    """Return answers by key of the cell; ``age__value`` is the part ``age.value``."""
    read = {
        key: read_answer(form.by_cell[key], text)
        for key, text in ((name.replace("__", "."), text) for name, text in texts.items())
        if question_key(key) in form.by_key
    }
    assert len(read) == len(texts)
    return {key: answer for key, answer in read.items() if answer is not None}


def make_element(
    group: str, uid: str, *, parent: str = "", across: str = "", form: FormSpec = FORM, **texts: str
) -> ElementAnswers:
    """Return one element with its answers."""
    return ElementAnswers(uid, group, answers(form, **texts), parent, across)


def make_cohort(uid: str = "c1", **texts: str) -> ElementAnswers:
    """Return a cohort called “Series”."""
    return make_element("cohort", uid, **{"label": "Series", **texts})


def make_intervention(uid: str = "i1", **texts: str) -> ElementAnswers:
    """Return an intervention that the first cohort had."""
    return make_element("intervention", uid, **{"cohorts": "c1", **texts})


def make_outcome(uid: str = "o1", **texts: str) -> ElementAnswers:
    """Return an outcome, mHHS unless it is said otherwise."""
    return make_element("outcome", uid, **{"instrument": "mHHS", **texts})


def make_result(uid: str = "r1", *, cohort: str = "c1", outcome: str = "o1", **texts: str):
    """Return a result of the first cohort and outcome, unless it is said otherwise."""
    return make_element("result", uid, parent=cohort, across=outcome, **texts)


def make_mean(uid: str, mean: str, sd: str = "", **texts: str) -> ElementAnswers:
    """Return a result that is a mean, with its SD where it has one."""
    given = {"estimate__centre": "mean", "estimate__value": mean}
    if sd:
        given |= {"estimate__spread": "sd", "estimate__spread_value": sd}
    return make_result(uid, **{"n_unit": "units", **given, **texts})


def make_event(uid: str = "e1", of_class: str = "complication", **texts: str) -> ElementAnswers:
    """Return an event of the first cohort."""
    return make_element("event", uid, parent="c1", **{"event_class": of_class, **texts})


def mean_of(question: str, value: str, sd: str = "") -> dict[str, str]:
    """Return the parts of a mean, with its SD where it has one."""
    parts = {f"{question}__centre": "mean", f"{question}__value": value}
    if sd:
        parts |= {f"{question}__spread": "sd", f"{question}__spread_value": sd}
    return parts


def findings(
    *elements: ElementAnswers,
    study: dict[str, str] | None = None,
    units_per_patient: int = 2,
    today: date | None = None,
    **options: Any,
) -> list[Finding]:
    """Return what does not fit in a copy of these elements."""
    return check_copy(
        FORM,
        CopyAnswers(answers(**(study or {})), elements),
        units_per_patient=units_per_patient,
        unit_label="hips",
        today=today,
        **options,
    )


def codes(*elements: ElementAnswers, **options: Any) -> list[str]:
    """Return the codes of what does not fit."""
    return [finding.code for finding in findings(*elements, **options)]


def the_finding(code: str, *elements: ElementAnswers, **options: Any) -> Finding:
    """Return the one finding with a code."""
    found = [one for one in findings(*elements, **options) if one.code == code]
    assert len(found) == 1, [one.code for one in findings(*elements, **options)]
    return found[0]
