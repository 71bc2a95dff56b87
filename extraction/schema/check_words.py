"""What a declared check asks for, as a lead reads it before a form is published."""

from extraction.schema.check_rules import RULES
from extraction.schema.specs import CheckSpec, FormSpec

SENTENCES = {
    "at_most": "{fields}: the first is at most the second",
    "ordered": "{fields}: none is above the next",
    "dates_ordered": "{fields}: none is after the next",
    "units_per_patient": "{units} are not fewer than {patients}, nor more than they can have",
    "bilateral": "{bilateral} explain {units} in {patients}",
    "sums_to": "{parts} add up to {whole}",
    "percent_of": "{percent} is {part} of {whole}",
    "affected": "{affected} are not more than {events}, none without an event and one of one",
    "named_time": "{label} fits {time} and {unit}",
    "summaries": "Every summary statistic is whole, in order and possible for {n}",
    "at_least": "{bound} is a bound, no mean of {summary}",
    "interval": "{estimates} lies between {low} and {high}",
    "p_value": "{field} is not 0",
    "denominator": "{field} says what it counts, at most {patients} or {units} of its cohort",
    "within_scale": "{fields} lie between {low} and {high} of the outcome",
    "sd_like_se": "The SD of {summary} is no standard error",
    "change_fits": "{change} is {estimate} after less before",
    "scale_of_ten": "The results fit a scale from {low} to {high}, not one of another length",
    "p_of_contrast": "{p} between groups is not given within one as well",
    "one_whole": "{class}: at most one whole of each for one cohort and treatment",
    "whole_and_kinds": "{events} and {affected} of a whole are not below those of its kinds",
    "any_reoperation": "{events} and {affected} of any reoperation fit those of its kinds",
    "assessed": "{assessed}: what was looked for has an event, with 0 where there was none",
    "category": "{field} is spelled as the review’s categories are",
    "flow_fits": "{analysed} and {lost} make {treated}",
    "part_at_most_whole": "{fields} are not more than in what {part_of} names",
    "arms_sum_to_whole": "{fields} of the arms add up to those of the whole",
    "counted_once": "Nobody is counted twice: {counts}, {part_of}, {kind}",
}


def check_words(check: CheckSpec, form: FormSpec, unit_label: str = "units") -> str:
    """Return one sentence for a check, with its questions as this review words them."""
    named = {
        name: " and ".join(_question(key, form, unit_label) for key in check.names(name))
        for name, parameter in RULES[check.rule].items()
        if parameter.types
    }
    return f"{SENTENCES[check.rule].format(**named)}."


def _question(key: str, form: FormSpec, unit_label: str) -> str:
    spec = form.by_cell.get(key) or form.field(key)
    return f"“{spec.label(unit_label)}”"
