"""Vocabulary of reporting."""

from django.db import models


class ClaimKind(models.TextChoices):
    """Whether a claim is a figure that can be recomputed or a sentence for a person."""

    NUMERIC = "numeric", "Numeric"
    NARRATIVE = "narrative", "Narrative"


class ClaimCohort(models.TextChoices):
    """The kind of cohort a claim is about, as extraction tells cohorts apart."""

    WHOLE_SERIES = "whole_series", "whole series"
    ARM = "arm", "arms"
    ELIGIBLE_SUBSET = "eligible_subset", "eligible subsets"
    SUBGROUP = "subgroup", "subgroups"
    SEQUENTIAL_PHASE = "sequential_phase", "phases in sequence"
    PAIRED_LIMB = "paired_limb", "limbs of one person"


class ClaimTime(models.TextChoices):
    """The time at which a claim says something of an outcome."""

    BASELINE = "baseline", "before treatment"
    SCHEDULED_VISIT = "scheduled_visit", "at scheduled visits"
    FINAL_FOLLOW_UP = "final_follow_up", "at final follow-up"


class TableLayout(models.TextChoices):
    """The layout of a report whose rows and headings a saved table starts from."""

    JOURNAL = "journal", "journal"
    FULL = "full", "full"


class ClaimVerdict(models.TextChoices):
    """What the review's own figures say of a published claim."""

    EQUAL = "equal", "equal"
    EQUAL_AFTER_ROUNDING = "equal after rounding", "equal after rounding"
    EQUAL_UNDER_STATED_READING = "equal under stated reading", "equal under stated reading"
    DIFFERENT = "different", "different"
    NOT_DERIVABLE = "not derivable", "not derivable"
    NOT_COMPARABLE = "not comparable", "not comparable"
    FOR_A_PERSON = "for a person", "for a person"
