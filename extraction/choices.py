"""Vocabulary of extraction."""

from django.db import models

# The format of an import that no search gave: its records come from an extraction sheet.
SHEET_FORMAT = "extraction-sheet"


class CopySeat(models.TextChoices):
    """Which copy of a study's data an extraction is."""

    A = "A", "Extraction A"
    B = "B", "Extraction B"
    CONSENSUS = "consensus", "Consensus"


class CopyStanding(models.TextChoices):
    """Where a copy stands."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    FINAL = "final", "Final"


class ReportKind(models.TextChoices):
    """What kind of document a report is."""

    ARTICLE = "article", "Article"
    ABSTRACT = "abstract", "Conference abstract"
    THESIS = "thesis", "Thesis"
    REGISTRY = "registry", "Registry entry"
    ERRATUM = "erratum", "Erratum"
    SUPPLEMENT = "supplement", "Supplement"
    REPLY = "reply", "Author's reply"


class Missing(models.TextChoices):
    """Why a cell holds no value; blank is a state of its own."""

    NOT_REPORTED = "not_reported", "Not reported"
    NOT_APPLICABLE = "not_applicable", "Not applicable"
    UNCLEAR = "unclear", "Unclear"
    CONTACT_AUTHOR = "contact_author", "Contact author"


class Obtained(models.TextChoices):
    """How a value was obtained."""

    REPORTED = "reported", "Reported"
    CALCULATED = "calculated", "Calculated"
    FIGURE = "figure", "Read off a figure"
    AUTHORS = "authors", "From the authors"


class Choice(models.TextChoices):
    """How a cell of the consensus copy was settled."""

    AGREED = "agreed", "Both the same"
    A = "A", "Extraction A"
    B = "B", "Extraction B"
    OTHER = "other", "A third value"


class ErrorType(models.TextChoices):
    """What kind of error a difference came from."""

    OMISSION = "omission", "Omission"
    MISREAD = "misread", "Misread"
    WRONG_GROUP = "wrong_group", "Wrong group"
    WRONG_TIME_POINT = "wrong_time_point", "Wrong time point"
    UNIT = "unit", "Unit"
    ROUNDING = "rounding", "Rounding"
    SE_FOR_SD = "se_for_sd", "SE for SD"
    INTERPRETATION = "interpretation", "Interpretation"
