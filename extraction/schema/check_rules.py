"""The rules a form may declare between its fields, and what each rule must name."""

FIELD = "field"
FIELDS = "fields"
COHORT_FIELD = "cohort field"
OUTCOME_FIELD = "outcome field"
WORD = "word"
WORDS = "words"

SEVERITIES = ("error", "warning")

RULES: dict[str, dict[str, str]] = {
    "at_most": {"fields": FIELDS},
    "ordered": {"fields": FIELDS},
    "dates_ordered": {"fields": FIELDS},
    "units_per_patient": {"patients": FIELD, "units": FIELD},
    "bilateral": {"patients": FIELD, "units": FIELD, "bilateral": FIELD},
    "sums_to": {"parts": FIELDS, "whole": FIELD},
    "percent_of": {"percent": FIELD, "part": FIELD, "whole": FIELD},
    "summaries": {"n": FIELDS},
    "interval": {"low": FIELD, "high": FIELD, "estimates": FIELDS},
    "p_value": {"field": FIELD},
    "denominator": {
        "field": FIELD,
        "unit_field": FIELD,
        "patients": COHORT_FIELD,
        "units": COHORT_FIELD,
    },
    "within_scale": {"fields": FIELDS, "low": OUTCOME_FIELD, "high": OUTCOME_FIELD},
    "sd_like_se": {"summary": FIELD, "n": FIELD},
    "part_at_most_whole": {"fields": FIELDS, "part_of": FIELD},
    "arms_sum_to_whole": {"fields": FIELDS, "part_of": FIELD, "kind": FIELD, "arm": WORD},
    "counted_once": {
        "part_of": FIELD,
        "counts": FIELD,
        "kind": FIELD,
        "nested": WORDS,
    },
}

GROUP_OF = {COHORT_FIELD: "cohort", OUTCOME_FIELD: "outcome"}
