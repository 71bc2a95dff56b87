"""Vocabulary of reporting."""

from django.db import models


class ClaimKind(models.TextChoices):
    """Whether a claim is a figure that can be recomputed or a sentence for a person."""

    NUMERIC = "numeric", "Numeric"
    NARRATIVE = "narrative", "Narrative"


class ClaimVerdict(models.TextChoices):
    """What the review's own figures say of a published claim."""

    EQUAL = "equal", "equal"
    EQUAL_AFTER_ROUNDING = "equal after rounding", "equal after rounding"
    EQUAL_UNDER_STATED_READING = "equal under stated reading", "equal under stated reading"
    DIFFERENT = "different", "different"
    NOT_DERIVABLE = "not derivable", "not derivable"
    NOT_COMPARABLE = "not comparable", "not comparable"
    FOR_A_PERSON = "for a person", "for a person"
