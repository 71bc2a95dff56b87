"""Vocabulary of the review."""

from django.db import models


class Channel(models.TextChoices):
    """How a change reached the product."""

    WEB = "web", "web page"
    COMMAND = "command", "command"
    SYSTEM = "system", "system"


class ReleaseRule(models.TextChoices):
    """When one reviewer's votes may influence what another sees."""

    STAGE_CLOSED = "stage_closed", "When the lead closes the stage or releases a batch"
    BOTH_DECIDED = "both_decided", "As soon as both reviewers have decided a record"
    ADJUDICATED = "adjudicated", "As soon as a record is settled"


class SettlingRule(models.TextChoices):
    """How a conflict is settled."""

    DISCUSSION = "discussion", "Discussion between the two, then a third person"
    THIRD_PERSON = "third_person", "A third person at once"


class CriterionKind(models.TextChoices):
    """Whether a criterion lets a report in or keeps it out."""

    INCLUSION = "inclusion", "Inclusion"
    EXCLUSION = "exclusion", "Exclusion"
