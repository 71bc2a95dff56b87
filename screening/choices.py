"""Vocabulary of screening."""

from django.db import models


class Stage(models.TextChoices):
    """A round of screening; the value is also its name in URLs."""

    TITLE_ABSTRACT = "title-abstract", "Title and abstract"
    FULL_TEXT = "full-text", "Full text"


class Verdict(models.TextChoices):
    """One reviewer's answer on one record at one stage."""

    INCLUDE = "include", "Include"
    EXCLUDE = "exclude", "Exclude"
    UNSURE = "unsure", "Unsure"
    WITHDRAWN = "withdrawn", "Withdrawn"


ANSWERS = (Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.UNSURE)


class Standing(models.TextChoices):
    """What the verdicts on it make of a record."""

    INCLUDED = "include", "Included"
    EXCLUDED = "exclude", "Excluded"
    CONFLICT = "conflict", "Conflict"
    UNDECIDED = "undecided", "Undecided"


class Settled(models.TextChoices):
    """How a record was settled."""

    AGREEMENT = "agreement", "Agreement"
    DISCUSSION = "discussion", "Discussion"
    ADJUDICATION = "adjudication", "Adjudication"


class StageStanding(models.TextChoices):
    """Where a stage stands; before it is opened it has no row."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class Retrieval(models.TextChoices):
    """Where the full text of a report stands."""

    SOUGHT = "sought", "Sought"
    RETRIEVED = "retrieved", "Retrieved"
    NOT_RETRIEVED = "not_retrieved", "Not retrieved"


class DoubtStanding(models.TextChoices):
    """Where a doubt about a report that was settled at full text stands."""

    OPEN = "open", "Waits for a second person"
    UPHELD = "upheld", "Settled so"
    DISMISSED = "dismissed", "Kept as it was"
    WITHDRAWN = "withdrawn", "Taken back"
