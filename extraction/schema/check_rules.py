"""The rules a form may declare between its fields, and what each rule must name."""

from dataclasses import dataclass

SEVERITIES = ("error", "warning")


@dataclass(frozen=True)
class Parameter:
    """What one parameter of a rule names: questions of some types, or words where it has none.

    ``several`` is a list, ``exactly`` how long it must be; ``group`` is where the questions are
    asked, if not in the group of the check.
    """

    types: tuple[str, ...] = ()
    several: bool = False
    exactly: int = 0
    group: str = ""


_NUMBERS = ("integer", "decimal")
_NUMBER = Parameter(_NUMBERS)
_LIST = Parameter(_NUMBERS, several=True)
_OF_COHORT = Parameter(_NUMBERS, group="cohort")
_OF_OUTCOME = Parameter(_NUMBERS, group="outcome")
_REFERENCE = Parameter(("reference",))
_CHOICE = Parameter(("choice",))
_YES_NO = Parameter(("yesno",))
_SUMMARY = Parameter(("summary",))

RULES: dict[str, dict[str, Parameter]] = {
    "at_most": {"fields": Parameter(_NUMBERS, several=True, exactly=2)},
    "ordered": {"fields": _LIST},
    "dates_ordered": {"fields": Parameter(("date",), several=True)},
    "units_per_patient": {"patients": _NUMBER, "units": _NUMBER},
    "bilateral": {"patients": _NUMBER, "units": _NUMBER, "bilateral": _NUMBER},
    "sums_to": {"parts": _LIST, "whole": _NUMBER},
    "percent_of": {"percent": _NUMBER, "part": _NUMBER, "whole": _NUMBER},
    "affected": {"events": _NUMBER, "affected": _NUMBER},
    "named_time": {"label": Parameter(("text",)), "time": _NUMBER, "unit": _CHOICE},
    "summaries": {"n": _LIST},
    "at_least": {"bound": _NUMBER, "summary": _SUMMARY},
    "interval": {"low": _NUMBER, "high": _NUMBER, "estimates": _LIST},
    "p_value": {"field": Parameter(("text", "decimal"))},
    "denominator": {
        "field": _NUMBER,
        "unit_field": _CHOICE,
        "patients": _OF_COHORT,
        "units": _OF_COHORT,
        "blank": Parameter(),
    },
    "within_scale": {"fields": _LIST, "low": _OF_OUTCOME, "high": _OF_OUTCOME},
    "sd_like_se": {"summary": _SUMMARY, "n": _NUMBER},
    "change_fits": {"change": _SUMMARY, "estimate": _SUMMARY},
    "scale_of_ten": {"low": _NUMBER, "high": _NUMBER},
    "p_of_contrast": {"p": Parameter(("text",))},
    "one_whole": {"class": _CHOICE},
    "whole_and_kinds": {"events": _NUMBER, "affected": _NUMBER},
    "any_reoperation": {"events": _NUMBER, "affected": _NUMBER},
    "assessed": {"assessed": _YES_NO, "classes": Parameter(several=True)},
    "category": {"field": Parameter(("text",))},
    "flow_fits": {
        "treated": _NUMBER,
        "analysed": _NUMBER,
        "lost": _NUMBER,
        "counted": Parameter(),
    },
    "part_at_most_whole": {"fields": _LIST, "part_of": _REFERENCE},
    "arms_sum_to_whole": {
        "fields": _LIST,
        "part_of": _REFERENCE,
        "kind": _CHOICE,
        "arm": Parameter(),
    },
    "counted_once": {
        "part_of": _REFERENCE,
        "counts": _YES_NO,
        "kind": _CHOICE,
        "nested": Parameter(several=True),
    },
}
